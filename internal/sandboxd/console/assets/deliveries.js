// @ts-check
// The deliveries of callbacks.

/** @import {Delivery, Route} from './types.js' */

import { agentFilter } from './agent_picker.js'
import { advance } from './clock_controls.js'
import { deliveryTable, result, signatureTag } from './delivery_table.js'
import { h } from './element.js'
import { duration } from './format.js'
import { Canceled, runJob } from './jobs.js'
import { agentLink, button, empty, facts, foreign, loading, runLink, tag, time } from './parts.js'
import { read } from './resources.js'
import { address } from './router.js'
import { split } from './split.js'
import { toast, toastError } from './store.js'
import { backwardPager, listPage, PAGE_SIZE, setFilter } from './table.js'
import { BodyBlock, headerTable, textBlock } from './text.js'

const responses = [...['2xx', '3xx', '4xx', '5xx'].map(value => ({ value, name: value })), { value: 'none', name: 'No response' }]

const signatures = new Map([
  ['valid', 'The signature matches the body and the agent’s current secret.'],
  ['invalid', 'The signature does not match the agent’s current secret.'],
  ['none', 'The callback is not signed.'],
])

/** @param {Route} route */
export function deliveriesPage(route) {
  const { query } = route
  const agent = query.get('agent') ?? ''
  /** @type {{value?: {deliveries: Delivery[], total: number, before: number | null}, error: unknown}} */
  const { value: page, error } = read('deliveries', '/deliveries', {
    slot: 'deliveries',
    query: { limit: PAGE_SIZE, before: query.get('before'), agent, log: query.get('log'), status: query.get('status'), text: query.get('text') },
  })
  const id = Number(route.id)
  const filtered = ['agent', 'log', 'status', 'text'].some(name => query.has(name))
  const list = listPage({
    heading: 'Deliveries', noun: 'delivery', route, total: page?.total,
    filters: [
      { field: 'text', label: 'Search URL and bodies', width: 'long' },
      { field: 'status', label: 'Response', choices: responses },
      { field: 'agent', label: 'Agent', control: () => agentFilter(agent, value => setFilter(route, 'agent', value)) },
    ],
    table: page ? deliveryTable({
      deliveries: page.deliveries, several: true, query, current: id,
      empty: filtered ? empty('No deliveries match the filters.')
        : empty('No deliveries yet. Agents with a callback URL post a callback for each finished run.', button('Advance by a day', () => void advance('24h'))),
    }) : loading(error),
    pager: backwardPager(route, 'delivery', page && { rows: page.deliveries.length, total: page.total, before: page.before }),
  })
  return split(route, 'delivery', list, id > 0 ? open(id) : null)
}

/** @param {number} id */
function open(id) {
  /** @type {{value?: Delivery, error: unknown}} */
  const { value: delivery, error } = read('deliveries', `/deliveries/${id}`)
  if (!delivery) return loading(error)
  const { agent_id, title, log_id, url, status_code, started_at, finished_at, fault, fault_id, resent_from, signature, sent } = delivery
  return [
    h('div', { class: 'row' },
      h('h2', { tabIndex: -1 }, `Delivery #${id}`), result(delivery),
      h('span', { class: 'spring' }), button('Resend', () => void resend(id), { kind: 'primary' })),
    facts([
      ['Agent', agentLink(agent_id, title)],
      ['Run', runLink(log_id)],
      ['URL', h('span', { class: 'code' }, foreign(url))],
      ['Time', time(started_at)],
      ['Duration', sent ? duration(Date.parse(finished_at) - Date.parse(started_at)) : '–'],
      ...fault ? [/** @type {[string, any]} */ (['Fault', [tag(fault, 'warn'), ' by ', h('a', { href: address('faults', '', { rule: fault_id }) }, `rule ${fault_id}`)]])] : [],
      ...resent_from === null ? [] : [/** @type {[string, any]} */ (['Repeats', h('a', { href: address('deliveries', resent_from) }, `delivery #${resent_from}`)])],
      ['Signature', sent ? h('span', { class: 'signature' }, signatureTag(signature), ' ', signatures.get(signature) ?? '') : 'none, since the callback was not sent'],
    ]),
    delivery.error && h('p', { class: 'fault' }, foreign(delivery.error)),
    h('h3', null, sent ? 'Body' : 'Body that was not sent'), h(BodyBlock, { label: 'Body', text: delivery.body }),
    h('h3', null, 'Headers'), headerTable(delivery.header),
    h('h3', null, 'Response'), status_code === 0 ? h('p', { class: 'empty' }, 'No response.') : textBlock('Response', delivery.response_body, `${status_code}, without a body.`),
  ]
}

/** @param {number} id */
async function resend(id) {
  try {
    /** @type {Delivery} */
    const again = await runJob(`/deliveries/${id}/resend`, { body: {} })
    toast(`Redelivered as delivery #${again.id}: ${again.status_code || 'no response'}.`, 'news',
      { name: 'Show', run: () => { location.hash = address('deliveries', again.id) } })
  } catch (error) {
    if (!(error instanceof Canceled)) toastError(error)
  }
}
