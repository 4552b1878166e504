// @ts-check
// Texts of others: as they are, and JSON indented and highlighted.

/** @import {Headers} from './types.js' */

import { parse } from './api.js'
import { Component, h } from './element.js'
import { count, plural } from './format.js'
import { button } from './parts.js'
import { toast } from './store.js'

/** The number of characters that are shown at first; more would stall the page. */
const MANY = 50_000

/**
 * A block of text.
 *
 * @param {string} label
 * @param {string | undefined} text
 * @param {string} [otherwise]
 */
export function textBlock(label, text, otherwise = 'Nothing.') {
  return text ? h(TextBlock, { label, text, json: false }) : h('p', { class: 'empty' }, otherwise)
}

/** @extends {Component<{label: string, text: string, json: boolean}, {whole: boolean}>} */
class TextBlock extends Component {
  state = { whole: false }

  render() {
    const { label, text, json } = this.props
    const shown = this.state.whole ? text : text.slice(0, MANY)
    return h('div', null,
      h('pre', { dir: 'auto', tabIndex: 0, role: 'region', 'aria-label': label }, json && text.length <= MANY ? highlighted(shown) : shown),
      shown.length < text.length && button(`Show all ${count(text.length)} characters`, () => this.setState({ whole: true })))
  }
}

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** The parts of JSON, each with its class. @param {string} text */
function highlighted(text) {
  /** @type {any[]} */
  const parts = []
  let end = 0
  for (const match of text.matchAll(token)) {
    const [whole, string, colon, literal] = match
    if (match.index > end) parts.push(text.slice(end, match.index))
    const kind = colon ? 'name' : string ? 'string' : literal ? 'literal' : 'number'
    parts.push(h('span', { class: `json-${kind}` }, colon ? string : whole), colon ?? '')
    end = match.index + whole.length
  }
  return [...parts, text.slice(end)]
}

/**
 * The body of a request or response: JSON is indented, and can be shown as it was sent.
 *
 * @extends {Component<{label: string, text: string | undefined, truncated?: boolean}, {raw: boolean}>}
 */
export class BodyBlock extends Component {
  state = { raw: false }

  render() {
    const { label, text, truncated = false } = this.props
    if (!text) return h('p', { class: 'empty' }, 'No body.')
    const value = truncated ? undefined : parse(text)
    const raw = this.state.raw || value === undefined
    return h('div', { class: 'body' },
      h('div', { class: 'row' },
        value !== undefined && h('div', { class: 'segments', role: 'group', 'aria-label': `${label}: form` },
          button('Pretty', () => this.setState({ raw: false }), { pressed: !raw }), button('Raw', () => this.setState({ raw: true }), { pressed: raw })),
        button('Copy', () => void copyText(text)),
        h('span', { class: 'muted' }, truncated ? 'Only the beginning is recorded.' : plural(text.length, 'character'))),
      h(TextBlock, { label, text: raw ? text : JSON.stringify(value, null, 2), json: !raw }))
  }
}

/** @param {Headers | null | undefined} headers */
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
    toast('The browser does not allow this page to copy.', 'error')
  }
}
