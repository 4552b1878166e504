// @ts-check
// The first page: how the agents are, what ran, and how to connect a program.

/** @import {Log, Page, Statistics, View} from './types.js' */

import { platform } from './api.js'
import { connectCard } from './connect.js'
import { h } from './dom.js'
import { card } from './parts.js'
import { address } from './router.js'
import { runTable } from './run_table.js'
import { statisticsCard } from './statistics.js'
import { timelineCard } from './timeline.js'
import { fetchTitles, titleOf } from './titles.js'

const LATEST = 8

/**
 * @param {(when?: 'now' | 'soon') => void} reload
 * @returns {View}
 */
export function overviewPage(reload) {
  const statistics = statisticsCard()
  const timeline = timelineCard(reload)
  const runs = runTable({ empty: 'Nothing has run yet. Advance the clock, or run an agent.' })
  const element = h('div', { class: 'overview' },
    h('h1', { tabindex: -1, class: 'unseen' }, 'Overview'),
    timeline.element,
    h('div', { class: 'columns' },
      h('div', null, statistics.element, connectCard()),
      card('Latest runs', runs.element, h('p', null, h('a', { href: address('runs') }, 'All runs')))))
  return {
    title: 'Overview',
    element,
    kinds: ['agent', 'agent_deleted', 'run_started', 'run_finished', 'clock'],
    close: timeline.close,
    load: async signal => {
      await Promise.all([timeline.load(signal), loadStatistics(signal), loadRuns(signal)])
    },
  }

  /** @param {AbortSignal} signal */
  async function loadStatistics(signal) {
    /** @type {Statistics} */
    const numbers = await platform('/periodic-agents/statistics/', { signal })
    statistics.update(numbers)
  }

  /** @param {AbortSignal} signal */
  async function loadRuns(signal) {
    /** @type {Page<Log>} */
    const page = await platform('/periodic-agent-logs/', { query: { ordering: '-start_time,-id', page_size: LATEST }, signal })
    await fetchTitles(page.results.map(log => log.periodic_agent), signal)
    runs.update(page.results.map(log => ({ ...log, title: titleOf(log.periodic_agent) })))
  }
}
