// @ts-check
// The recorded requests to the platform.

/** @import {JournalEntry, Route} from './types.js' */

import { h } from './element.js'
import { duration } from './format.js'
import { button, empty, facts, foreign, httpStatus, loading, tag, time } from './parts.js'
import { read } from './resources.js'
import { sendableOf } from './request_form.js'
import { address } from './router.js'
import { languages, snippet } from './snippets.js'
import { split } from './split.js'
import { openDialog } from './store.js'
import { backwardPager, listPage, PAGE_SIZE, table } from './table.js'
import { BodyBlock, copyText, headerTable } from './text.js'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map(value => ({ value, name: value }))
const statuses = [...['2xx', '3xx', '4xx', '5xx'].map(value => ({ value, name: value })), { value: 'none', name: 'No response' }]

/** @param {Route} route */
export function requestsPage(route) {
  const { query } = route
  /** @type {{value?: {requests: JournalEntry[], total: number, before: number | null}, error: unknown}} */
  const { value: page, error } = read('requests', '/requests', {
    slot: 'requests',
    query: { limit: PAGE_SIZE, before: query.get('before'), method: query.get('method'), status: query.get('status'), text: query.get('text'), fault: query.get('fault') },
  })
  const id = Number(route.id)
  const filtered = ['method', 'status', 'text', 'fault'].some(name => query.has(name))
  const fault = query.get('fault')
  const list = listPage({
    heading: 'Requests', noun: 'request', route, total: page?.total,
    filters: [
      { field: 'text', label: 'Search URL and bodies', width: 'long' },
      { field: 'method', label: 'Method', choices: methods },
      { field: 'status', label: 'Status', choices: statuses },
      ...fault ? [{ field: 'fault', label: 'Fault', choices: [{ value: fault, name: fault }] }] : [],
    ],
    table: page ? table({
      caption: 'Requests', rows: page.requests, key: row => row.id, current: id,
      empty: filtered ? empty('No requests match the filters.')
        : empty('No requests yet. The overview has a command that sends one.', h('a', { class: 'button', href: address('') }, 'Go to the overview')),
      columns: [
        { name: 'Method', cell: row => h('span', { class: 'code' }, row.method) },
        { name: 'Status', cell: row => h('div', { class: 'tags' }, httpStatus(row.status), row.fault && tag('fault', 'warn')) },
        { name: 'URL', kind: 'text', cell: row => h('a', { class: 'code', href: address('requests', row.id, query) }, foreign(short(row.url))) },
        { name: 'User', kind: 'wide', cell: row => foreign(row.username) },
        { name: 'Time', kind: 'wide', cell: row => time(row.at) },
        { name: 'Duration', kind: 'number wide', cell: row => duration(row.duration_ms) },
      ],
    }) : loading(error),
    pager: backwardPager(route, 'request', page && { rows: page.requests.length, total: page.total, before: page.before }),
  })
  return split(route, 'request', list, id > 0 ? open(id) : null)
}

/** The URL without what most have in common. @param {string} url */
function short(url) {
  return url.replace(/^\/api\/ai-mentor\/orgs\/[^/]+\/users\/[^/]+\//, '…/')
}

/** @param {number} id */
function open(id) {
  /** @type {{value?: JournalEntry, error: unknown}} */
  const { value: entry, error } = read('requests', `/requests/${id}`)
  if (!entry) return loading(error)
  return [
    h('div', { class: 'row' }, h('h2', { tabIndex: -1 }, `Request #${entry.id}`), httpStatus(entry.status)),
    h('p', { class: 'code' }, h('strong', null, entry.method), ' ', foreign(entry.url)),
    h('div', { class: 'row tight' },
      languages.map(language => button(`Copy as ${language}`, () => void copyText(snippet(language, sendableOf(entry))))),
      button('Edit and send…', () => openDialog({ kind: 'request', entry }))),
    facts([
      ['Operation', entry.operation ? h('span', { class: 'code' }, foreign(entry.operation)) : 'none'],
      ['User', foreign(entry.username || '–')],
      ['Time', time(entry.at)],
      ['Duration', duration(entry.duration_ms)],
      ...entry.fault ? [/** @type {[string, any]} */ (['Fault', h('a', { href: address('faults', '', { rule: entry.fault_id }) }, `rule ${entry.fault_id}`)])] : [],
    ]),
    h('h3', null, 'Request body'), h(BodyBlock, { label: 'Request body', text: entry.request_body, ...entry.truncated && { truncated: true } }),
    h('h3', null, 'Request headers'), headerTable(entry.request_header),
    h('h3', null, 'Response body'), h(BodyBlock, { label: 'Response body', text: entry.response_body, ...entry.truncated && { truncated: true } }),
    h('h3', null, 'Response headers'), headerTable(entry.response_header),
  ]
}
