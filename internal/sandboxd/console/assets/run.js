// @ts-check
// One run: its prompt, what the agent said, and its log.

/** @import {Agent, Delivery, Log, Route, View} from './types.js' */

import { control, parse, platform } from './api.js'
import { deliveryTable } from './delivery_table.js'
import { h, replace } from './dom.js'
import { duration } from './format.js'
import { agentLink, card, facts, statusBadge, time } from './parts.js'
import { address } from './router.js'
import { textBlock } from './text.js'
import { keepTitle } from './titles.js'

/** @typedef {{prompt?: string, agent_output?: string}} Event */

/**
 * @param {Route} route
 * @returns {View}
 */
export function runPage(route) {
  const id = Number(route.id)
  const place = h('div', null, h('h1', { tabindex: -1 }, `Run #${id}`))
  const deliveries = deliveryTable({ agent: false, empty: 'Nothing was posted about this run.' })
  const posted = card('Deliveries', deliveries.element)
  posted.hidden = true
  let shown = ''
  return {
    title: `Run ${id}`,
    element: h('div', null, place, posted),
    kinds: ['agent', 'run_finished', 'delivery'],
    load: async signal => {
      /** @type {[Log, {deliveries: Delivery[]}]} */
      const [log, { deliveries: all }] = await Promise.all([
        platform(`/periodic-agent-logs/${id}/`, { signal }),
        control('/deliveries', { query: { log: id, limit: 50 }, signal }),
      ])
      /** @type {[Agent, Delivery | undefined]} */
      const [agent, latest] = await Promise.all([
        platform(`/periodic-agents/${log.periodic_agent}/`, { signal }),
        all[0] && control(`/deliveries/${all[0].id}`, { signal }),
      ])
      keepTitle(agent)
      const state = JSON.stringify([log, agent, latest])
      if (state !== shown) {
        shown = state
        replace(place, details(log, agent, event(latest)))
      }
      deliveries.update(all)
      posted.hidden = false
    },
  }
}

/** What was posted about the run. @param {Delivery | undefined} delivery @returns {Event} */
function event(delivery) {
  const body = parse(delivery?.body ?? '')
  return typeof body === 'object' && body !== null ? body : {}
}

/**
 * @param {Log} log
 * @param {Agent} agent
 * @param {Event} event
 */
function details(log, agent, { prompt, agent_output: output }) {
  const took = log.end_time ? duration(Date.parse(log.end_time) - Date.parse(log.start_time)) : 'still runs'
  return [
    h('p', { class: 'crumbs' }, h('a', { href: address('runs') }, 'Runs'), ` / ${log.id}`),
    h('div', { class: 'row' }, h('h1', { tabindex: -1 }, `Run #${log.id}`), statusBadge(log.status)),
    facts([
      ['Agent', agentLink(agent.id, agent.title)],
      ['Start', time(log.start_time)],
      ['End', time(log.end_time)],
      ['Took', took],
    ]),
    card('Output', textBlock('Output', output, agent.callback_url
      ? 'None: nothing that was posted about this run has an output.'
      : 'Not known: only a callback tells it, and the agent has no callback URL.')),
    card('Log', textBlock('Log', log.content, 'The log is empty.')),
    card(prompt === undefined ? 'Prompt, as the agent has it now' : 'Prompt', textBlock('Prompt', prompt ?? agent.prompt, 'No prompt.')),
  ]
}
