// @ts-check
// The first page: what to do first, how the agents are, and what ran.

/** @import {Log, Page, Statistics} from './types.js' */

import { titlesOf } from './agent_picker.js'
import { advance } from './clock_controls.js'
import { connectCard } from './connect.js'
import { h } from './element.js'
import { firstSteps } from './first_steps.js'
import { button, card, empty } from './parts.js'
import { read } from './resources.js'
import { address } from './router.js'
import { runTable } from './run_table.js'
import { statisticsCard } from './statistics.js'
import { Timeline } from './timeline.js'

const LATEST = 8

export function overviewPage() {
  /** @type {Statistics | undefined} */
  const numbers = read('statistics', '/periodic-agents/statistics/', { api: 'platform' }).value
  /** @type {Page<Log> | undefined} */
  const logs = read('logs', '/periodic-agent-logs/', { api: 'platform', query: { ordering: '-start_time,-id', page_size: LATEST } }).value
  return h('div', { class: 'overview' },
    h('h1', { tabIndex: -1, class: 'unseen' }, 'Overview'),
    firstSteps(),
    h(Timeline, null),
    h('div', { class: 'columns' },
      h('div', null, statisticsCard(numbers), connectCard()),
      card('Latest runs',
        logs && runTable({
          logs: logs.results, titles: titlesOf(logs.results.map(log => log.periodic_agent)),
          empty: empty('No runs yet. Agents run when the clock reaches their next run.', button('Advance by a day', () => void advance('24h'))),
        }),
        h('p', null, h('a', { href: address('runs') }, 'All runs')))))
}
