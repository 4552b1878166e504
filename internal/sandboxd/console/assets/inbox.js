// @ts-check
// The callbacks that the sandbox has received itself.

/** @import {ReceivedCallback, Route} from './types.js' */

import { advance } from './clock_controls.js'
import { signatureTag } from './delivery_table.js'
import { h } from './element.js'
import { agentLink, button, empty, facts, loading, runLink, statusBadge, time } from './parts.js'
import { read } from './resources.js'
import { address } from './router.js'
import { split } from './split.js'
import { status } from './store.js'
import { listPage, PAGE_SIZE, table } from './table.js'
import { BodyBlock, copyText, headerTable } from './text.js'

/** @param {Route} route */
export function inboxPage(route) {
  /** @type {{value?: {callbacks: ReceivedCallback[], total: number}, error: unknown}} */
  const { value: page, error } = read('inbox', '/inbox', { query: { limit: PAGE_SIZE } })
  const id = Number(route.id)
  const url = status().inbox_url
  const list = listPage({
    heading: 'Inbox', noun: 'callback', route, total: page?.total, filters: [],
    table: [
      h('p', { class: 'lead muted' }, 'A receiver of callbacks that verifies signatures. Its URL is ', h('code', null, url), ' ', button('Copy', () => void copyText(url), { kind: 'quiet', label: 'Copy the URL' })),
      page ? table({
        caption: 'Received callbacks', rows: page.callbacks, key: row => row.id, current: id,
        empty: empty('No callbacks yet. To receive them here, set the callback URL of an agent to the inbox.', button('Advance by a day', () => void advance('24h'))),
        columns: [
          { name: 'Callback', cell: row => h('a', { href: address('inbox', row.id) }, `#${row.id}`) },
          { name: 'Signature', cell: row => signatureTag(row.signature) },
          { name: 'Agent', kind: 'text', cell: row => row.agent_id ? agentLink(row.agent_id, row.title) : 'unknown' },
          { name: 'Run', cell: row => row.log_id ? runLink(row.log_id) : '–' },
          { name: 'Status', kind: 'wide', cell: row => row.status ? statusBadge(row.status) : '–' },
          { name: 'Received', cell: row => time(row.at) },
        ],
      }) : loading(error),
    ],
    pager: page && h('span', { class: 'muted' }, `${page.callbacks.length} of ${page.total} callbacks`),
  })
  return split(route, 'callback', list, id > 0 ? open(id) : null)
}

/** @param {number} id */
function open(id) {
  /** @type {{value?: ReceivedCallback, error: unknown}} */
  const { value: callback, error } = read('inbox', `/inbox/${id}`)
  if (!callback) return loading(error)
  const { agent_id, title, log_id, at, signature, header, body, truncated } = callback
  return [
    h('div', { class: 'row' }, h('h2', { tabIndex: -1 }, `Callback #${id}`), signatureTag(signature)),
    facts([
      ['Agent', agent_id ? agentLink(agent_id, title) : 'unknown'],
      ['Run', log_id ? runLink(log_id) : '–'],
      ['Received', time(at)],
      ['Response', signature === 'invalid' ? '401: the signature is invalid.' : '204'],
    ]),
    h('h3', null, 'Body'), h(BodyBlock, { label: 'Body', text: body, ...truncated && { truncated } }),
    h('h3', null, 'Headers'), headerTable(header),
  ]
}
