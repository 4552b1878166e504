// @ts-check
// The callbacks that were posted, and how they were answered.

/** @import {Delivery, Route, View} from './types.js' */

import { control } from './api.js'
import { deliveryTable, signatureTag } from './delivery_table.js'
import { h } from './dom.js'
import { duration } from './format.js'
import { agentLink, button, facts, foreign, httpStatus, runLink, tag, time } from './parts.js'
import { address } from './router.js'
import { LIMIT, splitPage } from './split.js'
import { bodyBlock, headerTable, textBlock } from './text.js'
import { fetchTitles, titleOf } from './titles.js'
import { toast, toastFailure } from './toast.js'

const signatures = new Map([
  ['valid', 'It is the body’s, made with the agent’s present secret.'],
  ['invalid', 'It is not the one that the agent’s present secret makes.'],
  ['none', 'It is not signed.'],
])

/**
 * @param {Route} route
 * @param {() => void} reload
 * @returns {View}
 */
export function deliveriesPage(route, reload) {
  return splitPage({
    title: 'Deliveries',
    thing: 'delivery',
    route,
    reload,
    kinds: ['delivery', 'agent', 'agent_deleted'],
    filters: [
      { field: 'agent', label: 'Agent’s id', width: 'short' },
      { field: 'log', label: 'Run’s id', width: 'short' },
    ],
    table: ({ query }) => deliveryTable({ empty: 'Nothing was posted yet. Agents with a callback URL post each run that is over.', query }),
    fetchList: async (query, signal) => {
      /** @type {{deliveries: Delivery[], total: number, before: number | null}} */
      const { deliveries, total, before } = await control('/deliveries', {
        query: { limit: LIMIT, before: query.get('before'), agent: query.get('agent'), log: query.get('log') },
        signal,
      })
      await fetchTitles(deliveries.map(delivery => delivery.agent_id), signal)
      return { rows: deliveries.map(delivery => ({ ...delivery, title: titleOf(delivery.agent_id) })), total, before }
    },
    fetchOne: async (id, signal) => {
      /** @type {Delivery} */
      const delivery = await control(`/deliveries/${id}`, { signal })
      return { state: delivery, show: () => details(delivery) }
    },
  })
}

/** @param {Delivery} delivery */
function details(delivery) {
  const { id, agent_id, log_id, url, status_code, error, started_at, finished_at, fault, resent_from, signature } = delivery
  return [
    h('div', { class: 'row' },
      h('h2', { tabindex: -1 }, `Delivery #${id}`), httpStatus(status_code), fault && tag(fault, 'warn'),
      h('span', { class: 'spring' }), button('Resend', () => void resend(id), { kind: 'primary' })),
    facts([
      ['Agent', agentLink(agent_id, titleOf(agent_id))],
      ['Run', runLink(log_id)],
      ['URL', h('span', { class: 'code' }, foreign(url))],
      ['Posted', time(started_at)],
      ['Took', duration(Date.parse(finished_at) - Date.parse(started_at))],
      ...resent_from === null ? [] : [/** @type {[string, Node]} */ (['Resent from', h('a', { href: address('deliveries', resent_from) }, `#${resent_from}`)])],
      ['Signature', h('span', { class: 'signature' }, signatureTag(signature), ' ', signatures.get(signature) ?? '')],
    ]),
    error && h('p', { class: 'fault' }, foreign(error)),
    h('h3', null, 'Body'), bodyBlock('Body', delivery.body),
    h('h3', null, 'Headers'), headerTable(delivery.header),
    h('h3', null, 'Answer'), status_code === 0 ? h('p', { class: 'empty' }, 'There was none.') : textBlock('Answer', delivery.response_body, `${status_code}, without a body.`),
  ]
}

/** @param {number} id */
async function resend(id) {
  try {
    /** @type {Delivery} */
    const again = await control(`/deliveries/${id}/resend`, { method: 'POST', body: {} })
    toast(`Sent again as delivery #${again.id}: ${again.status_code === 0 ? 'no answer' : again.status_code}.`)
    location.hash = address('deliveries', again.id)
  } catch (error) {
    toastFailure(error)
  }
}
