// @ts-check
// A list with the one thing of it that is open beside it: deliveries and requests.

/** @import {Route, View} from './types.js' */

import { h, replace } from './dom.js'
import { plural } from './format.js'
import { address, changeQuery } from './router.js'
import { announce } from './toast.js'
import { toolbar } from './toolbar.js'

/** @import {Child} from './dom.js' */
/** @import {Filter} from './toolbar.js' */

export const LIMIT = 50

/**
 * @template R
 * @typedef {object} Split
 * @property {string} title
 * @property {string} thing what the list is of, in the singular
 * @property {Route} route
 * @property {() => void} reload
 * @property {Filter[]} filters
 * @property {string[]} kinds
 * @property {(list: {query: () => URLSearchParams}) => {element: HTMLElement, update: (rows: R[], how: {current?: number}) => void}} table
 * @property {(query: URLSearchParams, signal: AbortSignal) => Promise<{rows: R[], total: number, before: number | null}>} fetchList
 * @property {(id: number, signal: AbortSignal) => Promise<{state: unknown, show: () => Child}>} fetchOne
 */

/**
 * @template R
 * @param {Split<R>} split
 * @returns {View}
 */
export function splitPage({ title, thing, route, reload, filters, kinds, table, fetchList, fetchOne }) {
  let filtered = false
  let shown = ''
  let arrived = route.id !== ''
  const list = table({ query: () => route.query })
  const bar = toolbar(route, filters, () => {
    filtered = true
    reload()
  })
  const foot = h('nav', { class: 'pager', 'aria-label': 'Pages' })
  const one = h('section', { class: 'one', 'aria-label': `The ${thing} that is open`, hidden: true })
  const element = h('div', { class: 'split' },
    h('div', { class: 'list' }, h('h1', { tabindex: -1 }, title), bar, list.element, foot), one)

  return {
    title,
    element,
    kinds,
    update: next => {
      route.id = next.id
      route.query = next.query
      arrived = true
      reload()
    },
    load: async signal => {
      const id = Number(route.id)
      const [{ rows, total, before }, detail] = await Promise.all([
        fetchList(route.query, signal),
        id > 0 ? fetchOne(id, signal) : null,
      ])
      list.update(rows, id > 0 ? { current: id } : {})
      replace(foot, footer(rows.length, total, before))
      if (filtered) announce(plural(total, thing))
      filtered = false
      open(id, detail)
    },
  }

  /**
   * @param {number} id
   * @param {{state: unknown, show: () => Child} | null} detail
   */
  function open(id, detail) {
    element.classList.toggle('is-open', detail !== null)
    one.hidden = detail === null
    const state = JSON.stringify([id, detail?.state])
    if (state !== shown) {
      shown = state
      replace(one, detail && [
        h('p', { class: 'crumbs' }, h('a', { href: address(route.name, '', route.query), 'data-focus': 'close' }, 'Close')),
        detail.show(),
      ])
    }
    if (arrived && detail) one.querySelector('h2')?.focus()
    arrived = false
  }

  /**
   * @param {number} rows
   * @param {number} total
   * @param {number | null} before
   */
  function footer(rows, total, before) {
    const older = route.query.has('before')
    /** @param {string} name @param {string} to */
    const turn = (name, to) => h('button', {
      type: 'button',
      'data-focus': name,
      on: {
        click: () => {
          changeQuery(route, { before: to }, 'push')
          reload()
        },
      },
    }, name)
    return [
      h('span', { class: 'muted' }, rows < total ? `${rows} of ${plural(total, thing)}` : plural(total, thing)),
      older && turn('Latest', ''),
      before !== null && turn('Older', String(before)),
    ]
  }
}
