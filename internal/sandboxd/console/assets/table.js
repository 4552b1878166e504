// @ts-check
// Tables, and the page with a search, filters, a table and a pager that all lists share.

/** @import {Children} from './element.js' */
/** @import {Route} from './types.js' */

import { Component, h, newID } from './element.js'
import { count, plural } from './format.js'
import { button, title } from './parts.js'
import { changeQuery } from './router.js'

export const PAGE_SIZE = 50
const TYPING = 250

/**
 * @template R
 * @typedef {object} Column
 * @property {string} name
 * @property {(row: R) => Children} cell
 * @property {string} [kind] a class: `wide` is hidden on small screens, `number` is aligned right
 * @property {string} [order] the field that the list can be sorted by
 */

/**
 * @template R
 * @param {object} options
 * @param {string} options.caption
 * @param {Column<R>[]} options.columns
 * @param {R[]} options.rows
 * @param {(row: R) => number | string} options.key
 * @param {Children} options.empty shown if there are no rows
 * @param {number | string} [options.current] key of the row that is open
 * @param {string} [options.order]
 * @param {(order: string) => void} [options.sort]
 */
export function table({ caption, columns, rows, key, empty, current, order = '', sort }) {
  if (rows.length === 0) return h('div', { class: 'table' }, empty)
  return h('div', { class: 'table' }, h('table', null,
    h('caption', { class: 'unseen' }, caption),
    h('thead', null, h('tr', null, columns.map(column => headCell(column, order, sort)))),
    h('tbody', null, rows.map(row => h('tr', { key: key(row), 'data-current': key(row) === current ? '' : undefined },
      columns.map(column => h('td', { key: column.name, class: column.kind }, column.cell(row))))))))
}

/**
 * @param {Column<any>} column
 * @param {string} order
 * @param {((order: string) => void) | undefined} sort
 */
function headCell({ name, kind, order: field }, order, sort) {
  if (!field || !sort) return h('th', { key: name, scope: 'col', class: kind }, name)
  const up = order === field
  const down = order === `-${field}`
  return h('th', { key: name, scope: 'col', class: kind, 'aria-sort': up ? 'ascending' : down ? 'descending' : undefined },
    h('button', { type: 'button', class: 'sort', onClick: () => sort(up ? `-${field}` : field) },
      name, h('span', { class: 'arrow', 'aria-hidden': 'true' }, up ? '▲' : down ? '▼' : '')))
}

/** @typedef {{field: string, label: string, choices?: {value: string, name: string}[], control?: () => Children, width?: string}} Filter */

/**
 * The page of a list.
 *
 * @param {object} options
 * @param {string} options.heading
 * @param {string} options.noun of a row, in the singular
 * @param {Route} options.route
 * @param {Children} [options.actions]
 * @param {Filter[]} options.filters
 * @param {Children} options.table
 * @param {number | undefined} options.total undefined until it is known
 * @param {Children} options.pager
 */
export function listPage({ heading, noun, route, actions, filters, table, total, pager }) {
  return h('div', { class: 'list' },
    h('div', { class: 'row' }, title(heading), h('span', { class: 'spring' }), actions),
    filters.length > 0 && h('form', { class: 'toolbar', role: 'search', onSubmit: (/** @type {Event} */ event) => event.preventDefault() },
      filters.map(filter => filterField(filter, route)),
      filters.some(({ field }) => route.query.has(field)) && button('Clear filters', () => clear(route, filters), { kind: 'quiet' })),
    table,
    h('nav', { class: 'pager', 'aria-label': 'Pages' }, pager),
    h('p', { class: 'unseen', role: 'status' }, total === undefined ? '' : plural(total, noun)))
}

/** @param {Route} route @param {Filter[]} filters */
function clear(route, filters) {
  changeQuery(route, { ...Object.fromEntries(filters.map(({ field }) => [field, ''])), page: '', before: '' }, 'push')
}

/** @param {Route} route @param {string} field @param {string} value */
export function setFilter(route, field, value) {
  changeQuery(route, { [field]: value, page: '', before: '' }, 'replace')
}

/** @param {Filter} filter @param {Route} route */
function filterField({ field, label, choices, control, width }, route) {
  if (control) return control()
  const value = route.query.get(field) ?? ''
  if (!choices) return h(SearchField, { key: field, label, value, ...width && { width }, change: value => setFilter(route, field, value) })
  const id = `filter-${field}`
  return h('div', { key: field, class: 'filter' }, h('label', { for: id }, label),
    h('select', { id, class: width, value, onChange: (/** @type {any} */ event) => setFilter(route, field, event.currentTarget.value) },
      options([{ value: '', name: 'Any' }, ...choices], value)))
}

/**
 * @param {{value: string, name: string}[]} choices
 * @param {string} chosen is added if it is none of them
 */
export function options(choices, chosen) {
  const all = choices.some(choice => choice.value === chosen) ? choices : [...choices, { value: chosen, name: chosen }]
  return all.map(({ value, name }) => h('option', { key: value, value, selected: value === chosen }, name))
}

/**
 * A field that searches while somebody types.
 *
 * @extends {Component<{label: string, value: string, width?: string, change: (value: string) => void}>}
 */
class SearchField extends Component {
  id = newID()
  timer = 0
  typed = this.props.value
  sent = this.props.value

  componentWillUnmount() {
    clearTimeout(this.timer)
  }

  render() {
    const { label, value, width, change } = this.props
    if (value !== this.sent) this.typed = this.sent = value // a link or the back button has changed it
    return h('div', { class: 'filter' }, h('label', { for: this.id }, label),
      h('input', {
        id: this.id, type: 'search', class: width, value: this.typed, autocomplete: 'off', spellcheck: false,
        onInput: event => {
          this.typed = event.currentTarget.value
          clearTimeout(this.timer)
          this.timer = setTimeout(() => change(this.sent = this.typed.trim()), TYPING)
        },
      }))
  }
}

/** The page that a route names, from 1. @param {Route} route */
export function pageOf(route) {
  const page = Number(route.query.get('page') ?? 1)
  return Number.isInteger(page) && page > 0 ? page : 1
}

/**
 * The pager of a list of the platform, which has numbered pages.
 *
 * @param {Route} route
 * @param {string} noun
 * @param {number | undefined} total
 */
export function numberedPager(route, noun, total) {
  if (total === undefined) return null
  const page = pageOf(route)
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE))
  const first = (page - 1) * PAGE_SIZE + 1
  const last = Math.min(page * PAGE_SIZE, total)
  /** @param {string} name @param {number} to @param {boolean} possible */
  const turn = (name, to, possible) => button(name, () => changeQuery(route, { page: String(to) }, 'push'), { disabled: !possible })
  return [
    h('span', { class: 'muted' }, pages === 1 ? plural(total, noun) : `${count(first)}–${count(last)} of ${plural(total, noun)}`),
    pages > 1 && [turn('First', 1, page > 1), turn('Previous', page - 1, page > 1), turn('Next', page + 1, page < pages), turn('Last', pages, page < pages)],
  ]
}

/**
 * The pager of a list of the control API, which goes on before an id.
 *
 * @param {Route} route
 * @param {string} noun
 * @param {{rows: number, total: number, before: number | null} | undefined} list
 */
export function backwardPager(route, noun, list) {
  if (!list) return null
  return [
    h('span', { class: 'muted' }, list.rows < list.total ? `${list.rows} of ${plural(list.total, noun)}` : plural(list.total, noun)),
    route.query.has('before') && button('Latest', () => changeQuery(route, { before: '' }, 'push')),
    list.before !== null && button('Older', () => changeQuery(route, { before: String(list.before) }, 'push')),
  ]
}
