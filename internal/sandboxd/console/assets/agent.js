// @ts-check
// One agent: what it does, when, and how it went.

/** @import {Agent, Delivery, Log, Page, Route, Schedule, View} from './types.js' */

import { control, platform } from './api.js'
import { deleteAgent, runAgent, setEnabled } from './agent_actions.js'
import { openAgentForm } from './agent_form.js'
import { deliveryTable } from './delivery_table.js'
import { h, replace } from './dom.js'
import { openOutcomeForm } from './outcome_form.js'
import { agentLink, button, card, facts, foreign, statusName, tag, time } from './parts.js'
import { address } from './router.js'
import { runTable } from './run_table.js'
import { crontabText, meaningBlock } from './schedule.js'
import { textBlock } from './text.js'
import { timelineCard } from './timeline.js'
import { fetchTitles, keepTitle, titleOf } from './titles.js'

const LATEST = 10
const FOLLOWERS = 20

/**
 * @param {Route} route
 * @param {(when?: 'now' | 'soon') => void} reload
 * @returns {View}
 */
export function agentPage(route, reload) {
  const id = Number(route.id)
  const head = h('div', { class: 'head' }, h('h1', { tabindex: -1 }, `Agent ${id}`))
  const body = h('div')
  const timeline = timelineCard(reload, id)
  const runs = runTable({ agent: false, empty: 'This agent has not run yet.' })
  const deliveries = deliveryTable({ agent: false, empty: 'Nothing was posted yet.' })
  const rest = h('div', { hidden: true }, timeline.element,
    card('Latest runs', runs.element, h('p', null, h('a', { href: address('runs', '', { agent: route.id }) }, 'All runs of this agent'))),
    card('Latest deliveries', deliveries.element, h('p', null, h('a', { href: address('deliveries', '', { agent: route.id }) }, 'All deliveries of this agent'))))
  let shown = ''
  /** @type {View} */
  const view = {
    title: `Agent ${id}`,
    element: h('div', null, head, body, rest),
    kinds: ['agent', 'agent_deleted', 'run_started', 'run_finished', 'delivery', 'clock'],
    close: timeline.close,
    load: async signal => {
      /** @type {[Agent, Schedule, Page<Agent>, Page<Log>, {deliveries: Delivery[]}]} */
      const [agent, schedule, followers, logs, posted] = await Promise.all([
        platform(`/periodic-agents/${id}/`, { signal }),
        control(`/agents/${id}/schedule`, { query: { n: 5 }, signal }),
        platform('/periodic-agents/', { query: { previous_agent: id, page_size: FOLLOWERS }, signal }),
        platform('/periodic-agent-logs/', { query: { periodic_agent: id, ordering: '-start_time,-id', page_size: LATEST }, signal }),
        control('/deliveries', { query: { agent: id, limit: LATEST }, signal }),
      ])
      keepTitle(agent)
      view.title = agent.title
      if (agent.previous_agent !== null) await fetchTitles([agent.previous_agent], signal)
      const state = JSON.stringify([agent, schedule, followers])
      if (state !== shown) {
        shown = state
        replace(head, heading(agent, schedule))
        replace(body, details(agent, schedule, followers))
      }
      runs.update(logs.results)
      deliveries.update(posted.deliveries)
      rest.hidden = false
      await timeline.load(signal)
    },
  }
  return view
}

/**
 * @param {Agent} agent
 * @param {Schedule} schedule
 */
function heading(agent, schedule) {
  const { id, title } = agent
  const enabled = Boolean(agent.task?.enabled)
  return [
    h('p', { class: 'crumbs' }, h('a', { href: address('agents') }, 'Agents'), ` / ${id}`),
    h('div', { class: 'row' },
      h('h1', { tabindex: -1 }, foreign(title)),
      h('div', { class: 'tags' }, tag(enabled ? 'On' : 'Off', enabled ? 'good' : 'plain'), agent.task?.one_off && tag('Once'),
        schedule.waiting && tag('Waiting', 'warn')),
      h('span', { class: 'spring' }),
      h('div', { class: 'row tight' },
        button('Run now', () => void runAgent(id, {}), { kind: 'primary' }),
        button('Run with…', () => openOutcomeForm(id, title)),
        button('Edit', () => void openAgentForm(id)),
        button(enabled ? 'Turn off' : 'Turn on', () => void setEnabled(id, !enabled), { focus: 'enable' }),
        button('Delete…', () => void remove(id, title), { kind: 'danger' }))),
    agent.description && h('p', { class: 'muted text' }, foreign(agent.description)),
  ]
}

/** @param {number} id @param {string} title */
async function remove(id, title) {
  if (await deleteAgent(id, title)) location.hash = address('agents')
}

/**
 * @param {Agent} agent
 * @param {Schedule} schedule
 * @param {Page<Agent>} followers
 */
function details(agent, schedule, followers) {
  return h('div', { class: 'columns' },
    card('Schedule', h('p', { class: 'code' }, crontabText(agent.task?.crontab)), meaningBlock(schedule),
      facts([
        ['Next run', schedule.waiting ? 'waits for its previous agent' : time(schedule.next_run)],
        ['Starts after', time(agent.task?.start_time)],
        ['Chain', chain(agent, followers)],
      ])),
    h('div', null,
      card('Prompt', textBlock('Prompt', agent.prompt, 'No prompt.')),
      card('About', facts([
        ['Mentor', foreign(agent.mentor?.name ?? String(agent.mentor))],
        ['Created by', foreign(agent.username)],
        ['Created', time(agent.created_at)],
        ['Changed', time(agent.modified_at)],
        ['Callback URL', agent.callback_url ? h('span', { class: 'code' }, foreign(agent.callback_url)) : '–'],
        ['Callback secret', agent.callback_secret ? secret(agent.callback_secret) : 'none: callbacks are not signed'],
      ]))))
}

/** @param {string} text */
function secret(text) {
  const shown = h('span', { class: 'code' }, '••••••••')
  const toggle = button('Show', () => {
    const hidden = toggle.textContent === 'Show'
    shown.textContent = hidden ? text : '••••••••'
    toggle.textContent = hidden ? 'Hide' : 'Show'
  }, { focus: 'secret', kind: 'quiet', label: 'Show or hide the callback secret' })
  return [shown, ' ', toggle]
}

/**
 * @param {Agent} agent
 * @param {Page<Agent>} followers
 */
function chain(agent, followers) {
  const { previous_agent: previous, previous_agent_status: status } = agent
  const hidden = followers.count - followers.results.length
  return [
    previous === null ? 'Waits for no other agent.' : ['After ', statusName(status), ' of ', agentLink(previous, titleOf(previous)), '.'],
    followers.count > 0 && h('div', null, 'Then: ', followers.results.map((follower, index) => [
      index > 0 && ', ', agentLink(follower.id, follower.title), ` (on ${follower.previous_agent_status})`,
    ]), hidden > 0 && ` and ${hidden} more`),
  ]
}
