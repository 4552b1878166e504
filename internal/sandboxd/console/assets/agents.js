// @ts-check
// The list of agents.

/** @import {Agent, Mentor, Page, Route, ShortSchedule} from './types.js' */

import { runAgent, setEnabled } from './agent_actions.js'
import { openAgentForm } from './agent_form.js'
import { h } from './element.js'
import { agentLink, button, empty, foreign, loading, nearTime, plain, statusBadge, statuses, tag } from './parts.js'
import { read } from './resources.js'
import { changeQuery } from './router.js'
import { crontabText, verdictTag } from './schedule.js'
import { listPage, numberedPager, PAGE_SIZE, pageOf, table } from './table.js'
import { titlesOf } from './agent_picker.js'

const MENTORS = 100

/** @typedef {{agent: Agent, schedule: ShortSchedule | undefined, previous: string | undefined}} Row */

/** @param {Route} route */
export function agentsPage(route) {
  const { query } = route
  const order = query.get('order') ?? 'id'
  /** @type {{value?: Page<Agent>, error: unknown}} */
  const { value: page, error } = read('agents', '/periodic-agents/', {
    api: 'platform', slot: 'agents', query: {
      search: query.get('search'), mentor_id: query.get('mentor'), status: query.get('status'), enabled: query.get('enabled'),
      ordering: order === 'id' ? 'id' : `${order},id`, page: pageOf(route), page_size: PAGE_SIZE,
    },
  })
  const agents = page?.results ?? []
  /** @type {Record<string, ShortSchedule> | undefined} */
  const schedules = agents.length > 0
    ? read('agents', '/schedules', { slot: 'schedules', query: { ids: agents.map(({ id }) => id).join() } }).value?.schedules : undefined
  const titles = titlesOf(agents.flatMap(({ previous_agent }) => previous_agent ?? []))
  /** @type {Page<Mentor> | undefined} */
  const mentors = read('mentors', '/', { api: 'platform', query: { page_size: MENTORS } }).value
  const filtered = ['search', 'mentor', 'status', 'enabled'].some(name => query.has(name))
  const create = button('New agent', () => openAgentForm(), { kind: 'primary' })
  return listPage({
    heading: 'Agents', noun: 'agent', route, total: page?.count,
    actions: create,
    filters: [
      { field: 'search', label: 'Search title, description and prompt', width: 'long' },
      { field: 'status', label: 'Latest run', choices: statuses },
      { field: 'mentor', label: 'Mentor', choices: mentors?.results.map(({ unique_id, name }) => ({ value: unique_id, name: plain(name) })) ?? [] },
      { field: 'enabled', label: 'Schedule', choices: [{ value: 'true', name: 'Enabled' }, { value: 'false', name: 'Disabled' }] },
    ],
    table: page ? table({
      caption: 'Agents', key: row => row.agent.id, order,
      rows: agents.map(agent => ({ agent, schedule: schedules?.[agent.id], previous: agent.previous_agent ? titles.get(agent.previous_agent) : undefined })),
      sort: next => changeQuery(route, { order: next, page: '' }, 'replace'),
      columns,
      empty: filtered ? empty('No agents match the filters.') : empty('No agents yet. An agent runs a prompt on a schedule.', button('Create an agent', () => openAgentForm())),
    }) : loading(error),
    pager: numberedPager(route, 'agent', page?.count),
  })
}

/** @type {import('./table.js').Column<Row>[]} */
const columns = [
  { name: 'Id', order: 'id', kind: 'number wide', cell: ({ agent }) => agent.id },
  { name: 'Agent', order: 'title', kind: 'text', cell: ({ agent }) => [agentLink(agent.id, agent.title), h('div', { class: 'muted line' }, foreign(agent.mentor?.name ?? ''))] },
  { name: 'Schedule', kind: 'text', cell: ({ agent, schedule }) => [schedule?.description || '–', h('div', { class: 'muted code' }, crontabText(agent.task?.crontab))] },
  { name: 'Latest run', cell: ({ schedule }) => schedule ? statusBadge(schedule.status) : '–' },
  { name: 'Next run', kind: 'wide', cell: ({ schedule }) => nearTime(schedule?.next_run) },
  { name: 'State', order: 'enabled', kind: 'wide', cell: states },
  { name: 'Actions', cell: ({ agent }) => actions(agent) },
]

/** @param {Row} row */
function states({ agent, schedule, previous }) {
  return [
    h('div', { class: 'tags' },
      agent.task?.enabled ? tag('enabled', 'good') : tag('disabled'), agent.task?.one_off && tag('once'),
      schedule?.waiting && tag('waiting', 'warn'), verdictTag(schedule?.verdict)),
    agent.previous_agent !== null && h('div', { class: 'muted chain' }, `on ${agent.previous_agent_status} of `, agentLink(agent.previous_agent, previous)),
  ]
}

/** @param {Agent} agent */
function actions({ id, title, task }) {
  const enabled = Boolean(task?.enabled)
  return h('div', { class: 'row tight' },
    button('Run', () => void runAgent(id, {}), { label: `Run ${title} now` }),
    button(enabled ? 'Disable' : 'Enable', () => void setEnabled(id, !enabled), { label: `${enabled ? 'Disable' : 'Enable'} ${title}` }))
}
