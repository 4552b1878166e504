// The console survives a restart of the sandbox.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openConsole, startBrowser } from './browser.mjs'
import { startSandbox } from './sandbox.mjs'
import { small } from './seeds.mjs'

test('after a restart everything is fetched again, including the key', async t => {
  const browser = await startBrowser(t)
  const sandbox = await startSandbox(t, small)
  const { page, breaches, close } = await openConsole(browser, sandbox.url)
  await sandbox.control('/clock', { method: 'POST', body: { advance: '10m' } })
  await page.getByRole('region', { name: 'Latest runs' }).getByRole('link', { name: '#2' }).waitFor()
  const before = await sandbox.environment()
  const connect = page.getByRole('region', { name: 'Connect a program' })
  await connect.getByText(before.IBLAI_API_KEY).waitFor()

  await sandbox.stop()
  await page.locator('#connection', { hasText: 'Reconnecting…' }).waitFor()
  assert.equal(await page.locator('#failure').textContent(), '', 'one message is enough')
  assert.equal(await page.getByRole('region', { name: 'Latest runs' }).getByRole('link', { name: '#2' }).count(), 1, 'the content stays')

  await sandbox.start()
  await page.locator('#connection', { hasText: 'Live' }).waitFor()
  const after = await sandbox.environment()
  assert.notEqual(after.IBLAI_API_KEY, before.IBLAI_API_KEY)
  await connect.getByText(after.IBLAI_API_KEY).waitFor()
  await page.getByText('No runs yet').waitFor()
  assert.equal(await page.locator('#clock-face').textContent(), 'Mon 2026-01-05 07:55:00')
  await sandbox.control('/clock', { method: 'POST', body: { advance: '10m' } })
  await page.getByRole('region', { name: 'Latest runs' }).getByRole('link', { name: '#2' }).waitFor()

  // A seed replaces everything, and the open page is updated.
  await page.getByRole('link', { name: 'Agents', exact: true }).click()
  await page.getByRole('heading', { name: 'Agents', exact: true }).waitFor()
  await page.locator('#page').getByRole('link', { name: 'Inbox watch' }).waitFor()
  await sandbox.control('/seed', { method: 'POST', body: { orgs: [{ key: 'other', accounts: [{ username: 'eve', admin: true }], agents: [{ title: 'Another', task: { crontab: {} } }] }] } })
  await page.getByRole('link', { name: 'Another' }).waitFor()
  assert.equal(await page.getByLabel('Account').inputValue(), 'eve@other')
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByRole('button', { name: 'Reset…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reset', exact: true }).click()
  await page.locator('option:checked', { hasText: 'ada · acme' }).waitFor({ state: 'attached' })
  assert.equal(await page.getByLabel('Account').inputValue(), 'ada@acme')
  assert.deepEqual(breaches, [])
  await close()
})
