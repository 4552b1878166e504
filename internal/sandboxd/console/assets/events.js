// @ts-check
// What happens in the sandbox, as it happens, and whether it can be reached.

import { parse } from './api.js'

/** @typedef {{org?: string, agent_id?: number, log_id?: number, delivery_id?: number, request_id?: number}} Happening */

const kinds = ['agent', 'agent_deleted', 'run_started', 'run_finished', 'delivery', 'request', 'clock', 'lost', 'replaced']
const delays = [250, 500, 1000, 2000]

/**
 * Follows the events for as long as the page is open.
 *
 * @param {object} handlers
 * @param {() => void} handlers.connected after each start of the stream; what came before it may be missed
 * @param {() => void} handlers.disconnected
 * @param {(kind: string, happening: Happening) => void} handlers.happened
 */
export function follow(handlers) {
  let failures = 0
  const connect = () => {
    const source = new EventSource('/_sandbox/events')
    source.addEventListener('hello', () => {
      failures = 0
      handlers.connected()
    })
    for (const kind of kinds) {
      source.addEventListener(kind, event => handlers.happened(kind, /** @type {Happening} */ (parse(event.data) ?? {})))
    }
    // An EventSource gives up for good when a server that starts refuses it, so each has one try.
    source.addEventListener('error', () => {
      source.close()
      if (failures === 0) handlers.disconnected()
      setTimeout(connect, delays[Math.min(failures, delays.length - 1)])
      failures++
    })
  }
  connect()
}
