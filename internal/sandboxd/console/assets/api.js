// @ts-check
// Requests to the two APIs: the platform's, with the key of the chosen account, and the control API.

import { messagesOf } from './validation.js'
import { account } from './store.js'

const TIMEOUT = 60_000

/** A request that failed, or whose response is an error. */
export class Failure extends Error {
  /**
   * @param {string} message
   * @param {number} status 0 if there was no response
   * @param {unknown} [body]
   */
  constructor(message, status, body) {
    super(message)
    this.name = 'Failure'
    this.status = status
    this.body = body
  }
}

/** @typedef {Record<string, string | number | boolean | null | undefined>} Query null is omitted */

/**
 * @typedef {object} Options
 * @property {string} [method]
 * @property {Query} [query]
 * @property {unknown} [body] sent as JSON
 * @property {{type: string, text: string}} [raw] sent in place of body
 * @property {boolean} [async] whether the response may come before the job is done
 * @property {AbortSignal} [signal]
 */

/**
 * Sends a request to the control API.
 *
 * @template T
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<T>}
 */
export function control(path, options = {}) {
  return send(`/_sandbox${path}`, options, {})
}

/**
 * Sends a request to the platform, without faults and without recording it. The path is below those of the chosen
 * account's org and user.
 *
 * @template T
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<T>}
 */
export function platform(path, options = {}) {
  return send(`/_sandbox${platformPath()}${path}`, options, { Authorization: `Api-Token ${account().api_key}` })
}

/** The path of the platform's API for the chosen account. */
export function platformPath() {
  const { org, username } = account()
  return `/api/ai-mentor/orgs/${encodeURIComponent(org)}/users/${encodeURIComponent(username)}`
}

/** @param {string} path @param {Query} query */
export function withQuery(path, query) {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') parameters.set(name, String(value))
  }
  return parameters.size > 0 ? `${path}?${parameters}` : path
}

/**
 * @param {string} path
 * @param {Options} options
 * @param {Record<string, string>} headers
 */
async function send(path, { method = 'GET', query = {}, body, raw, async = false, signal }, headers) {
  /** @type {Record<string, string>} */
  const all = { Accept: 'application/json', ...headers }
  if (async) all['Prefer'] = 'respond-async'
  const timeout = AbortSignal.timeout(TIMEOUT)
  /** @type {RequestInit} */
  const init = { method, headers: all, redirect: 'error', cache: 'no-store', signal: signal ? AbortSignal.any([signal, timeout]) : timeout }
  if (raw || body !== undefined) {
    all['Content-Type'] = raw?.type ?? 'application/json'
    init.body = raw?.text ?? JSON.stringify(body)
  }
  let response, text
  try {
    response = await fetch(withQuery(path, query), init)
    text = await response.text()
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Failure(`${method} ${path}: ${timeout.aborted ? `no response within ${TIMEOUT / 1000} s` : 'no complete response'}`, 0)
  }
  const value = parse(text)
  if (!response.ok) throw new Failure(messageOf(value) || `${method} ${path}: ${response.status} ${response.statusText}`, response.status, value)
  if (value === undefined && text !== '') throw new Failure(`${method} ${path}: ${response.status}, but the response is not JSON`, response.status)
  return /** @type {any} */ (value)
}

/**
 * Parses JSON; undefined if it is invalid.
 *
 * @param {string} text
 * @returns {unknown}
 */
export function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The message of an error response: the control API has one error, the platform a detail or messages of fields.
 *
 * @param {unknown} body
 */
function messageOf(body) {
  const { error } = /** @type {{error?: unknown}} */ (Object(body))
  if (typeof error === 'string') return error
  if (typeof body !== 'object') return ''
  return [...messagesOf(body)].map(([path, messages]) => `${path && `${path}: `}${messages.join(' ')}`).join(' ')
}
