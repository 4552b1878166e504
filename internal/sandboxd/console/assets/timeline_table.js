// @ts-check
// The timeline as a table, for those who don't see the picture, or want its numbers.

/** @import {Bucket, Timeline, TimelineRun} from './types.js' */

import { h } from './dom.js'
import { count } from './format.js'
import { sum } from './timeline_plot.js'
import { agentLink, button, runLink, statusBadge, time } from './parts.js'
import { table } from './table.js'
import { titleOf } from './titles.js'

const MOST = 100

/** The runs that the table shows, if it shows single ones. @param {Timeline} timeline */
export function shownRuns(timeline) {
  return timeline.runs.toSorted((a, b) => b.id - a.id).slice(0, MOST)
}

/** @param {(bucket: Bucket) => void} zoom */
export function timelineTable(zoom) {
  const runs = table({
    caption: 'Runs on the timeline, the latest first',
    key: (/** @type {TimelineRun & {title?: string}} */ run) => run.id,
    empty: 'No runs in this part of time.',
    columns: [
      { name: 'Run', cell: run => runLink(run.id) },
      { name: 'Agent', cell: run => agentLink(run.periodic_agent, run.title) },
      { name: 'Status', cell: run => statusBadge(run.status) },
      { name: 'Start', cell: run => time(run.start_time) },
    ],
  })
  const buckets = table({
    caption: 'Numbers of runs on the timeline, the latest first',
    key: (/** @type {Bucket} */ bucket) => bucket.start,
    empty: 'No runs in this part of time.',
    columns: [
      { name: 'From', cell: bucket => time(bucket.start) },
      { name: 'Success', kind: 'number', cell: bucket => count(bucket.success) },
      { name: 'Error', kind: 'number', cell: bucket => count(bucket.error) },
      { name: 'Running', kind: 'number', cell: bucket => count(bucket.running) },
      { name: 'All', kind: 'number', cell: bucket => count(sum(bucket)) },
      { name: 'Look closer', cell: bucket => button('Zoom in', () => zoom(bucket), { focus: bucket.start, label: `Zoom in on ${bucket.start}` }) },
    ],
  })
  const note = h('p', { class: 'muted' })
  const place = h('div')
  const element = h('details', null, h('summary', null, 'Show as a table'), note, place)

  /**
   * @param {Timeline} timeline
   * @param {boolean} single whether the picture has single runs
   */
  const update = (timeline, single) => {
    if (!element.open) return
    const shown = single ? runs : buckets
    if (single) runs.update(shownRuns(timeline).map(run => ({ ...run, title: titleOf(run.periodic_agent) })))
    else buckets.update(timeline.buckets.toReversed().slice(0, MOST))
    if (place.firstChild !== shown.element) place.replaceChildren(shown.element)
    const rows = single ? timeline.runs.length : timeline.buckets.length
    note.textContent = rows > MOST ? `The latest ${MOST} of ${count(rows)} rows; zoom in to see the others.` : ''
  }
  return { element, update }
}
