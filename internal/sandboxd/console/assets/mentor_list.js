// @ts-check
// The mentors to choose from.

/** @import {Mentor, Page} from './types.js' */

import { platform } from './api.js'

const MOST = 1000

/**
 * All mentors of the chosen account, up to a thousand.
 *
 * @param {AbortSignal} [signal]
 * @returns {Promise<Mentor[]>}
 */
export async function allMentors(signal) {
  /** @type {Mentor[]} */
  const mentors = []
  for (let page = 1; mentors.length < MOST; page++) {
    /** @type {Page<Mentor>} */
    const { count, results } = await platform('/', { query: { page, page_size: 100 }, signal })
    mentors.push(...results)
    if (mentors.length >= count || results.length === 0) break
  }
  return mentors
}
