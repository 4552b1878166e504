// @ts-check
// Small parts that many pages show: states, times, links, facts, messages.

import { h, s } from './dom.js'
import { distance, moment, weekday } from './format.js'
import { now, onTick } from './clock.js'
import { address } from './router.js'

/** @import {Child} from './dom.js' */

/** The shapes of the states, in a square of 10: each is another one, for those who see no colours. */
export const shapes = new Map([
  ['success', 'M5 .5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z'],
  ['error', 'M5 0L10 5L5 10L0 5z'],
  ['running', 'M1.5 .5L9.5 5L1.5 9.5z'],
  ['pending', 'M1 1H9V9H1z'],
])

const names = new Map([['success', 'Success'], ['error', 'Error'], ['running', 'Running'], ['pending', 'Pending']])

/** The name of a state; of one that is not known, what the server calls it. @param {string} status */
export function statusName(status) {
  return names.get(status) ?? status
}

/** The class of a state's colour. @param {string} status */
export function statusClass(status) {
  return names.has(status) ? `is-${status}` : 'is-unknown'
}

/** @param {string} status */
export function statusBadge(status) {
  return h('span', { class: `status ${statusClass(status)}` }, statusShape(status), statusName(status))
}

/** @param {string} status */
export function statusShape(status) {
  return s('svg', { class: `shape ${statusClass(status)}`, viewBox: '-1 -1 12 12', 'aria-hidden': 'true' },
    s('path', { d: shapes.get(status) ?? 'M0 4H10V6H0z' }))
}

/**
 * A word in a frame.
 *
 * @param {string} text
 * @param {'good' | 'bad' | 'warn' | 'plain'} [mood]
 */
export function tag(text, mood = 'plain') {
  return h('span', { class: `tag ${mood}` }, text)
}

/**
 * A moment, such as "2026-01-05 08:00:04".
 *
 * @param {string | null | undefined} at
 */
export function time(at) {
  if (!at) return h('span', { class: 'muted' }, '–')
  return h('time', { datetime: at }, moment(new Date(at)))
}

/**
 * A moment, and how far it is from the sandbox's clock.
 *
 * @param {string | null | undefined} at
 */
export function nearTime(at) {
  if (!at) return h('span', { class: 'muted' }, '–')
  const day = new Date(at)
  return h('span', { class: 'near' }, h('time', { datetime: at }, h('span', { class: 'wide' }, `${weekday(day)} `), moment(day).slice(0, 16)), ' ',
    h('span', { class: 'muted', 'data-distance': at }, distance(day.getTime() - now())))
}

onTick(() => {
  for (const element of document.querySelectorAll('[data-distance]')) {
    const text = distance(Date.parse(element.getAttribute('data-distance') ?? '') - now())
    if (element.textContent !== text) element.textContent = text
  }
})

/** @param {number} status */
export function httpStatus(status) {
  if (status === 0) return tag('no answer', 'bad')
  return tag(String(status), status < 300 ? 'good' : status < 500 ? 'warn' : 'bad')
}

/** Characters that nobody sees, but that turn or hide others. */
const unseen = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** A text of others in one line, with what is unseen in it made seen. @param {string} text */
export function plain(text) {
  return text.replace(unseen, c => /\s/.test(c) ? ' ' : `<U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`)
}

/**
 * A text of others: its direction is its own, and does not reach what stands around it.
 *
 * @param {string} text
 */
export function foreign(text) {
  return h('bdi', null, plain(text))
}

/**
 * @param {number} id
 * @param {string | undefined} title
 */
export function agentLink(id, title) {
  return h('a', { href: address('agents', id), 'data-focus': `agent-${id}` }, title ? foreign(title) : `Agent ${id}`)
}

/** @param {number} id */
export function runLink(id) {
  return h('a', { href: address('runs', id), 'data-focus': `run-${id}` }, `#${id}`)
}

/**
 * Names and what they stand for.
 *
 * @param {[string, Child][]} pairs
 */
export function facts(pairs) {
  return h('dl', { class: 'facts' }, pairs.map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))))
}

/**
 * @param {string} heading
 * @param {...Child} children
 */
export function card(heading, ...children) {
  return h('section', { class: 'card' }, h('h2', null, heading), children)
}

/**
 * @param {string} name
 * @param {() => void} click
 * @param {{kind?: string, focus?: string, label?: string}} [how] its class, its data-focus, and its name where the text says too little
 */
export function button(name, click, { kind, focus = name, label } = {}) {
  return h('button', { type: 'button', class: kind, 'data-focus': focus, 'aria-label': label, on: { click } }, name)
}
