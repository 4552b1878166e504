// The screenshot in the README: UPDATE_SCREENSHOT=1 npm test writes it.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openConsole, startBrowser } from './browser.mjs'
import { startReceiver } from './receiver.mjs'
import { startSandbox } from './sandbox.mjs'
import { ordinary } from './seeds.mjs'

test('a screenshot of the overview is taken', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'screenshot-'))
  const file = process.env.UPDATE_SCREENSHOT === '1' ? new URL('../console.png', import.meta.url).pathname : join(folder, 'console.png')
  const browser = await startBrowser(t)
  const receiver = await startReceiver(t)
  const sandbox = await startSandbox(t, ordinary(receiver.url))
  const { page, close } = await openConsole(browser, sandbox.url)
  await page.locator('.ring').waitFor()
  await page.getByRole('link', { name: 'Weekly report' }).first().waitFor()
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
