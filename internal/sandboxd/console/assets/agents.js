// @ts-check
// The list of agents.

/** @import {Agent, Mentor, Page, Route, ShortSchedule, View} from './types.js' */

import { control, platform } from './api.js'
import { runAgent, setEnabled } from './agent_actions.js'
import { openAgentForm } from './agent_form.js'
import { h } from './dom.js'
import { plural } from './format.js'
import { allMentors } from './mentor_list.js'
import { PAGE_SIZE, pageOf, pager } from './pager.js'
import { agentLink, button, foreign, nearTime, statusBadge, statusName, tag } from './parts.js'
import { changeQuery } from './router.js'
import { crontabText, verdictTag } from './schedule.js'
import { table } from './table.js'
import { fetchTitles, keepTitle, titleOf } from './titles.js'
import { announce } from './toast.js'
import { toolbar } from './toolbar.js'

/** @typedef {{agent: Agent, schedule?: ShortSchedule, previous?: string}} Row */

const statuses = ['success', 'error', 'running', 'pending'].map(value => ({ value, name: statusName(value) }))

/**
 * @param {Route} route
 * @param {() => void} reload
 * @returns {View}
 */
export function agentsPage(route, reload) {
  let filtered = false
  const bar = h('div')
  const pages = pager('agent', page => {
    changeQuery(route, { page: String(page) }, 'push')
    reload()
  })
  const list = table({
    caption: 'Agents',
    key: (/** @type {Row} */ row) => row.agent.id,
    empty: 'No agents here.',
    sort: order => {
      changeQuery(route, { order, page: '' }, 'replace')
      reload()
    },
    columns: [
      { name: 'Id', order: 'id', kind: 'number', cell: ({ agent }) => agent.id },
      { name: 'Agent', order: 'title', kind: 'text', cell: ({ agent }) => [agentLink(agent.id, agent.title), h('div', { class: 'muted line' }, foreign(agent.mentor?.name ?? ''))] },
      { name: 'Schedule', kind: 'text', cell: ({ agent, schedule }) => [schedule?.description || '–', h('div', { class: 'muted code' }, crontabText(agent.task?.crontab))] },
      { name: 'Latest run', cell: ({ schedule }) => schedule ? statusBadge(schedule.status) : '–' },
      { name: 'Next run', kind: 'wide', cell: ({ schedule }) => nearTime(schedule?.next_run) },
      { name: 'State', order: 'enabled', cell: row => states(row) },
      { name: 'Actions', kind: 'wide', cell: ({ agent }) => actions(agent) },
    ],
  })
  const element = h('div', null,
    h('div', { class: 'row' }, h('h1', { tabindex: -1 }, 'Agents'), h('span', { class: 'spring' }),
      h('button', { type: 'button', class: 'primary', on: { click: () => void openAgentForm() } }, 'New agent')),
    bar, list.element, pages.element)
  return {
    title: 'Agents',
    element,
    kinds: ['agent', 'agent_deleted', 'run_started', 'run_finished', 'clock'],
    load: async signal => {
      if (!bar.hasChildNodes()) {
        bar.append(filters(await allMentors(signal)))
      }
      const { query } = route
      const order = query.get('order') ?? 'id'
      const page = pageOf(query)
      /** @type {Page<Agent>} */
      const { count, results } = await platform('/periodic-agents/', {
        query: {
          search: query.get('search'), status: query.get('status'), enabled: query.get('enabled'), mentor_id: query.get('mentor'),
          ordering: order === 'id' ? 'id' : `${order},id`, page, page_size: PAGE_SIZE,
        },
        signal,
      })
      results.forEach(keepTitle)
      list.update(await rows(results, signal), { order })
      pages.update(page, count)
      if (filtered) announce(plural(count, 'agent'))
      filtered = false
    },
  }

  /** @param {Mentor[]} mentors */
  function filters(mentors) {
    return toolbar(route, [
      { field: 'search', label: 'Search title, description, prompt', width: 'long' },
      { field: 'status', label: 'Latest run', choices: statuses },
      { field: 'enabled', label: 'Schedule', choices: [{ value: 'true', name: 'On' }, { value: 'false', name: 'Off' }] },
      { field: 'mentor', label: 'Mentor', choices: mentors.map(mentor => ({ value: mentor.unique_id, name: mentor.name })) },
    ], () => {
      filtered = true
      reload()
    })
  }
}

/**
 * The agents with what the sandbox knows of their schedules.
 *
 * @param {Agent[]} agents
 * @param {AbortSignal} signal
 * @returns {Promise<Row[]>}
 */
async function rows(agents, signal) {
  if (agents.length === 0) return []
  const previous = agents.flatMap(agent => agent.previous_agent ?? [])
  /** @type {[{schedules: Record<string, ShortSchedule>}, void]} */
  const [{ schedules }] = await Promise.all([
    control('/schedules', { query: { ids: agents.map(agent => agent.id).join() }, signal }),
    fetchTitles(previous, signal),
  ])
  return agents.map(agent => ({ agent, schedule: schedules[agent.id], previous: titleOf(agent.previous_agent ?? 0) }))
}

/** @param {Row} row */
function states({ agent, schedule, previous }) {
  return h('div', { class: 'tags' },
    agent.task?.enabled ? tag('On', 'good') : tag('Off'),
    agent.task?.one_off && tag('Once'),
    schedule?.waiting && tag('Waiting', 'warn'),
    verdictTag(schedule?.verdict),
    agent.previous_agent !== null && h('span', { class: 'muted chain' }, `after ${statusName(agent.previous_agent_status)} of `,
      agentLink(agent.previous_agent, previous)))
}

/** @param {Agent} agent */
function actions(agent) {
  const { id, title } = agent
  const enabled = Boolean(agent.task?.enabled)
  return h('div', { class: 'row tight' },
    button('Run', () => void runAgent(id, {}), { focus: `run-now-${id}`, label: `Run ${title} now` }),
    button('Edit', () => void openAgentForm(id), { focus: `edit-${id}`, label: `Edit ${title}` }),
    button(enabled ? 'Turn off' : 'Turn on', () => void setEnabled(id, !enabled), { focus: `enable-${id}`, label: `${enabled ? 'Turn off' : 'Turn on'} ${title}` }))
}
