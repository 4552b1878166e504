// @ts-check
// Draws the timeline: single runs as marks if they are few, stacked bars if they are many.

/** @import {Bucket, Timeline, TimelineRun} from './types.js' */

import { newID, s } from './dom.js'
import { count, date, DAY, HOUR, MINUTE, minutes, parseDuration } from './format.js'
import { shapes, statusClass } from './parts.js'

export const HEIGHT = 164
const BOTTOM = 22
const TOP = 14
const LEFT = 34
const MARK = 12
const FLOOR = HEIGHT - BOTTOM
const LANES = Math.floor((FLOOR - TOP) / MARK)

const steps = [MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY]
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * @typedef {object} Scale
 * @property {number} from
 * @property {number} to
 * @property {number} width in pixels
 */

/** @param {Scale} scale @param {number} at */
export function xOf({ from, to, width }, at) {
  return LEFT + (at - from) / (to - from) * (width - LEFT)
}

/** @param {Scale} scale @param {number} x */
export function timeOf({ from, to, width }, x) {
  return from + (x - LEFT) / (width - LEFT) * (to - from)
}

/**
 * The picture's parts. What can be pointed at has data-run or data-bucket.
 *
 * @param {Timeline} timeline
 * @param {Scale} scale
 */
export function plot(timeline, scale) {
  const lanes = place(timeline.runs, scale)
  const single = timeline.total === timeline.runs.length && lanes !== null
  const hatch = newID()
  const dots = newID()
  return {
    single,
    parts: [
      patterns(hatch, dots),
      axis(scale),
      single ? lanes.map(mark) : bars(timeline, scale, hatch, dots),
    ],
  }
}

/** @param {Scale} scale */
function axis(scale) {
  const step = steps.find(ms => ms / (scale.to - scale.from) * (scale.width - LEFT) >= 64) ?? 10 * DAY
  const ticks = []
  for (let at = Math.ceil(scale.from / step) * step; at <= scale.to; at += step) {
    const x = xOf(scale, at)
    if (x > scale.width - 12) break
    const midnight = at % DAY === 0
    const day = new Date(at)
    ticks.push(s('line', { class: midnight ? 'grid day' : 'grid', x1: x, x2: x, y1: TOP, y2: FLOOR }),
      s('text', { class: midnight ? 'tick day' : 'tick', x, y: HEIGHT - 6, 'text-anchor': 'middle' },
        midnight ? `${months[day.getUTCMonth()]} ${day.getUTCDate()}` : minutes(day)))
  }
  return [ticks, s('line', { class: 'floor', x1: LEFT, x2: scale.width, y1: FLOOR, y2: FLOOR })]
}

/**
 * The bars' patterns: colour alone would not tell errors from successes.
 *
 * @param {string} hatch
 * @param {string} dots
 */
function patterns(hatch, dots) {
  return s('defs', null,
    s('pattern', { id: hatch, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
      s('rect', { class: 'fill is-error', width: 6, height: 6 }), s('line', { class: 'ink', x1: 0, x2: 0, y1: 0, y2: 6 })),
    s('pattern', { id: dots, width: 6, height: 6, patternUnits: 'userSpaceOnUse' },
      s('rect', { class: 'fill is-running', width: 6, height: 6 }), s('circle', { class: 'ink-dot', cx: 3, cy: 3, r: 1.2 })))
}

/**
 * @param {Timeline} timeline
 * @param {Scale} scale
 * @param {string} hatch
 * @param {string} dots
 */
function bars(timeline, scale, hatch, dots) {
  const most = Math.max(1, ...timeline.buckets.map(sum))
  const length = parseDuration(timeline.bucket)
  const unit = (FLOOR - TOP) / most
  return [
    heightTicks(most, scale),
    timeline.buckets.map((bucket, index) => {
      const start = Date.parse(bucket.start)
      const x = Math.max(LEFT, xOf(scale, start))
      const width = Math.max(1.5, Math.min(scale.width, xOf(scale, start + length)) - x - 1)
      if (!(width > 0)) return null
      let y = FLOOR
      /** @param {number} n @param {string} status @param {string | null} fill */
      const part = (n, status, fill) => {
        if (n === 0) return null
        const height = Math.max(1.5, n * unit)
        y -= height
        return s('rect', { class: `fill ${statusClass(status)}`, x, y, width, height, fill, 'data-patterned': fill !== null })
      }
      return s('g', { 'data-bucket': index, class: 'bucket' },
        s('rect', { class: 'target', x, y: TOP, width: width + 1, height: FLOOR - TOP }),
        part(bucket.success, 'success', null),
        part(bucket.running, 'running', `url(#${dots})`),
        part(bucket.error, 'error', `url(#${hatch})`))
    }),
  ]
}

/** @param {Bucket} bucket */
export function sum(bucket) {
  return bucket.success + bucket.error + bucket.running
}

/** @param {number} most @param {Scale} scale */
function heightTicks(most, scale) {
  const values = most > 1 ? [most, Math.round(most / 2)] : [most]
  return values.map(value => {
    const y = FLOOR - value / most * (FLOOR - TOP)
    return [s('line', { class: 'grid', x1: LEFT, x2: scale.width, y1: y, y2: y }),
      s('text', { class: 'tick', x: LEFT - 6, y: y + 4, 'text-anchor': 'end' }, count(value))]
  })
}

/**
 * Where each run's mark stands, one above the other if they are close; null if they don't fit.
 *
 * @param {TimelineRun[]} runs
 * @param {Scale} scale
 */
function place(runs, scale) {
  /** @type {number[]} */
  const ends = []
  const placed = []
  const inOrder = [...runs].sort((a, b) => Date.parse(a.start_time) - Date.parse(b.start_time))
  for (const run of inOrder) {
    const x = xOf(scale, Date.parse(run.start_time))
    if (x < LEFT || x > scale.width) continue
    let lane = ends.findIndex(end => end <= x)
    if (lane < 0) lane = ends.length
    if (lane >= LANES) return null
    ends[lane] = x + MARK
    placed.push({ run, x, y: FLOOR - (lane + 0.5) * MARK })
  }
  return placed
}

/** @param {{run: TimelineRun, x: number, y: number}} at */
function mark({ run, x, y }) {
  return s('g', { 'data-run': run.id, class: 'mark', transform: `translate(${x - 5} ${y - 5})` },
    s('rect', { class: 'target', x: -1, y: -1, width: MARK, height: MARK }),
    s('path', { class: `shape ${statusClass(run.status)}`, d: shapes.get(run.status) ?? shapes.get('pending') ?? '' }))
}

/**
 * The part of time that the picture shows, in words.
 *
 * @param {Scale} scale
 */
export function rangeText({ from, to }) {
  const a = new Date(from)
  const b = new Date(to)
  return `${date(a)} ${minutes(a)} – ${date(a) === date(b) ? '' : `${date(b)} `}${minutes(b)} UTC`
}
