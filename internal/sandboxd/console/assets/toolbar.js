// @ts-check
// The search and the filters above a list. They stand in the address, so that a list can be
// kept and shared.

/** @import {Route} from './types.js' */

import { h, newID } from './dom.js'
import { changeQuery } from './router.js'

const TYPING = 250

/** @typedef {{value: string, name: string}} Choice */

/**
 * @typedef {object} Filter
 * @property {string} field the name in the query
 * @property {string} label
 * @property {Choice[]} [choices] a text is typed where there are none
 * @property {string} [width] a class
 */

/**
 * @param {Route} route
 * @param {Filter[]} filters
 * @param {() => void} changed
 */
export function toolbar(route, filters, changed) {
  /** @param {string} field @param {string} value */
  const change = (field, value) => {
    changeQuery(route, { [field]: value, page: '', before: '' }, 'replace')
    changed()
  }
  return h('form', { class: 'toolbar', role: 'search', on: { submit: (/** @type {Event} */ event) => event.preventDefault() } },
    filters.map(filter => filter.choices ? choose(filter, filter.choices, route, change) : type(filter, route, change)))
}

/**
 * @param {Filter} filter
 * @param {Route} route
 * @param {(field: string, value: string) => void} change
 */
function type({ field, label, width }, route, change) {
  const id = newID()
  let timer = 0
  const input = h('input', {
    id,
    type: 'search',
    class: width,
    value: route.query.get(field) ?? '',
    autocomplete: 'off',
    spellcheck: 'false',
    on: {
      input: () => {
        clearTimeout(timer)
        timer = setTimeout(() => change(field, input.value.trim()), TYPING)
      },
    },
  })
  return h('div', { class: 'filter' }, h('label', { for: id }, label), input)
}

/**
 * @param {Filter} filter
 * @param {Choice[]} choices
 * @param {Route} route
 * @param {(field: string, value: string) => void} change
 */
function choose({ field, label, width }, choices, route, change) {
  const id = newID()
  const chosen = route.query.get(field) ?? ''
  const select = h('select', { id, class: width, on: { change: () => change(field, select.value) } },
    options([{ value: '', name: 'Any' }, ...choices], chosen))
  return h('div', { class: 'filter' }, h('label', { for: id }, label), select)
}

/**
 * @param {Choice[]} choices
 * @param {string} chosen is added if it is none of them
 */
export function options(choices, chosen) {
  const all = choices.some(choice => choice.value === chosen) ? choices : [...choices, { value: chosen, name: chosen }]
  return all.map(({ value, name }) => h('option', { value, selected: value === chosen }, name))
}
