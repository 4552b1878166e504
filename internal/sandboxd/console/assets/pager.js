// @ts-check
// Turns the pages of a list of the platform.

import { h, replace } from './dom.js'
import { count, plural } from './format.js'

export const PAGE_SIZE = 50

/**
 * @param {string} thing what the list is of, in the singular
 * @param {(page: number) => void} turn
 */
export function pager(thing, turn) {
  const element = h('nav', { class: 'pager', 'aria-label': 'Pages' })
  /**
   * @param {number} page from 1
   * @param {number} total the things on all pages
   */
  const update = (page, total) => {
    const pages = Math.max(1, Math.ceil(total / PAGE_SIZE))
    const first = (page - 1) * PAGE_SIZE + 1
    const last = Math.min(page * PAGE_SIZE, total)
    const text = pages === 1 ? plural(total, thing) : `${count(first)}–${count(last)} of ${plural(total, thing)}`
    /** @param {string} name @param {number} to @param {boolean} possible */
    const button = (name, to, possible) => h('button', {
      type: 'button',
      'data-focus': name,
      'aria-disabled': possible ? null : 'true',
      on: { click: () => { if (possible) turn(to) } },
    }, name)
    replace(element, h('span', { class: 'muted' }, text), pages > 1 && [
      button('First', 1, page > 1),
      button('Previous', page - 1, page > 1),
      button('Next', page + 1, page < pages),
      button('Last', pages, page < pages),
    ])
  }
  return { element, update }
}

/** The page that a route's query names. @param {URLSearchParams} query */
export function pageOf(query) {
  const page = Number(query.get('page') ?? 1)
  return Number.isInteger(page) && page > 0 ? page : 1
}
