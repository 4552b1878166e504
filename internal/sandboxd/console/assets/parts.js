// @ts-check
// Small parts of pages: statuses, times, links, facts, cards, buttons.

/** @import {Children} from './element.js' */

import { fromNow } from './clock.js'
import { h } from './element.js'
import { moment, weekday } from './format.js'
import { address } from './router.js'

/** The shapes of statuses, in a square of 10. Each status has its own, since colours alone are not enough. */
const shapes = new Map([
  ['success', 'M5 .5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z'],
  ['error', 'M5 0L10 5L5 10L0 5z'],
  ['running', 'M1.5 .5L9.5 5L1.5 9.5z'],
  ['pending', 'M1 1H9V9H1z'],
])

const names = new Map([['success', 'Success'], ['error', 'Error'], ['running', 'Running'], ['pending', 'Pending']])

export const statuses = ['success', 'error', 'running', 'pending'].map(value => ({ value, name: statusName(value) }))

/** The name of a status; an unknown one keeps its own. @param {string} status */
export function statusName(status) {
  return names.get(status) ?? status
}

/** The class that has the colour of a status. @param {string} status */
export function statusClass(status) {
  return names.has(status) ? `is-${status}` : 'is-unknown'
}

/** @param {string} status */
export function statusPath(status) {
  return shapes.get(status) ?? 'M0 4H10V6H0z'
}

/** @param {string} status */
export function statusBadge(status) {
  return h('span', { class: `status ${statusClass(status)}` }, statusShape(status), statusName(status))
}

/** @param {string} status */
export function statusShape(status) {
  return h('svg', { class: `shape ${statusClass(status)}`, viewBox: '-1 -1 12 12', 'aria-hidden': 'true' }, h('path', { d: statusPath(status) }))
}

/**
 * @param {string} text
 * @param {'good' | 'bad' | 'warn' | 'plain'} [mood]
 */
export function tag(text, mood = 'plain') {
  return h('span', { class: `tag ${mood}` }, text)
}

const none = h('span', { class: 'muted' }, '–')

/** A time, as in "2026-01-05 08:00:04". @param {string | null | undefined} at */
export function time(at) {
  return at ? h('time', { dateTime: at }, moment(new Date(at))) : none
}

/** A time, and how far it is from the clock. @param {string | null | undefined} at */
export function nearTime(at) {
  if (!at) return none
  const date = new Date(at)
  return h('span', { class: 'near' }, h('time', { dateTime: at }, h('span', { class: 'wide' }, `${weekday(date)} `), moment(date).slice(0, 16)), ' ', fromNow(at))
}

/** The status of a response. @param {number} status */
export function httpStatus(status) {
  if (status === 0) return tag('no response', 'bad')
  return tag(String(status), status < 300 ? 'good' : status < 500 ? 'warn' : 'bad')
}

/** Characters that are invisible, but hide or reverse others. */
const invisible = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** A text in one line, with its invisible characters made visible. @param {string} text */
export function plain(text) {
  return text.replace(invisible, c => /\s/.test(c) ? ' ' : `<U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`)
}

/** A text of others, whose direction does not affect what is around it. @param {string} text */
export function foreign(text) {
  return h('bdi', null, plain(text))
}

/** @param {number} id @param {string | undefined} title */
export function agentLink(id, title) {
  return h('a', { href: address('agents', id) }, title ? foreign(title) : `Agent ${id}`)
}

/** @param {number} id */
export function runLink(id) {
  return h('a', { href: address('runs', id) }, `#${id}`)
}

/** @param {[string, Children][]} pairs */
export function facts(pairs) {
  return h('dl', { class: 'facts' }, pairs.map(([name, value]) => h('div', { key: name }, h('dt', null, name), h('dd', null, value))))
}

/** @param {string} heading @param {...Children} children */
export function card(heading, ...children) {
  return h('section', { class: 'card', 'aria-label': heading }, h('h2', null, heading), children)
}

/**
 * @param {string} name
 * @param {() => void} onClick
 * @param {{kind?: string, label?: string, pressed?: boolean, disabled?: boolean}} [how] its class, and its name if the text says too little
 */
export function button(name, onClick, { kind, label, pressed, disabled } = {}) {
  return h('button', {
    type: 'button', class: kind, 'aria-label': label, 'aria-pressed': pressed, 'aria-disabled': disabled || undefined,
    onClick: () => { if (!disabled) onClick() },
  }, name)
}

/**
 * An empty state: why it is empty, and what helps.
 *
 * @param {string} text
 * @param {Children} [action]
 */
export function empty(text, action) {
  return h('div', { class: 'empty' }, h('p', null, text), action)
}

/** What is shown until something was fetched. @param {unknown} error */
export function loading(error) {
  return h('p', { class: 'muted' }, error instanceof Error ? error.message : 'Loading…')
}

/** The heading of a page. @param {...Children} children */
export function title(...children) {
  return h('h1', { tabIndex: -1 }, children)
}
