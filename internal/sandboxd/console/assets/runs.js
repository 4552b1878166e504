// @ts-check
// The list of runs.

/** @import {Log, Page, Route} from './types.js' */

import { agentFilter, titlesOf } from './agent_picker.js'
import { advance } from './clock_controls.js'
import { button, empty, loading, statuses } from './parts.js'
import { read } from './resources.js'
import { changeQuery } from './router.js'
import { runTable } from './run_table.js'
import { listPage, numberedPager, PAGE_SIZE, pageOf, setFilter } from './table.js'

/** @param {Route} route */
export function runsPage(route) {
  const { query } = route
  const order = query.get('order') ?? '-start_time'
  const agent = query.get('agent') ?? ''
  /** @type {{value?: Page<Log>, error: unknown}} */
  const { value: page, error } = read('logs', '/periodic-agent-logs/', {
    api: 'platform', slot: 'runs', query: {
      search: query.get('search'), status: query.get('status'), periodic_agent: agent,
      ordering: order.endsWith('id') ? order : `${order},-id`, page: pageOf(route), page_size: PAGE_SIZE,
    },
  })
  const filtered = ['search', 'status', 'agent'].some(name => query.has(name))
  return listPage({
    heading: 'Runs', noun: 'run', route, total: page?.count,
    filters: [
      { field: 'search', label: 'Search log and title', width: 'long' },
      { field: 'status', label: 'Status', choices: statuses.slice(0, 3) },
      { field: 'agent', label: 'Agent', control: () => agentFilter(agent, id => setFilter(route, 'agent', id)) },
    ],
    table: page ? runTable({
      logs: page.results, titles: titlesOf(page.results.map(log => log.periodic_agent)), order,
      sort: next => changeQuery(route, { order: next, page: '' }, 'replace'),
      empty: filtered ? empty('No runs match the filters.') : empty('No runs yet. Agents run when the clock reaches their next run.', button('Advance by a day', () => void advance('24h'))),
    }) : loading(error),
    pager: numberedPager(route, 'run', page?.count),
  })
}
