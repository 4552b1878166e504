// The sandbox as a program on a port of its own, as users start it.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = new URL('../../../..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'sandbox-e2e-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** The program that SANDBOX_BIN names, or a new build. */
let binary = process.env.SANDBOX_BIN

function program() {
  if (!binary) {
    binary = join(folder, 'sandbox')
    execFileSync('go', ['build', '-buildvcs=false', '-o', binary, './examples/sandbox'], { cwd: root, stdio: 'inherit' })
  }
  return binary
}

/** A port that nobody listens on. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port to be had')
  return address.port
}

/** The start of the clock, a Monday. */
export const START = '2026-01-05T07:55:00Z'

/** @typedef {{after: (end: () => Promise<void>) => void}} Owner a test, or its file: what it starts ends with it */

/**
 * A sandbox whose clock stands still.
 *
 * @param {Owner} owner
 * @param {object} [seed] its seed; the default seed if omitted
 */
export async function startSandbox(owner, seed) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const flags = ['-addr', `127.0.0.1:${port}`, '-clock', START, '-speed', '0', '-log', 'off']
  if (seed) {
    const file = join(folder, `seed-${port}.json`)
    writeFileSync(file, JSON.stringify(seed))
    flags.push('-seed', file)
  }
  const spawned = () => spawn(program(), flags, { stdio: ['ignore', 'ignore', 'inherit'] })
  let child = spawned()

  const stop = async () => {
    if (child.exitCode !== null) return
    const gone = once(child, 'exit')
    child.kill()
    await gone
  }
  const start = async () => {
    child = spawned()
    await waitUntilReady(url)
  }
  owner.after(stop)
  await waitUntilReady(url)

  return {
    url,
    stop,
    start,
    /**
     * A request to the control API.
     *
     * @param {string} path
     * @param {{method?: string, body?: unknown}} [options]
     */
    control: async (path, { method = 'GET', body } = {}) => {
      const response = await fetch(`${url}/_sandbox${path}`, {
        method, headers: { 'Content-Type': 'application/json' }, body: body === undefined ? null : JSON.stringify(body),
      })
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
      return /** @type {any} */ (await response.json())
    },
    /** The environment variables that connect a program. */
    environment: async () => {
      const status = /** @type {any} */ (await (await fetch(`${url}/_sandbox/status`)).json())
      const { org, username, api_key } = status.accounts[0]
      return { IBLAI_BASE_URL: url, IBLAI_API_KEY: api_key, IBLAI_ORG: org, IBLAI_USERNAME: username }
    },
  }
}

/** @param {string} url */
async function waitUntilReady(url) {
  for (let attempt = 0; attempt < 600; attempt++) {
    try {
      await fetch(`${url}/_sandbox/status`)
      return
    } catch {
      await new Promise(done => setTimeout(done, 50))
    }
  }
  throw new Error(`${url} does not respond`)
}
