// @ts-check
// A table of runs.

/** @import {Children} from './element.js' */
/** @import {Log} from './types.js' */

import { h } from './element.js'
import { duration } from './format.js'
import { agentLink, foreign, nearTime, runLink, statusBadge } from './parts.js'
import { table } from './table.js'

/** The duration of a run. @param {{start_time: string, end_time: string | null}} run */
export function runDuration({ start_time, end_time }) {
  return end_time ? duration(Date.parse(end_time) - Date.parse(start_time)) : '–'
}

/**
 * @param {object} options
 * @param {Log[]} options.logs
 * @param {Map<number, string>} [options.titles] of agents, if the runs are of several
 * @param {Children} options.empty
 * @param {string} [options.order]
 * @param {(order: string) => void} [options.sort]
 */
export function runTable({ logs, titles, empty, order, sort }) {
  return table({
    caption: 'Runs', rows: logs, key: log => log.id, empty, ...order && { order }, ...sort && { sort },
    columns: [
      { name: 'Run', order: 'id', cell: log => runLink(log.id) },
      { name: 'Status', order: 'status', cell: log => statusBadge(log.status) },
      ...titles ? [{ name: 'Agent', order: 'periodic_agent', kind: 'text', cell: (/** @type {Log} */ log) => agentLink(log.periodic_agent, titles.get(log.periodic_agent)) }] : [],
      { name: 'Start', order: 'start_time', cell: log => nearTime(log.start_time) },
      { name: 'Duration', kind: 'number wide', cell: runDuration },
      { name: 'Log', kind: 'text wide', cell: log => h('span', { class: 'muted line' }, foreign(log.content.slice(0, 200))) },
    ],
  })
}
