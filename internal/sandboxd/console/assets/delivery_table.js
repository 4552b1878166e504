// @ts-check
// A table of callbacks that were posted.

/** @import {Delivery} from './types.js' */

import { h } from './dom.js'
import { agentLink, foreign, httpStatus, runLink, tag, time } from './parts.js'
import { address } from './router.js'
import { table } from './table.js'

/** @typedef {Delivery & {title?: string}} Row */

/**
 * @param {{agent?: boolean, empty: string, query?: () => URLSearchParams}} options
 *   agent: whether the rows are of more than one agent; query: what stays in the address of a delivery
 */
export function deliveryTable({ agent = true, empty, query }) {
  return table({
    caption: 'Deliveries',
    key: (/** @type {Row} */ row) => row.id,
    empty,
    columns: [
      { name: 'Delivery', cell: row => h('a', { href: address('deliveries', row.id, query?.()), 'data-focus': `delivery-${row.id}` }, `#${row.id}`) },
      { name: 'Answer', cell: row => h('div', { class: 'tags' }, httpStatus(row.status_code), row.fault && tag(row.fault, 'warn'), row.resent_from !== null && tag('resent')) },
      ...agent ? [{ name: 'Agent', kind: 'text', cell: (/** @type {Row} */ row) => agentLink(row.agent_id, row.title) }] : [],
      { name: 'Run', cell: row => runLink(row.log_id) },
      { name: 'Posted', cell: row => time(row.started_at) },
      { name: 'Signature', kind: 'wide', cell: row => signatureTag(row.signature) },
      { name: 'URL', kind: 'text wide', cell: row => h('span', { class: 'muted line' }, foreign(row.url)) },
    ],
  })
}

/** @param {string} signature */
export function signatureTag(signature) {
  switch (signature) {
    case 'valid': return tag('valid', 'good')
    case 'invalid': return tag('invalid', 'bad')
  }
  return tag(signature)
}
