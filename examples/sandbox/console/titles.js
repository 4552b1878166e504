// @ts-check
// The titles of agents: logs and deliveries only have their ids.

/** @import {Agent, Page} from './types.js' */

import { Failure, platform } from './api.js'

const MOST = 2000
const AT_ONCE = 6

/** @type {Map<number, string>} */
const known = new Map()
let begun = false

/** Forgets an agent's title, or all of them. @param {number} [id] */
export function forgetTitle(id) {
  if (id !== undefined) {
    known.delete(id)
    return
  }
  known.clear()
  begun = false
}

/** @param {Agent} agent */
export function keepTitle(agent) {
  if (known.size >= MOST) known.clear()
  known.set(agent.id, agent.title)
}

/** @param {number} id */
export function titleOf(id) {
  return known.get(id)
}

/**
 * Fetches the titles that are not known yet: the first hundred at once, since most sandboxes have
 * no more, and others one by one. Those that can't be had stay unknown: nothing hangs on them.
 *
 * @param {number[]} ids
 * @param {AbortSignal} signal
 */
export async function fetchTitles(ids, signal) {
  if (!begun && ids.some(id => !known.has(id)) && !await fetchFirst(signal)) return
  const missing = [...new Set(ids)].filter(id => !known.has(id))
  const worker = async () => {
    for (let id = missing.pop(); id !== undefined; id = missing.pop()) await fetchTitle(id, signal)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

/** @param {AbortSignal} signal */
async function fetchFirst(signal) {
  try {
    /** @type {Page<Agent>} */
    const page = await platform('/periodic-agents/', { query: { page_size: 100 }, signal })
    page.results.forEach(keepTitle)
    begun = true
  } catch (error) {
    if (!(error instanceof Failure)) throw error
  }
  return begun
}

/**
 * @param {number} id
 * @param {AbortSignal} signal
 */
async function fetchTitle(id, signal) {
  try {
    keepTitle(await platform(`/periodic-agents/${id}/`, { signal }))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (error.status === 404) known.set(id, '') // deleted, and told by its number from now on
  }
}
