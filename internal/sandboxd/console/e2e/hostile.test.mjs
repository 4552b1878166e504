// The output of agents is shown as text, even if it is markup.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loaded, openConsole, startBrowser } from './browser.mjs'
import { startSandbox } from './sandbox.mjs'
import { HOSTILE, hostile } from './seeds.mjs'

test('hostile text is shown as text on every page', async t => {
  const browser = await startBrowser(t)
  const sandbox = await startSandbox(t, hostile)
  await sandbox.control('/agents/1/fire', { method: 'POST', body: { status: 'success', output: HOSTILE, log: HOSTILE } })
  await fetch(`${sandbox.url}/api/${encodeURIComponent(HOSTILE)}`, { headers: { 'User-Agent': HOSTILE.replace(/[^ -~]/g, '') } })
  const { page, close } = await openConsole(browser, sandbox.url)
  for (const hash of ['#/', '#/agents', '#/agents/1', '#/runs', '#/runs/2', '#/deliveries', '#/deliveries/1', '#/inbox', '#/requests', '#/requests/1', '#/mentors',
    `#/${HOSTILE}`, `#/agents?search=${encodeURIComponent(HOSTILE)}`, `#/runs?agent=${encodeURIComponent(HOSTILE)}`]) {
    await page.goto(`${sandbox.url}/${hash}`)
    await page.reload()
    await loaded(page)
    assert.equal(await page.locator('#page img, #page script, #page iframe, #page [onerror], #page a:not([href^="#"])').count(), 0, hash)
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), true, `${hash} is too wide`)
  }
  await page.goto(`${sandbox.url}/#/runs/2`)
  await page.locator('pre[aria-label="Output"]').waitFor()
  assert.equal(await page.locator('pre[aria-label="Output"]').textContent(), HOSTILE)
  await page.goto(`${sandbox.url}/#/agents/1`)
  // A character that reverses the direction of text is shown and has no effect.
  await page.getByRole('heading', { name: '<U+202E>gpj.x' }).waitFor()
  await page.getByRole('button', { name: 'Edit' }).click()
  assert.equal(await page.getByLabel('Title').inputValue(), HOSTILE)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Delete…' }).click()
  await page.getByRole('dialog').getByText('<script>alert(2)</script>').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()

  // Even a mistake in the console could not insert it as markup: the page's policy forbids it.
  const refused = await page.evaluate(text => {
    try {
      document.createElement('div').innerHTML = text
      return 'taken'
    } catch (error) {
      return String(error)
    }
  }, HOSTILE).catch(String)
  assert.match(refused, /TrustedHTML/)
  await close().catch(error => assert.match(String(error.message), /TrustedHTML/)) // that last attempt
})
