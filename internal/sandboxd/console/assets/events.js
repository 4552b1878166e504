// @ts-check
// The stream of events. A browser has few connections to a server, so all tabs share one stream: the tab that holds
// the lock reads it, and passes everything on. When that tab is closed, another one gets the lock.

import { parse } from './api.js'

const NAME = 'ibl.ai sandbox: events'
const PATH = '/_sandbox/events?interval=250ms'
const kinds = ['agent', 'agent_deleted', 'run_started', 'run_finished', 'logs', 'added', 'delivery', 'request', 'clock', 'faults', 'scheduler', 'inbox', 'job', 'lost', 'replaced']
const delays = [250, 500, 1000, 2000]

/** @typedef {{kind: 'connected' | 'disconnected' | 'event', name?: string, data?: any}} Message */

/**
 * Reads the events as long as the page is open.
 *
 * @param {object} handlers
 * @param {() => void} handlers.connected after each start of the stream; earlier events may be missing
 * @param {() => void} handlers.disconnected
 * @param {(kind: string, data: any) => void} handlers.event
 */
export function follow(handlers) {
  /** @param {Message} message */
  const deliver = ({ kind, name = '', data }) => {
    if (kind === 'event') handlers.event(name, data)
    else handlers[kind]()
  }
  if (!('locks' in navigator)) { // only secure origins have locks
    lead(deliver)
    return
  }
  const channel = new BroadcastChannel(NAME)
  let leads = false
  let connected = false
  channel.addEventListener('message', ({ data }) => {
    if (data.kind !== 'join') deliver(data)
    else if (leads && connected) channel.postMessage({ kind: 'connected' })
  })
  void navigator.locks.request(NAME, () => {
    leads = true
    lead(message => {
      connected = message.kind !== 'disconnected'
      channel.postMessage(message)
      deliver(message)
    })
    return new Promise(() => {}) // until the tab is closed
  })
  channel.postMessage({ kind: 'join' })
}

/** @param {(message: Message) => void} deliver */
function lead(deliver) {
  let failures = 0
  const connect = () => {
    const source = new EventSource(PATH)
    source.addEventListener('hello', event => {
      failures = 0
      deliver({ kind: 'connected', data: parse(event.data) })
    })
    for (const name of kinds) source.addEventListener(name, event => deliver({ kind: 'event', name, data: parse(event.data) }))
    // An EventSource gives up if a server that starts responds with an error, so each one has a single attempt.
    source.addEventListener('error', () => {
      source.close()
      if (failures === 0) deliver({ kind: 'disconnected' })
      setTimeout(connect, delays[Math.min(failures, delays.length - 1)])
      failures++
    })
  }
  connect()
}
