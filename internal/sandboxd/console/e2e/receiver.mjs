// A receiver that accepts every callback.

import { once } from 'node:events'
import { createServer } from 'node:http'

/** @typedef {{header: import('node:http').IncomingHttpHeaders, body: string}} Received */

/** @param {import('./sandbox.mjs').Owner} owner */
export async function startReceiver(owner) {
  /** @type {Received[]} */
  const received = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request.setEncoding('utf8')) body += part
    received.push({ header: request.headers, body })
    response.writeHead(204).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port to be had')
  owner.after(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { url: `http://127.0.0.1:${address.port}/runs`, received }
}
