// @ts-check
// One agent: its prompt, schedule, runs and deliveries.

/** @import {Agent, Delivery, Log, Page, Route, Schedule} from './types.js' */

import { deleteAgent, runAgent, setEnabled } from './agent_actions.js'
import { openAgentForm } from './agent_form.js'
import { titleOf } from './agent_picker.js'
import { deliveryTable } from './delivery_table.js'
import { Component, h } from './element.js'
import { agentLink, button, card, empty, facts, foreign, loading, statusName, tag, time, title as heading } from './parts.js'
import { read } from './resources.js'
import { address } from './router.js'
import { runTable } from './run_table.js'
import { crontabText, meaningBlock } from './schedule.js'
import { openDialog, status } from './store.js'
import { textBlock } from './text.js'
import { Timeline } from './timeline.js'

const LATEST = 10
const DEPENDENTS = 20

/** @param {Route} route */
export function agentPage(route) {
  const id = Number(route.id)
  /** @type {{value?: Agent, error: unknown}} */
  const { value: agent, error } = read('agents', `/periodic-agents/${id}/`, { api: 'platform' })
  if (!agent) return h('div', null, heading(`Agent ${id}`), loading(error))
  /** @type {Schedule | undefined} */
  const schedule = read('agents', `/agents/${id}/schedule`, { query: { n: 5 } }).value
  /** @type {Page<Log> | undefined} */
  const logs = read('logs', '/periodic-agent-logs/', { api: 'platform', query: { periodic_agent: id, ordering: '-start_time,-id', page_size: LATEST } }).value
  /** @type {{deliveries: Delivery[]} | undefined} */
  const posted = read('deliveries', '/deliveries', { query: { agent: id, limit: LATEST } }).value
  return h('div', null,
    head(agent, schedule),
    h('div', { class: 'columns' },
      card('Schedule', h('p', { class: 'code' }, crontabText(agent.task?.crontab)), schedule && meaningBlock(schedule),
        facts([
          ['Next run', [schedule?.waiting ? 'waiting for its previous agent' : time(schedule?.next_run), h('div', { class: 'muted' }, schedule?.explanation)]],
          ['Start time', time(agent.task?.start_time)],
          ['Chain', chain(agent)],
        ])),
      h('div', null,
        card('Prompt', textBlock('Prompt', agent.prompt, 'No prompt.')),
        card('About', facts([
          ['Mentor', foreign(agent.mentor?.name ?? String(agent.mentor))],
          ['Created by', foreign(agent.username)],
          ['Created', time(agent.created_at)],
          ['Changed', time(agent.modified_at)],
          ['Callback URL', callbackURL(agent.callback_url)],
          ['Callback secret', agent.callback_secret ? h(Secret, { text: agent.callback_secret }) : 'none, so callbacks are not signed'],
        ])))),
    h(Timeline, { key: id, agent: id }),
    logs && card('Latest runs',
      runTable({ logs: logs.results, empty: empty('This agent has not run yet.', button('Run now', () => void runAgent(id, {}))) }),
      h('p', null, h('a', { href: address('runs', '', { agent: route.id }) }, 'All runs of this agent'))),
    posted && card('Latest deliveries',
      deliveryTable({ deliveries: posted.deliveries, empty: empty(agent.callback_url ? 'No deliveries yet. A callback is posted when a run finishes.' : 'No deliveries, since the agent has no callback URL.', agent.callback_url ? null : button('Set one', () => openAgentForm(agent))) }),
      h('p', null, h('a', { href: address('deliveries', '', { agent: route.id }) }, 'All deliveries of this agent'))))
}

/** @param {string} url */
function callbackURL(url) {
  if (!url) return '–'
  if (url === status().inbox_url) return h('a', { href: address('inbox') }, 'the inbox of the sandbox')
  return h('span', { class: 'code' }, foreign(url))
}

/** @param {Agent} agent @param {Schedule | undefined} schedule */
function head(agent, schedule) {
  const { id, title } = agent
  const enabled = Boolean(agent.task?.enabled)
  return h('div', { class: 'head' },
    h('p', { class: 'crumbs' }, h('a', { href: address('agents') }, 'Agents'), ` / ${id}`),
    h('div', { class: 'row' },
      heading(foreign(title)),
      h('div', { class: 'tags' }, tag(enabled ? 'enabled' : 'disabled', enabled ? 'good' : 'plain'), agent.task?.one_off && tag('once'), schedule?.waiting && tag('waiting', 'warn')),
      h('span', { class: 'spring' }),
      h('div', { class: 'row tight' },
        button('Run now', () => void runAgent(id, {}), { kind: 'primary' }),
        button('Run with…', () => openDialog({ kind: 'outcome', id, title })),
        button('Edit', () => openAgentForm(agent)),
        button(enabled ? 'Disable' : 'Enable', () => void setEnabled(id, !enabled)),
        button('Delete…', () => deleteAgent(agent, () => { location.hash = address('agents') }), { kind: 'danger' }))),
    agent.description && h('p', { class: 'muted text' }, foreign(agent.description)))
}

/** @extends {Component<{text: string}, {shown: boolean}>} */
class Secret extends Component {
  state = { shown: false }

  render() {
    const { shown } = this.state
    return h('span', null, h('span', { class: 'code' }, shown ? this.props.text : '••••••••'), ' ',
      button(shown ? 'Hide' : 'Show', () => this.setState({ shown: !shown }), { kind: 'quiet', label: `${shown ? 'Hide' : 'Show'} the callback secret` }))
  }
}

/** The agents before and after. @param {Agent} agent */
function chain(agent) {
  const { id, previous_agent: previous, previous_agent_status: status } = agent
  /** @type {Page<Agent> | undefined} */
  const dependents = read('agents', '/periodic-agents/', { api: 'platform', query: { previous_agent: id, page_size: DEPENDENTS } }).value
  const hidden = (dependents?.count ?? 0) - (dependents?.results.length ?? 0)
  return [
    previous === null ? 'It does not depend on another agent.' : ['After ', statusName(status), ' of ', agentLink(previous, titleOf(previous)), '.'],
    dependents && dependents.count > 0 && h('div', null, 'Then: ', dependents.results.map((dependent, index) => [
      index > 0 && ', ', agentLink(dependent.id, dependent.title), ` (on ${dependent.previous_agent_status})`,
    ]), hidden > 0 && ` and ${hidden} more`),
  ]
}
