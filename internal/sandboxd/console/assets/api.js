// @ts-check
// Requests to the two APIs: the platform's, with the key of the chosen account, and the sandbox's own.

import { faultsOf } from './refusal.js'
import { account } from './state.js'

const TIMEOUT = 60_000

/** A request that was refused, or got no answer. */
export class Failure extends Error {
  /**
   * @param {string} message
   * @param {number} status 0 if there was no answer
   * @param {unknown} [body]
   */
  constructor(message, status, body) {
    super(message)
    this.name = 'Failure'
    this.status = status
    this.body = body
  }
}

/**
 * @typedef {object} Options
 * @property {string} [method]
 * @property {Record<string, string | number | boolean | null | undefined>} [query] what is null is left out
 * @property {unknown} [body] sent as JSON
 * @property {string} [yaml] sent as it is, in place of body
 * @property {AbortSignal} [signal]
 */

/**
 * A request below /_sandbox.
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
 * A request to the platform, below the org and the user of the chosen account: by the side door, where
 * no faults are met and nothing is written into the journal.
 *
 * @template T
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<T>}
 */
export function platform(path, options = {}) {
  const { org, username, api_key } = account()
  const base = `/_sandbox/api/ai-mentor/orgs/${encodeURIComponent(org)}/users/${encodeURIComponent(username)}`
  return send(base + path, options, { Authorization: `Api-Token ${api_key}` })
}

/**
 * @param {string} path
 * @param {Options} options
 * @param {Record<string, string>} headers
 */
async function send(path, { method = 'GET', query = {}, body, yaml, signal }, headers) {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) parameters.set(name, String(value))
  }
  const address = parameters.size > 0 ? `${path}?${parameters}` : path
  /** @type {RequestInit} */
  const init = { method, headers: { Accept: 'application/json', ...headers }, redirect: 'error', cache: 'no-store' }
  const timeout = AbortSignal.timeout(TIMEOUT)
  init.signal = signal ? AbortSignal.any([signal, timeout]) : timeout
  if (yaml !== undefined || body !== undefined) {
    init.headers = { ...init.headers, 'Content-Type': yaml === undefined ? 'application/json' : 'application/yaml' }
    init.body = yaml ?? JSON.stringify(body)
  }
  let response, text
  try {
    response = await fetch(address, init)
    text = await response.text()
  } catch (error) {
    if (signal?.aborted) throw error
    const why = timeout.aborted ? `there was no answer within ${TIMEOUT / 1000} s` : 'the answer did not come, or not whole'
    throw new Failure(`${method} ${path}: ${why}`, 0)
  }
  const answer = parse(text)
  if (!response.ok) throw new Failure(reason(answer) || `${method} ${path}: ${response.status} ${response.statusText}`, response.status, answer)
  if (answer === undefined && text !== '') throw new Failure(`${method} ${path}: ${response.status}, but the answer is not JSON`, response.status)
  return /** @type {any} */ (answer)
}

/**
 * The value of a JSON text, undefined if it is none.
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
 * What a refusal says: the sandbox has one error, the platform a detail, or messages of fields.
 *
 * @param {unknown} answer
 */
function reason(answer) {
  const { error } = /** @type {{error?: unknown}} */ (Object(answer))
  if (typeof error === 'string') return error
  if (typeof answer !== 'object') return ''
  return [...faultsOf(answer)].map(([path, messages]) => `${path && `${path}: `}${messages.join(' ')}`).join(' ')
}
