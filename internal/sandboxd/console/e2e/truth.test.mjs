// What the console shows is so: with receivers that hang, other tabs and programs, many events, and reloads.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import { openConsole, startBrowser } from './browser.mjs'
import { startSandbox } from './sandbox.mjs'
import { small } from './seeds.mjs'

const browser = await startBrowser({ after })

/** A receiver that does not respond until it is released. @param {import('./sandbox.mjs').Owner} owner */
async function startHangingReceiver(owner) {
  /** @type {(value?: unknown) => void} */
  let release = () => {}
  const released = new Promise(resolve => { release = resolve })
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    await released
    response.writeHead(204).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  owner.after(async () => {
    release()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { url: `http://127.0.0.1:${address.port}/runs`, release }
}

/** A seed of one agent that runs every ten minutes. @param {string} callback */
function calling(callback) {
  return { orgs: [{ key: 'acme', accounts: [{ username: 'ada', admin: true }], agents: [{ title: 'Watch', task: { crontab: { minute: '*/10' } }, callback_url: callback, outcomes: [{}] }] }] }
}

test('while a receiver hangs, the clock shows how far it is, another tab too, and the advance goes on or is canceled', async t => {
  const receiver = await startHangingReceiver(t)
  const sandbox = await startSandbox(t, calling(receiver.url))
  const { page, tab, close } = await openConsole(browser, sandbox.url)
  const other = await tab()
  await page.locator('header').getByRole('button', { name: '+1 h' }).click()
  for (const one of [page, other]) {
    await one.locator('#clock-face', { hasText: '2026-01-05 08:00:00' }).waitFor()
    await one.getByRole('progressbar', { name: 'Advanced' }).waitFor()
    await one.getByText('to 2026-01-05 08:55').waitFor()
  }
  // A reload in the middle changes nothing.
  await page.reload()
  await page.getByRole('progressbar', { name: 'Advanced' }).waitFor()
  await page.getByRole('button', { name: 'Cancel the advance' }).click()
  for (const one of [page, other]) {
    await one.getByRole('progressbar', { name: 'Advanced' }).waitFor({ state: 'detached' })
    assert.equal(await one.locator('#clock-face').textContent(), 'Mon 2026-01-05 08:00:00')
  }
  assert.equal((await sandbox.control('/clock')).now, '2026-01-05T08:00:00Z')

  receiver.release()
  await other.locator('header').getByRole('button', { name: '+1 h' }).click()
  for (const one of [page, other]) await one.locator('#clock-face', { hasText: '2026-01-05 09:00:00' }).waitFor()
  await other.locator('#toasts').getByText('The clock shows 2026-01-05 09:00:00: 6 runs.').waitFor()
  await close()
})

test('faults of other tabs and programs are shown, and are not overwritten', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, tab, close } = await openConsole(browser, sandbox.url, { hash: '#/faults' })
  const other = await tab('#/faults')
  await page.getByRole('switch', { name: 'Slow' }).click()
  await other.getByRole('switch', { name: 'Slow', checked: true }).waitFor()
  await other.getByRole('switch', { name: 'Late' }).click()
  await page.getByRole('switch', { name: 'Late', checked: true }).waitFor()
  await sandbox.control('/faults/requests/mine', { method: 'PUT', body: { status: 418, times: 5 } })
  for (const one of [page, other]) {
    await one.getByRole('switch', { name: 'Custom rule mine', checked: true }).waitFor()
    await one.locator('#faults-mark', { hasText: '3 faults on' }).waitFor()
  }
  await page.getByRole('switch', { name: 'Slow' }).click()
  await other.getByRole('switch', { name: 'Slow', checked: false }).waitFor()
  const { requests, deliveries } = await sandbox.control('/faults')
  assert.deepEqual([...requests, ...deliveries].map(rule => rule.id), ['mine', 'late'])

  // Hits are counted while the page is open, and every page has the mark.
  await fetch(`${sandbox.url}/nothing`)
  await other.locator('.faults li', { hasText: 'Custom rule mine' }).getByText('4 left').waitFor()
  await other.getByRole('link', { name: 'Mentors' }).click()
  await other.locator('#faults-mark', { hasText: '2 faults on' }).waitFor()
  await close()
})

test('seven tabs are live, and a tab takes over when the one that reads the stream is closed', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, tab, close } = await openConsole(browser, sandbox.url)
  const tabs = []
  for (let n = 0; n < 6; n++) tabs.push(await tab())
  await sandbox.control('/clock', { method: 'POST', body: { advance: '10m' } })
  for (const one of [page, ...tabs]) await one.locator('#clock-face', { hasText: '08:05:00' }).waitFor()
  await page.close() // it was the first
  await sandbox.control('/clock', { method: 'POST', body: { advance: '10m' } })
  for (const one of tabs) await one.locator('#clock-face', { hasText: '08:15:00' }).waitFor()
  await close()
})

test('a callback that was dropped is not shown as sent', async t => {
  const sandbox = await startSandbox(t, calling('inbox'))
  await sandbox.control('/faults/deliveries/lost', { method: 'PUT', body: { drop: true } })
  await sandbox.control('/agents/1/fire', { method: 'POST', body: { status: 'success' } })
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/deliveries/1' })
  const one = page.getByRole('region', { name: 'Selected delivery' })
  await one.getByText('dropped, not sent').waitFor()
  await one.getByText('none, since the callback was not sent').waitFor()
  assert.equal(await one.getByText('valid', { exact: true }).count(), 0)
  await one.getByRole('link', { name: 'rule lost' }).click()
  await page.getByRole('switch', { name: 'Lost', checked: true }).waitFor()
  await page.goto(`${sandbox.url}/#/inbox`)
  await page.getByText('No callbacks yet.').waitFor()
  await close()
})

test('the output of a run is shown without a callback', async t => {
  const sandbox = await startSandbox(t, small)
  await sandbox.control('/agents/1/fire', { method: 'POST', body: { output: 'Two questions came in.' } })
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/runs/1' })
  await page.locator('pre[aria-label="Output"]', { hasText: 'Two questions came in.' }).waitFor()
  await page.locator('pre[aria-label="Prompt"]', { hasText: 'What came in?' }).waitFor()
  await page.getByText('on request').waitFor()
  await page.getByRole('button', { name: 'Run again' }).click()
  await page.getByRole('link', { name: 'Next run →' }).click()
  await page.getByRole('heading', { name: 'Run #2' }).waitFor()
  await page.getByRole('link', { name: '← Previous run' }).click()
  await page.getByRole('heading', { name: 'Run #1' }).waitFor()
  await close()
})

test('a year is advanced while the page stays usable', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  await page.evaluate(() => {
    Object.assign(globalThis, { longest: 0 })
    new PerformanceObserver(list => {
      for (const { duration } of list.getEntries()) Object.assign(globalThis, { longest: Math.max(/** @type {any} */ (globalThis).longest, duration) })
    }).observe({ type: 'longtask' })
  })
  await sandbox.control('/clock', { method: 'POST', body: { advance: '8760h' } }) // about 105,000 runs, 210,000 events
  await page.locator('#clock-face', { hasText: '2027-01-05 07:55:00' }).waitFor()
  await page.getByRole('region', { name: 'Latest runs' }).getByRole('link', { name: '#105119' }).waitFor()
  const longest = await page.evaluate(() => /** @type {any} */ (globalThis).longest)
  const { metrics } = await session.send('Performance.getMetrics')
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0
  t.diagnostic(`longest task ${Math.round(longest)} ms, ${Math.round(heap / 1e6)} MB of JavaScript`)
  assert.ok(heap < 100e6, `${heap} bytes`)
  assert.ok(await page.evaluate(() => document.querySelectorAll('*').length) < 3000)
  await close()
})

test('on a slow network the page becomes right, and a reload in the middle of everything too', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url)
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 })
  await sandbox.control('/clock', { method: 'POST', body: { speed: 3600 } })
  await page.reload()
  await page.locator('#connection', { hasText: 'Live' }).waitFor()
  await sandbox.control('/clock', { method: 'POST', body: { speed: 0 } })
  await sandbox.control('/agents/1/fire', { method: 'POST', body: { status: 'error', log: 'The last one.' } })
  await page.getByRole('region', { name: 'Latest runs' }).getByText('The last one.').waitFor()
  const { now } = await sandbox.control('/clock')
  await page.waitForFunction(text => document.querySelector('#clock-face')?.textContent?.includes(text), now.slice(0, 19).replace('T', ' '))
  await close()
})
