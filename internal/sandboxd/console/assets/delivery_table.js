// @ts-check
// A table of deliveries.

/** @import {Children} from './element.js' */
/** @import {Delivery} from './types.js' */

import { h } from './element.js'
import { agentLink, foreign, httpStatus, runLink, tag, time } from './parts.js'
import { address } from './router.js'
import { table } from './table.js'

/**
 * @param {object} options
 * @param {Delivery[]} options.deliveries
 * @param {Children} options.empty
 * @param {boolean} [options.several] whether they are of several agents
 * @param {number} [options.current]
 * @param {URLSearchParams} [options.query] that links keep
 */
export function deliveryTable({ deliveries, empty, several = false, current, query }) {
  return table({
    caption: 'Deliveries', rows: deliveries, key: delivery => delivery.id, empty, ...current !== undefined && { current },
    columns: [
      { name: 'Delivery', cell: row => h('a', { href: address('deliveries', row.id, query) }, `#${row.id}`) },
      { name: 'Response', cell: row => h('div', { class: 'tags' }, result(row), row.fault && row.sent && tag(row.fault, 'warn'), row.resent_from !== null && tag('resent')) },
      ...several ? [{ name: 'Agent', kind: 'text', cell: (/** @type {Delivery} */ row) => agentLink(row.agent_id, row.title) }] : [],
      { name: 'Run', cell: row => runLink(row.log_id) },
      { name: 'Time', cell: row => time(row.started_at) },
      { name: 'Signature', kind: 'wide', cell: row => row.sent ? signatureTag(row.signature) : '–' },
      { name: 'URL', kind: 'text wide', cell: row => h('span', { class: 'muted line' }, foreign(row.url)) },
    ],
  })
}

/** What became of a delivery. @param {Delivery} delivery */
export function result({ sent, status_code }) {
  return sent ? httpStatus(status_code) : tag('dropped, not sent', 'warn')
}

/** @param {string} signature */
export function signatureTag(signature) {
  switch (signature) {
    case 'valid': return tag('valid', 'good')
    case 'invalid': return tag('invalid', 'bad')
  }
  return tag(signature)
}
