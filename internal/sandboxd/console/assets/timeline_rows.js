// @ts-check
// Draws the rows of the timeline: a bar for each run, as long as the run, or sums where there are too many.

/** @import {Bucket, Mark, Timeline, TimelineRow, TimelineRun} from './types.js' */

import { h } from './element.js'
import { count, DAY, duration, HOUR, MINUTE, minutes, moment, parseDuration, plural } from './format.js'
import { plain, statusClass, statusName, statusPath } from './parts.js'

export const ROW = 26
export const HEAD = 22
const BAR = 12
/** The distance between two runs that can be told apart. */
const APART = 8
const LABEL = { narrow: 96, wide: 168 }

const steps = [MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY]
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * @typedef {object} Scale
 * @property {number} from
 * @property {number} to
 * @property {number} width in pixels
 * @property {number} left where the labels end
 */

/** @param {{from: number, to: number}} period @param {number} width @returns {Scale} */
export function scaleOf({ from, to }, width) {
  return { from, to, width, left: width < 600 ? LABEL.narrow : LABEL.wide }
}

/** @param {Scale} scale @param {number} at */
export function xOf({ from, to, width, left }, at) {
  return left + (at - from) / (to - from) * (width - left)
}

/** @param {Scale} scale @param {number} x */
export function timeAt({ from, to, width, left }, x) {
  return from + (x - left) / (width - left) * (to - from)
}

/** Whether the runs of a row are too close to be told apart. @param {TimelineRow} row @param {Scale} scale */
export function isSummed(row, scale) {
  const [first, last] = [row.runs[0], row.runs.at(-1)]
  if (row.runs.length < row.total || !first || !last) return row.runs.length < row.total
  return xOf(scale, Date.parse(last.start_time)) - xOf(scale, Date.parse(first.start_time)) < (row.total - 1) * APART
}

/** The axis above the rows. @param {Scale} scale @param {number} height */
export function axis(scale, height) {
  const step = steps.find(ms => ms / (scale.to - scale.from) * (scale.width - scale.left) >= 64) ?? 10 * DAY
  const ticks = []
  for (let at = Math.ceil(scale.from / step) * step; at <= scale.to; at += step) {
    const x = xOf(scale, at)
    const midnight = at % DAY === 0
    const date = new Date(at)
    ticks.push(h('g', { key: at },
      h('line', { class: midnight ? 'grid day' : 'grid', x1: x, x2: x, y1: HEAD - 4, y2: height }),
      x < scale.width - 16 && x > scale.left + 10 && h('text', { class: midnight ? 'tick day' : 'tick', x, y: 12, 'text-anchor': 'middle' },
        midnight ? `${months[date.getUTCMonth()]} ${date.getUTCDate()}` : minutes(date))))
  }
  return ticks
}

/** The periods for which the scheduler was stopped. @param {Timeline} timeline @param {Scale} scale @param {number} now @param {number} height */
export function gaps({ stops }, scale, now, height) {
  return stops.map(({ from, to }) => {
    const x = Math.max(scale.left, xOf(scale, Date.parse(from)))
    const end = Math.min(scale.width, xOf(scale, to === null ? now : Date.parse(to)))
    return end > x && h('g', { key: from, class: 'gap' }, h('rect', { x, y: HEAD - 4, width: end - x, height: height - HEAD + 4 }),
      end - x > 110 && h('text', { class: 'tick', x: x + 4, y: height - 4 }, 'Scheduler stopped'), h('title', null, `The scheduler was stopped at ${moment(new Date(from))}`))
  })
}

/** The patterns of errors and of runs that are running: colours alone are not enough. */
export const patterns = h('defs', null,
  h('pattern', { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    h('rect', { class: 'fill is-error', width: 6, height: 6 }), h('line', { class: 'ink', x1: 0, x2: 0, y1: 0, y2: 6 })),
  h('pattern', { id: 'dots', width: 6, height: 6, patternUnits: 'userSpaceOnUse' },
    h('rect', { class: 'fill is-running', width: 6, height: 6 }), h('circle', { class: 'ink-dot', cx: 3, cy: 3, r: 1.2 })))

/** @param {string} status */
function fillOf(status) {
  return status === 'error' ? 'url(#hatch)' : status === 'running' ? 'url(#dots)' : undefined
}

/**
 * The runs of a row.
 *
 * @param {TimelineRow} row
 * @param {Timeline} timeline
 * @param {Scale} scale
 * @param {number} now
 * @param {number | null} selected id of a run
 */
export function rowMarks(row, timeline, scale, now, selected) {
  return [
    ghosts(row.next_runs, scale),
    isSummed(row, scale) ? sums(row.buckets, timeline.bucket, scale, row.agent) : row.runs.map(run => bar(run, scale, now, run.id === selected)),
  ]
}

/** The next runs, as outlines; those too close to the one before are omitted. @param {string[]} times @param {Scale} scale */
function ghosts(times, scale) {
  let free = scale.left
  return times.map(at => {
    const x = xOf(scale, Date.parse(at))
    if (x < free || x > scale.width) return null
    free = x + APART
    return h('g', { key: at, class: 'ghost' }, h('rect', { x: x - 3, y: (ROW - BAR) / 2, width: 6, height: BAR, rx: 2 }), h('title', null, `Next run, ${moment(new Date(at))}`))
  })
}

/** @param {TimelineRun} run @param {Scale} scale @param {number} now @param {boolean} selected */
function bar(run, scale, now, selected) {
  const start = xOf(scale, Date.parse(run.start_time))
  const end = xOf(scale, run.end_time ? Date.parse(run.end_time) : now)
  const width = Math.max(0, Math.min(end, scale.width) - start)
  const y = (ROW - BAR) / 2
  return h('g', { key: run.id, class: `bar ${statusClass(run.status)}${selected ? ' is-selected' : ''}`, 'data-run': run.id },
    h('rect', { class: 'target', x: start - 5, y: 1, width: width + 10, height: ROW - 2 }),
    width > 5 && h('rect', { class: 'fill', x: start, y, width, height: BAR, rx: 2, fill: fillOf(run.status) }),
    h('path', { class: 'cap', transform: `translate(${start - 5} ${y + 1})`, d: statusPath(run.status) }),
    run.deliveries.map(mark => callbackMark(mark, Math.max(start + width, xOf(scale, Date.parse(mark.at))))))
}

/** A callback: a triangle above the bar, hollow if it was not accepted. @param {Mark} mark @param {number} x */
function callbackMark(mark, x) {
  const accepted = mark.status_code >= 200 && mark.status_code < 300
  return h('path', { key: mark.id, class: `callback ${accepted ? 'is-accepted' : mark.sent ? 'is-refused' : 'is-dropped'}`, d: `M${x - 3.5} 1H${x + 3.5}L${x} 7Z` })
}

/**
 * Columns of runs, for a row with too many of them.
 *
 * @param {Bucket[]} buckets
 * @param {string} length
 * @param {Scale} scale
 * @param {number} agent 0 for the sum of several
 */
export function sums(buckets, length, scale, agent) {
  const most = Math.max(1, ...buckets.map(sum))
  const ms = parseDuration(length)
  return buckets.map((bucket, index) => {
    const start = Date.parse(bucket.start)
    const x = Math.max(scale.left, xOf(scale, start))
    const width = Math.max(1.5, Math.min(scale.width, xOf(scale, start + ms)) - x - 1)
    let y = ROW - 3
    /** @param {number} n @param {string} status */
    const part = (n, status) => {
      if (n === 0) return null
      const height = Math.max(1.5, n / most * (ROW - 6))
      y -= height
      return h('rect', { class: `fill ${statusClass(status)}`, x, y, width, height, fill: fillOf(status) })
    }
    return h('g', { key: bucket.start, class: 'bucket', 'data-bucket': index, 'data-agent': agent },
      h('rect', { class: 'target', x, y: 1, width, height: ROW - 2 }),
      part(bucket.success, 'success'), part(bucket.error, 'error'), part(bucket.running, 'running'))
  })
}

/** @param {Bucket} bucket */
export function sum(bucket) {
  return bucket.success + bucket.error + bucket.running
}

/** A run in words. @param {TimelineRow} row @param {TimelineRun} run */
export function runText(row, run) {
  const took = run.end_time ? `, ${duration(Date.parse(run.end_time) - Date.parse(run.start_time))}` : ''
  const callbacks = run.deliveries.map(({ sent, status_code }) => sent ? status_code || 'no response' : 'dropped')
  return `Run #${run.id} of ${plain(row.title)}\n${statusName(run.status)}, ${moment(new Date(run.start_time))}${took}${callbacks.length > 0 ? `\nCallback: ${callbacks.join(', ')}` : ''}`
}

/** A bucket in words. @param {Bucket} bucket @param {string} length */
export function bucketText(bucket, length) {
  return `${plural(sum(bucket), 'run')} in ${duration(parseDuration(length))} from ${moment(new Date(bucket.start)).slice(0, 16)}\n${count(bucket.success)} success, ${count(bucket.error)} error, ${count(bucket.running)} running`
}
