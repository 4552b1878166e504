// @ts-check
// Texts of others, as they came and, where they are JSON, made legible.

import { h, replace } from './dom.js'
import { parse } from './api.js'
import { count, plural } from './format.js'
import { button } from './parts.js'
import { toast } from './toast.js'

/** @import {Headers} from './types.js' */

/** How many characters are shown at first: more would stall the page. */
const MANY = 50_000

/**
 * A block of text.
 *
 * @param {string} label
 * @param {string | undefined} text
 * @param {string} [empty]
 */
export function textBlock(label, text, empty = 'Nothing.') {
  if (!text) return h('p', { class: 'empty' }, empty)
  const pre = h('pre', { dir: 'auto', tabindex: 0, role: 'region', 'aria-label': label }, text.slice(0, MANY))
  if (text.length <= MANY) return pre
  const whole = button(`Show all ${count(text.length)} characters`, () => {
    pre.textContent = text
    whole.remove()
  })
  return h('div', null, pre, whole)
}

/**
 * The body of a request: JSON is shown with its lines broken, and as it was sent.
 *
 * @param {string} label
 * @param {string | undefined} text
 * @param {boolean} [truncated]
 */
export function bodyBlock(label, text, truncated = false) {
  if (!text) return h('p', { class: 'empty' }, 'No body.')
  const value = truncated ? undefined : parse(text)
  const place = h('div')
  const shown = [h('button', { type: 'button', on: { click: () => show(true) } }, 'Pretty'), h('button', { type: 'button', on: { click: () => show(false) } }, 'Raw')]
  const copy = h('button', { type: 'button', on: { click: () => void copyText(text) } }, 'Copy')
  /** @param {boolean} pretty */
  const show = pretty => {
    shown[0]?.setAttribute('aria-pressed', String(pretty))
    shown[1]?.setAttribute('aria-pressed', String(!pretty))
    replace(place, textBlock(label, pretty ? JSON.stringify(value, null, 2) : text))
  }
  show(value !== undefined)
  return h('div', { class: 'body' },
    h('div', { class: 'row' }, value !== undefined && h('div', { class: 'segments', role: 'group', 'aria-label': `${label}: form` }, shown), copy,
      h('span', { class: 'muted' }, truncated ? 'Only its beginning was kept.' : plural(text.length, 'character'))),
    place)
}

/** @param {Headers | undefined} headers */
export function headerTable(headers) {
  const rows = Object.entries(headers ?? {}).flatMap(([name, values]) => [values].flat().map(value => [name, value]))
  if (rows.length === 0) return h('p', { class: 'empty' }, 'No headers.')
  return h('table', { class: 'headers' }, h('caption', { class: 'unseen' }, 'Headers'),
    h('thead', { class: 'unseen' }, h('tr', null, h('th', { scope: 'col' }, 'Name'), h('th', { scope: 'col' }, 'Value'))),
    h('tbody', null, rows.map(([name, value]) => h('tr', null, h('th', { scope: 'row' }, name), h('td', null, value)))))
}

/** @param {string} text */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text)
    toast('Copied.')
  } catch {
    toast('The browser does not let this page copy.', 'error')
  }
}
