// @ts-check
// The titles of agents: logs and deliveries only have their ids.

/** @import {ShortSchedule} from './types.js' */

import { control, Failure } from './api.js'

const MOST = 2000
const AT_ONCE = 200

/** @type {Map<number, string>} */
const known = new Map()

/** Forgets an agent's title, or all of them. @param {number} [id] */
export function forgetTitle(id) {
  if (id !== undefined) known.delete(id)
  else known.clear()
}

/** @param {{id: number, title: string}} agent */
export function keepTitle({ id, title }) {
  if (known.size >= MOST) known.clear()
  known.set(id, title)
}

/** @param {number} id */
export function titleOf(id) {
  return known.get(id)
}

/**
 * Fetches the titles that are not known yet. Those that can't be had stay unknown: nothing hangs on
 * them.
 *
 * @param {number[]} ids
 * @param {AbortSignal} signal
 */
export async function fetchTitles(ids, signal) {
  const missing = [...new Set(ids)].filter(id => !known.has(id))
  for (let i = 0; i < missing.length; i += AT_ONCE) {
    const some = missing.slice(i, i + AT_ONCE)
    try {
      /** @type {{schedules: Record<string, ShortSchedule>}} */
      const { schedules } = await control('/schedules', { query: { ids: some.join() }, signal })
      for (const id of some) keepTitle({ id, title: schedules[id]?.title ?? '' }) // one that was deleted is told by its number
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return
    }
  }
}
