// @ts-check
// Which part of time the timeline shows.

import { DAY, HOUR } from './format.js'

/** How much of time can be seen, and what it is called. */
export const spans = [
  { span: HOUR, name: '1 h' },
  { span: 6 * HOUR, name: '6 h' },
  { span: DAY, name: 'Day' },
  { span: 7 * DAY, name: 'Week' },
  { span: 30 * DAY, name: 'Month' },
]

/** How much of what is seen lies behind the clock's hand while it is followed. */
const PAST = 0.94
/** It moves by this part of itself, so that what is drawn does not tremble. */
const STEPS = 120

/**
 * @typedef {object} Window
 * @property {number} span one of spans
 * @property {number | null} from null while it follows the clock
 */

/**
 * Where the window is when the clock says now.
 *
 * @param {Window} window
 * @param {number} now
 */
export function edges({ span, from }, now) {
  const step = span / STEPS
  const start = from ?? Math.ceil((now - PAST * span) / step) * step
  return { from: start, to: start + span }
}

/**
 * The window a bit further, to the past if by is negative.
 *
 * @param {Window} window
 * @param {number} now
 * @param {number} by in windows
 * @returns {Window}
 */
export function panned(window, now, by) {
  return { span: window.span, from: edges(window, now).from + by * window.span }
}

/**
 * The window with another span. What is under the pointer stays there.
 *
 * @param {Window} window
 * @param {number} now
 * @param {number} span
 * @param {number} [at] the moment that stays; while the clock is followed, the clock stays
 * @returns {Window}
 */
export function zoomed(window, now, span, at) {
  if (at === undefined && window.from === null) return { span, from: null }
  const { from } = edges(window, now)
  const fixed = at ?? from + window.span / 2
  return { span, from: fixed - (fixed - from) * span / window.span }
}

/**
 * The next span in or out, or the same at the end.
 *
 * @param {number} span
 * @param {1 | -1} direction 1 shows more
 */
export function nextSpan(span, direction) {
  const index = spans.findIndex(other => other.span === span) + direction
  return (spans[index] ?? { span }).span
}
