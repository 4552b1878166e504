// @ts-check
// The list of runs.

/** @import {Log, Page, Route, View} from './types.js' */

import { platform } from './api.js'
import { h } from './dom.js'
import { plural } from './format.js'
import { PAGE_SIZE, pageOf, pager } from './pager.js'
import { statusName } from './parts.js'
import { changeQuery } from './router.js'
import { runTable } from './run_table.js'
import { fetchTitles, titleOf } from './titles.js'
import { announce } from './toast.js'
import { toolbar } from './toolbar.js'

const statuses = ['success', 'error', 'running'].map(value => ({ value, name: statusName(value) }))

/**
 * @param {Route} route
 * @param {() => void} reload
 * @returns {View}
 */
export function runsPage(route, reload) {
  let filtered = false
  const pages = pager('run', page => {
    changeQuery(route, { page: String(page) }, 'push')
    reload()
  })
  const list = runTable({
    empty: 'No runs here.',
    sort: order => {
      changeQuery(route, { order, page: '' }, 'replace')
      reload()
    },
  })
  const bar = toolbar(route, [
    { field: 'search', label: 'Search log and agent’s title', width: 'long' },
    { field: 'status', label: 'Status', choices: statuses },
    { field: 'agent', label: 'Agent’s id', width: 'short' },
  ], () => {
    filtered = true
    reload()
  })
  return {
    title: 'Runs',
    element: h('div', null, h('h1', { tabindex: -1 }, 'Runs'), bar, list.element, pages.element),
    kinds: ['agent', 'agent_deleted', 'run_started', 'run_finished', 'clock'],
    load: async signal => {
      const { query } = route
      const order = query.get('order') ?? '-start_time'
      const page = pageOf(query)
      /** @type {Page<Log>} */
      const { count, results } = await platform('/periodic-agent-logs/', {
        query: {
          search: query.get('search'), status: query.get('status'), periodic_agent: query.get('agent'),
          ordering: order.endsWith('id') ? order : `${order},-id`, page, page_size: PAGE_SIZE,
        },
        signal,
      })
      await fetchTitles(results.map(log => log.periodic_agent), signal)
      list.update(results.map(log => ({ ...log, title: titleOf(log.periodic_agent) })), { order })
      pages.update(page, count)
      if (filtered) announce(plural(count, 'run'))
      filtered = false
    },
  }
}
