// @ts-check
// A table whose rows stay where they are when it is loaded again: only those that changed are
// made anew, and the focus and the reader's place stay.

import { h, keepFocus, replace } from './dom.js'

/** @import {Child} from './dom.js' */

/**
 * @template R
 * @typedef {object} Column
 * @property {string} name what its head says
 * @property {(row: R) => Child} cell
 * @property {string} [kind] a class: `wide` is left out on small screens, `number` stands right
 * @property {string} [order] the field that the list can be sorted by
 */

/**
 * @template R
 * @typedef {object} TableOptions
 * @property {string} caption read to those who do not see the table
 * @property {Column<R>[]} columns
 * @property {(row: R) => number | string} key
 * @property {string} empty said in place of no rows
 * @property {(order: string) => void} [sort] told of the order that was chosen
 */

/**
 * @template R
 * @param {TableOptions<R>} options
 */
export function table(options) {
  const head = h('tr')
  const body = h('tbody')
  const empty = h('p', { class: 'empty', hidden: true }, options.empty)
  const grid = h('table', null,
    h('caption', { class: 'unseen' }, options.caption),
    h('thead', null, head), body)
  const element = h('div', { class: 'table' }, grid, empty)

  /** @type {Map<number | string, {element: HTMLTableRowElement, state: string}>} */
  let present = new Map()

  /** @param {string} order */
  const showHead = order => {
    replace(head, options.columns.map(column => headCell(column, order, options.sort)))
  }
  showHead('')

  /**
   * @param {R[]} rows
   * @param {{order?: string, current?: number | string}} [how] the order they are in, and the row that is open
   */
  const update = (rows, { order = '', current } = {}) => {
    if (options.sort) showHead(order)
    /** @type {typeof present} */
    const next = new Map()
    for (const row of rows) {
      const key = options.key(row)
      const state = JSON.stringify([row, key === current])
      const old = present.get(key)
      next.set(key, old?.state === state ? old : { element: tableRow(options.columns, row, key === current), state })
    }
    keepFocus(body, () => arrange(body, [...next.values()].map(entry => entry.element)))
    present = next
    empty.hidden = rows.length > 0
    grid.hidden = rows.length === 0
  }
  return { element, update }
}

/**
 * Makes these the children, without moving those that are in order already: what is moved loses
 * the focus.
 *
 * @param {HTMLElement} parent
 * @param {HTMLElement[]} children
 */
function arrange(parent, children) {
  const staying = new Set(children)
  for (const child of [...parent.children]) {
    if (child instanceof HTMLElement && !staying.has(child)) child.remove()
  }
  children.forEach((child, index) => {
    const there = parent.children[index] ?? null
    if (there !== child) parent.insertBefore(child, there)
  })
}

/**
 * @template R
 * @param {Column<R>[]} columns
 * @param {R} row
 * @param {boolean} current
 */
function tableRow(columns, row, current) {
  return h('tr', { 'data-current': current ? '' : null }, columns.map(column => h('td', { class: column.kind }, column.cell(row))))
}

/**
 * @template R
 * @param {Column<R>} column
 * @param {string} order
 * @param {((order: string) => void) | undefined} sort
 */
function headCell({ name, kind, order: field }, order, sort) {
  if (!field || !sort) return h('th', { scope: 'col', class: kind }, name)
  const up = order === field
  const down = order === `-${field}`
  return h('th', { scope: 'col', class: kind, 'aria-sort': up ? 'ascending' : down ? 'descending' : null },
    h('button', {
      type: 'button',
      class: 'sort',
      'data-focus': `sort-${field}`,
      on: { click: () => sort(up ? `-${field}` : field) },
    }, name, h('span', { class: 'arrow', 'aria-hidden': 'true' }, up ? '▲' : down ? '▼' : '')))
}
