// The screenshot in the README: UPDATE_SCREENSHOT=1 npm test writes it.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openConsole, startBrowser } from './browser.mjs'
import { startSandbox } from './sandbox.mjs'
import { morning } from './seeds.mjs'

test('a screenshot of the overview is taken', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'screenshot-'))
  const file = process.env.UPDATE_SCREENSHOT === '1' ? new URL('../console.png', import.meta.url).pathname : join(folder, 'console.png')
  const browser = await startBrowser(t)
  const sandbox = await startSandbox(t, morning())
  // The scheduler is down for a while, and one callback is lost.
  await sandbox.control('/clock', { method: 'POST', body: { advance: '1h40m' } })
  await sandbox.control('/scheduler', { method: 'POST', body: { running: false } })
  await sandbox.control('/clock', { method: 'POST', body: { advance: '50m' } })
  await sandbox.control('/scheduler', { method: 'POST', body: { running: true } })
  await sandbox.control('/faults/deliveries/lost', { method: 'PUT', body: { drop: true, times: 1 } })
  await sandbox.control('/clock', { method: 'POST', body: { advance: '70m' } })
  const { page, close } = await openConsole(browser, sandbox.url)
  await page.locator('.ring').waitFor()
  await page.getByRole('link', { name: 'Inbox watch' }).first().waitFor()
  await page.getByRole('button', { name: 'Hide the first steps' }).click()
  await page.getByRole('button', { name: '6 h', exact: true }).click()
  await page.locator('.plot [data-run]').first().waitFor()
  // The port differs each time.
  await page.getByText(sandbox.url, { exact: true }).evaluate(element => { element.textContent = 'http://127.0.0.1:8765' })
  await page.screenshot({ path: file })
  assert.ok(statSync(file).size > 20_000)
  rmSync(folder, { recursive: true })
  await close()
})
