// @ts-check
// Operations that may take long. The server goes on with them even if the page is closed.

/** @import {Job} from './types.js' */

import { control } from './api.js'
import { read } from './resources.js'
import { update } from './store.js'

/** @type {Map<number, {resolve: (result: any) => void, reject: (error: Error) => void}>} */
const waiting = new Map()

/** A job that was canceled. */
export class Canceled extends Error {}

/**
 * Starts a job and waits for its result.
 *
 * @param {string} path
 * @param {{body?: unknown, raw?: {type: string, text: string}}} request
 * @returns {Promise<any>}
 */
export async function runJob(path, request) {
  /** @type {Job} */
  const job = await control(path, { method: 'POST', async: true, ...request })
  update()
  return new Promise((resolve, reject) => {
    waiting.set(job.id, { resolve, reject })
    settle([job])
  })
}

/** The jobs, newest first. @returns {Job[]} */
export function jobs() {
  return read('jobs', '/jobs', { loaded: ({ jobs }) => settle(jobs) }).value?.jobs ?? []
}

/** @param {Job[]} jobs */
function settle(jobs) {
  for (const { id, state, result, error } of jobs) {
    const job = waiting.get(id)
    if (!job || state === 'running') continue
    waiting.delete(id)
    if (state === 'succeeded') job.resolve(result)
    else job.reject(state === 'canceled' ? new Canceled('The job was canceled.') : new Error(error))
  }
}

/** Gives up waiting: the program has restarted, and its jobs are gone. */
export function forgetJobs() {
  for (const { reject } of waiting.values()) reject(new Error('The sandbox was restarted before the job finished.'))
  waiting.clear()
}

/** @param {number} id */
export async function cancelJob(id) {
  await control(`/jobs/${id}/cancel`, { method: 'POST', body: {} })
}
