// @ts-check
// The timeline as tables.

/** @import {Bucket, Timeline, TimelineRow, TimelineRun} from './types.js' */

import { Component, h } from './element.js'
import { count, plural } from './format.js'
import { agentLink, button, empty, runLink, statusBadge, time } from './parts.js'
import { runDuration } from './run_table.js'
import { table } from './table.js'

const MOST = 100

/** @param {Timeline} timeline @param {(bucket: Bucket) => void} zoom */
export function timelineTable(timeline, zoom) {
  return h(Tables, { timeline, zoom })
}

/** @extends {Component<{timeline: Timeline, zoom: (bucket: Bucket) => void}, {open: boolean}>} */
class Tables extends Component {
  state = { open: false }

  render() {
    const { timeline, zoom } = this.props
    return h('details', { open: this.state.open, onToggle: (/** @type {any} */ event) => this.setState({ open: event.currentTarget.open }) },
      h('summary', null, 'Show as a table'),
      this.state.open && [agentTable(timeline), runsTable(timeline, zoom)])
  }
}

/** @param {Timeline} timeline */
function agentTable({ rows, others }) {
  const errors = (/** @type {TimelineRow} */ row) => row.buckets.reduce((n, bucket) => n + bucket.error, 0)
  return [
    table({
      caption: 'Agents on the timeline', rows, key: row => row.agent, empty: empty('There are no agents.'),
      columns: [
        { name: 'Agent', kind: 'text', cell: row => agentLink(row.agent, row.title) },
        { name: 'Runs', kind: 'number', cell: row => count(row.total) },
        { name: 'Errors', kind: 'number', cell: row => count(errors(row)) },
        { name: 'Next run', cell: row => row.waiting ? 'waits' : time(row.next_runs[0]) },
      ],
    }),
    others.agents > 0 && h('p', { class: 'muted' }, `${plural(others.agents, 'more agent')} with ${plural(others.total, 'run')}.`),
  ]
}

/** The single runs, or sums if not all of them are listed. @param {Timeline} timeline @param {(bucket: Bucket) => void} zoom */
function runsTable({ rows, others, total }, zoom) {
  const runs = rows.flatMap(row => row.runs.map(run => ({ ...run, agent: row.agent, title: row.title })))
  if (runs.length < total) return bucketTable(rows.flatMap(row => row.buckets).concat(others.buckets), zoom)
  const shown = runs.sort((a, b) => b.id - a.id).slice(0, MOST)
  return [
    table({
      caption: 'Runs on the timeline, newest first', rows: shown, key: run => run.id, empty: empty('There are no runs in this period.'),
      columns: [
        { name: 'Run', cell: (/** @type {TimelineRun} */ run) => runLink(run.id) },
        { name: 'Agent', kind: 'text', cell: run => agentLink(run.agent, run.title) },
        { name: 'Status', cell: run => statusBadge(run.status) },
        { name: 'Start', cell: run => time(run.start_time) },
        { name: 'Duration', kind: 'number', cell: runDuration },
      ],
    }),
    note(shown.length, runs.length),
  ]
}

/** @param {Bucket[]} buckets @param {(bucket: Bucket) => void} zoom */
function bucketTable(buckets, zoom) {
  /** @type {Map<string, Bucket>} */
  const sums = new Map()
  for (const { start, success, error, running } of buckets) {
    const sum = sums.get(start) ?? { start, success: 0, error: 0, running: 0 }
    sums.set(start, { start, success: sum.success + success, error: sum.error + error, running: sum.running + running })
  }
  const all = [...sums.values()].sort((a, b) => b.start.localeCompare(a.start))
  const shown = all.slice(0, MOST)
  return [
    table({
      caption: 'Numbers of runs on the timeline, newest first', rows: shown, key: bucket => bucket.start, empty: empty('There are no runs in this period.'),
      columns: [
        { name: 'From', cell: bucket => time(bucket.start) },
        { name: 'Success', kind: 'number', cell: bucket => count(bucket.success) },
        { name: 'Error', kind: 'number', cell: bucket => count(bucket.error) },
        { name: 'Running', kind: 'number', cell: bucket => count(bucket.running) },
        { name: 'Zoom', cell: bucket => button('Zoom in', () => zoom(bucket), { label: `Zoom in on ${bucket.start}` }) },
      ],
    }),
    note(shown.length, all.length),
  ]
}

/** @param {number} shown @param {number} all */
function note(shown, all) {
  return shown < all && h('p', { class: 'muted' }, `The latest ${shown} of ${count(all)} rows; zoom in to see the others.`)
}
