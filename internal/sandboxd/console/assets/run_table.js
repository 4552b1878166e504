// @ts-check
// A table of runs.

/** @import {Log} from './types.js' */

import { foreign, agentLink, nearTime, runLink, statusBadge, time } from './parts.js'
import { duration } from './format.js'
import { h } from './dom.js'
import { table } from './table.js'

/** @typedef {Log & {title?: string}} Row */

/**
 * @param {{agent?: boolean, sort?: (order: string) => void, empty: string}} options agent: whether the rows are of more than one agent
 */
export function runTable({ agent = true, sort, empty }) {
  return table({
    caption: 'Runs',
    key: (/** @type {Row} */ row) => row.id,
    empty,
    sort,
    columns: [
      { name: 'Run', order: 'id', cell: row => runLink(row.id) },
      { name: 'Status', order: 'status', cell: row => statusBadge(row.status) },
      ...agent ? [{ name: 'Agent', order: 'periodic_agent', kind: 'text', cell: (/** @type {Row} */ row) => agentLink(row.periodic_agent, row.title) }] : [],
      { name: 'Start', order: 'start_time', cell: row => nearTime(row.start_time) },
      { name: 'Took', kind: 'number wide', cell: row => row.end_time ? duration(Date.parse(row.end_time) - Date.parse(row.start_time)) : time(null) },
      { name: 'Log', kind: 'text wide', cell: row => h('span', { class: 'muted line' }, foreign(lastLine(row.content))) },
    ],
  })
}

/** @param {string | undefined} content */
function lastLine(content) {
  return (content ?? '').trimEnd().slice(-400).split('\n').at(-1)?.slice(0, 200) ?? ''
}
