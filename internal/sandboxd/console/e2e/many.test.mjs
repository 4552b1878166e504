// 10,000 agents and 100,000 runs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openConsole, startBrowser } from './browser.mjs'
import { startSandbox } from './sandbox.mjs'
import { many, small } from './seeds.mjs'

test('with 10,000 agents and 100,000 runs every page stays small', async t => {
  const browser = await startBrowser(t)
  const sandbox = await startSandbox(t, many())
  const { page, close } = await openConsole(browser, sandbox.url)
  await page.addInitScript(() => {
    Object.assign(globalThis, { longest: 0 })
    new PerformanceObserver(list => {
      for (const { duration } of list.getEntries()) Object.assign(globalThis, { longest: Math.max(/** @type {any} */ (globalThis).longest, duration) })
    }).observe({ type: 'longtask', buffered: true })
  })
  await page.reload()
  await page.locator('.statistics').getByText('10,000').waitFor()
  await page.getByRole('button', { name: 'Month', exact: true }).click()
  await page.getByText('9,985 more', { exact: true }).waitFor()
  await page.locator('[data-agent="0"]').first().waitFor()
  await page.getByText('Show as a table').click()
  /** @param {string} place @param {() => Promise<void>} go */
  const visit = async (place, go) => {
    const begin = performance.now()
    await go()
    const took = performance.now() - begin
    const { elements, rows, longest } = await page.evaluate(() => ({
      elements: document.querySelectorAll('*').length,
      rows: document.querySelectorAll('tbody tr').length,
      longest: /** @type {any} */ (globalThis).longest,
    }))
    t.diagnostic(`${place}: ${Math.round(took)} ms, ${elements} elements, ${rows} rows, longest task so far ${Math.round(longest)} ms`)
    assert.ok(rows <= 160, `${place} has ${rows} rows`)
    assert.ok(elements < 5000, `${place} has ${elements} elements`)
  }
  await visit('overview', () => page.locator('.statistics').getByText('10,000').waitFor())
  await visit('agents', async () => {
    await page.getByRole('link', { name: 'Agents', exact: true }).click()
    await page.getByText('1–50 of 10,000 agents').waitFor()
  })
  await visit('the last agents', async () => {
    await page.getByRole('button', { name: 'Last' }).click()
    await page.getByText('9,951–10,000 of 10,000 agents').waitFor()
  })
  await visit('a search', async () => {
    await page.getByLabel('Search title').fill('course 777')
    await page.locator('#page .pager', { hasText: /^19 agents/ }).waitFor()
  })
  await visit('an agent', async () => {
    await page.getByRole('link', { name: 'Agent of course 7770' }).click()
    await page.getByText('All runs of this agent').waitFor()
  })
  await visit('runs', async () => {
    await page.getByRole('link', { name: 'Runs' }).first().click()
    await page.getByText('1–50 of 100,000 runs').waitFor()
    await page.getByRole('link', { name: 'Agent of course' }).first().waitFor()
  })
  await visit('runs, sorted', async () => {
    await page.getByRole('button', { name: 'Agent', exact: true }).click()
    await page.locator('th[aria-sort="ascending"]').waitFor()
  })

  await visit('the overview, and 10,000 runs at once', async () => {
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.locator('.plot .tick').first().waitFor()
    await sandbox.control('/clock', { method: 'POST', body: { advance: '1h5m' } })
    await page.getByText('2026-01-05 09:00:00').waitFor()
    await page.getByRole('link', { name: '#110000' }).waitFor()
  })
  await close()
})

test('while many events arrive, the page is loaded at most four times a second', async t => {
  const browser = await startBrowser(t)
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url)
  await page.evaluate(() => performance.setResourceTimingBufferSize(100_000)) // the default is 250
  await sandbox.control('/clock', { method: 'POST', body: { speed: 86_400 } })
  const loads = () => performance.getEntriesByType('resource').filter(({ name }) => name.includes('/statistics/')).map(({ startTime }) => startTime)
  await page.waitForFunction(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('/statistics/')).length > 20)
  const begins = await page.evaluate(loads)
  const elapsed = (begins.at(-1) ?? 0) - (begins[0] ?? 0)
  t.diagnostic(`${begins.length} loads in ${Math.round(elapsed)} ms`)
  // On average, since a busy machine may begin one later, and the next in time.
  assert.ok((begins.length - 2) * 250 <= elapsed, `${begins}`)
  await close()
})
