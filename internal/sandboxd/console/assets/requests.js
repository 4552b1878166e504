// @ts-check
// The journal of what was asked of the platform.

/** @import {JournalEntry, Route, View} from './types.js' */

import { control } from './api.js'
import { h } from './dom.js'
import { duration } from './format.js'
import { facts, foreign, httpStatus, tag, time } from './parts.js'
import { address } from './router.js'
import { LIMIT, splitPage } from './split.js'
import { table } from './table.js'
import { bodyBlock, headerTable } from './text.js'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map(value => ({ value, name: value }))
const statuses = ['2xx', '3xx', '4xx', '5xx'].map(value => ({ value, name: value }))

/**
 * @param {Route} route
 * @param {() => void} reload
 * @returns {View}
 */
export function requestsPage(route, reload) {
  return splitPage({
    title: 'Requests',
    thing: 'request',
    route,
    reload,
    kinds: ['request'],
    filters: [
      { field: 'text', label: 'Search address and bodies', width: 'long' },
      { field: 'method', label: 'Method', choices: methods },
      { field: 'status', label: 'Status', choices: statuses },
    ],
    table: ({ query }) => table({
      caption: 'Requests',
      key: (/** @type {JournalEntry} */ row) => row.id,
      empty: 'No requests here.',
      columns: [
        { name: 'Method', cell: row => h('span', { class: 'code' }, row.method) },
        { name: 'Status', cell: row => h('div', { class: 'tags' }, httpStatus(row.status), row.fault && tag('fault', 'warn')) },
        { name: 'Address', kind: 'text', cell: row => h('a', { class: 'code', href: address('requests', row.id, query()), 'data-focus': `request-${row.id}` }, foreign(short(row.url))) },
        { name: 'User', kind: 'wide', cell: row => foreign(row.username) },
        { name: 'At', kind: 'wide', cell: row => time(row.at) },
        { name: 'Took', kind: 'number wide', cell: row => duration(row.duration_ms) },
      ],
    }),
    fetchList: async (query, signal) => {
      /** @type {{requests: JournalEntry[], total: number, before: number | null}} */
      const { requests, total, before } = await control('/requests', {
        query: { limit: LIMIT, before: query.get('before'), method: query.get('method'), status: query.get('status'), text: query.get('text') },
        signal,
      })
      return { rows: requests, total, before }
    },
    fetchOne: async (id, signal) => {
      /** @type {JournalEntry} */
      const entry = await control(`/requests/${id}`, { signal })
      return { state: entry, show: () => details(entry) }
    },
  })
}

/** The address without what is the same in all. @param {string} url */
function short(url) {
  return url.replace(/^\/api\/ai-mentor\/orgs\/[^/]+\/users\/[^/]+\//, '…/')
}

/** @param {JournalEntry} entry */
function details(entry) {
  return [
    h('div', { class: 'row' }, h('h2', { tabindex: -1 }, `Request #${entry.id}`), httpStatus(entry.status), entry.fault && tag('fault', 'warn')),
    h('p', { class: 'code' }, h('strong', null, entry.method), ' ', foreign(entry.url)),
    facts([
      ['Operation', entry.operation ? h('span', { class: 'code' }, foreign(entry.operation)) : 'none that the platform knows'],
      ['User', foreign(entry.username || '–')],
      ['At', time(entry.at)],
      ['Took', duration(entry.duration_ms)],
    ]),
    h('h3', null, 'Request body'), bodyBlock('Request body', entry.request_body, entry.truncated),
    h('h3', null, 'Request headers'), headerTable(entry.request_header),
    h('h3', null, 'Response body'), bodyBlock('Response body', entry.response_body, entry.truncated),
    h('h3', null, 'Response headers'), headerTable(entry.response_header),
  ]
}
