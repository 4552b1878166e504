// @ts-check
// What the server has, as far as the page shows it. A component reads a resource while it is drawn; the resource is
// fetched, fetched again after the events that change it, and dropped when nothing reads it any more. It is never
// changed here and never written back.

/** @import {Query} from './api.js' */

import { control, Failure, platform, withQuery } from './api.js'
import { account, accountName, state, update } from './store.js'

/** What each kind of event changes. */
const changes = new Map([
  ['agent', ['agents', 'statistics', 'timeline', 'run']],
  ['agent_deleted', ['agents', 'statistics', 'timeline', 'run', 'logs', 'deliveries', 'inbox']],
  ['run_started', ['agents', 'statistics', 'timeline', 'run', 'logs']],
  ['run_finished', ['agents', 'statistics', 'timeline', 'run', 'logs']],
  ['logs', ['agents', 'statistics', 'timeline', 'run', 'logs', 'log-delay']],
  ['delivery', ['timeline', 'run', 'deliveries', 'faults']],
  ['request', ['requests', 'faults']],
  ['clock', ['clock', 'agents', 'timeline', 'run', 'logs']],
  ['faults', ['faults']],
  ['inbox', ['inbox']],
  ['scheduler', ['scheduler', 'agents', 'timeline']],
  ['job', ['jobs', 'clock']],
])

/** The time between two fetches of a resource, in milliseconds. */
const SPACING = 250
const RETRY = [1000, 2000, 5000, 10_000]

/**
 * @typedef {object} Resource
 * @property {string} topic
 * @property {(signal: AbortSignal) => Promise<unknown>} fetch
 * @property {any} value undefined until it was fetched
 * @property {unknown} error of the latest fetch, null if it succeeded
 * @property {boolean} loading
 * @property {boolean} stale whether it has to be fetched again
 * @property {number} started when it was fetched last
 * @property {number} failures in a row
 * @property {ReturnType<typeof setTimeout> | undefined} timer
 * @property {AbortController} abort
 * @property {(value: any) => void} [loaded]
 */

/** @type {Map<string, Resource>} */
const resources = new Map()
/** @type {Set<string>} */
const used = new Set()
/** The latest value of each slot: a list keeps its rows until those of the next page are there. @type {Map<string, any>} */
const slots = new Map()

/**
 * @template T
 * @typedef {{value: T | undefined, error: unknown, fresh: boolean}} Reading
 */

/**
 * Reads a resource.
 *
 * @template T
 * @param {string} topic what the events call it
 * @param {string} path
 * @param {{api?: 'control' | 'platform', query?: Query, slot?: string, loaded?: (value: any) => void}} [options]
 * @returns {Reading<T>}
 */
export function read(topic, path, { api = 'control', query = {}, slot, loaded } = {}) {
  const owner = api === 'platform' ? accountName(account()) : ''
  const key = `${api} ${owner} ${withQuery(path, query)}`
  used.add(key)
  let resource = resources.get(key)
  if (!resource) {
    /** @param {AbortSignal} signal */
    const fetch = signal => (api === 'platform' ? platform : control)(path, { query, signal })
    resource = {
      topic, fetch, value: undefined, error: null, loading: false, stale: true, started: -Infinity, failures: 0, timer: undefined,
      abort: new AbortController(), ...loaded && { loaded },
    }
    resources.set(key, resource)
    load(resource)
  }
  const fresh = resource.value !== undefined
  if (slot && fresh) slots.set(slot, resource.value)
  return { value: fresh ? resource.value : slot && slots.get(slot), error: resource.error, fresh }
}

/** @param {Resource} resource */
function load(resource) {
  resource.stale = true
  if (resource.loading || resource.timer !== undefined || resource.abort.signal.aborted) return
  const wait = Math.max(0, resource.started + SPACING - performance.now())
  if (wait === 0) void start(resource)
  else later(resource, wait)
}

/** @param {Resource} resource @param {number} delay */
function later(resource, delay) {
  resource.timer = setTimeout(() => {
    resource.timer = undefined
    void start(resource)
  }, delay)
}

/** @param {Resource} resource */
async function start(resource) {
  const { signal } = resource.abort
  resource.loading = true
  resource.stale = false
  resource.started = performance.now()
  try {
    resource.value = await resource.fetch(signal)
    resource.error = null
    resource.failures = 0
    resource.loaded?.(resource.value)
  } catch (error) {
    if (signal.aborted) return
    resource.error = error
    if (!(error instanceof Failure) || error.status === 0 || error.status >= 500) {
      later(resource, RETRY[Math.min(resource.failures, RETRY.length - 1)] ?? 0)
      resource.failures++
    }
  } finally {
    resource.loading = false
  }
  update()
  if (resource.stale) load(resource)
}

/** Fetches again what an event changes. @param {string} kind */
export function invalidate(kind) {
  const topics = changes.get(kind)
  for (const resource of resources.values()) {
    if (!topics || topics.includes(resource.topic)) load(resource)
  }
}

/** Fetches everything again, since events may be missing. */
export function invalidateAll() {
  for (const resource of resources.values()) {
    clearTimeout(resource.timer)
    resource.timer = undefined
    load(resource)
  }
}

/** Drops everything: ids have another meaning now. */
export function dropAll() {
  used.clear()
  dropUnused()
  slots.clear()
  update()
}

export function beginDrawing() {
  used.clear()
}

/** Drops what nothing has read since beginDrawing. */
export function dropUnused() {
  for (const [key, resource] of resources) {
    if (used.has(key)) continue
    resource.abort.abort()
    clearTimeout(resource.timer)
    resources.delete(key)
  }
}

/** The first error of what the page shows; null while the server can't be reached, which is shown elsewhere. */
export function firstError() {
  if (state.connection === 'lost') return null
  for (const { error } of resources.values()) {
    if (error) return error
  }
  return null
}
