// @ts-check
// The period that the timeline shows.

import { DAY, HOUR, MINUTE } from './format.js'

export const spans = [
  { span: 10 * MINUTE, name: '10 min' },
  { span: HOUR, name: '1 h' },
  { span: 6 * HOUR, name: '6 h' },
  { span: DAY, name: 'Day' },
  { span: 7 * DAY, name: 'Week' },
  { span: 30 * DAY, name: 'Month' },
]

/** The part of the period that is before the clock, while it is followed. The rest shows the next runs. */
const PAST = 0.8
/** The period moves by this part of itself, so that it is not fetched at each tick. */
const STEPS = 60

/**
 * @typedef {object} Period
 * @property {number} span
 * @property {number | null} from null while it follows the clock
 */

/** @param {Period} period @param {number} now */
export function edges({ span, from }, now) {
  const step = span / STEPS
  const start = from ?? Math.ceil((now - PAST * span) / step) * step
  return { from: start, to: start + span }
}

/**
 * Moves the period, to the past if by is negative.
 *
 * @param {Period} period
 * @param {number} now
 * @param {number} by in spans
 * @returns {Period}
 */
export function panned(period, now, by) {
  return { span: period.span, from: edges(period, now).from + by * period.span }
}

/**
 * Changes the span. The time at which somebody looks stays where it is.
 *
 * @param {Period} period
 * @param {number} now
 * @param {number} span
 * @param {number} [at] the middle by default; a period that follows the clock goes on following it
 * @returns {Period}
 */
export function zoomed(period, now, span, at) {
  if (at === undefined && period.from === null) return { span, from: null }
  const { from } = edges(period, now)
  const fixed = at ?? from + period.span / 2
  return { span, from: fixed - (fixed - from) * span / period.span }
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
