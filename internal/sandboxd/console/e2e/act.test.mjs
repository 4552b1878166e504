// The first minute, and what can be done with what is seen.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { openConsole, startBrowser } from './browser.mjs'
import { startSandbox } from './sandbox.mjs'
import { small } from './seeds.mjs'

const browser = await startBrowser({ after })
const run = promisify(execFile)

test('from an empty sandbox, a line and a click lead to a successful delivery', async t => {
  const sandbox = await startSandbox(t) // the default seed
  const { page, close } = await openConsole(browser, sandbox.url)
  const steps = page.getByRole('region', { name: 'First steps' })
  for (const language of ['Node', 'curl']) {
    await steps.getByRole('button', { name: language }).click()
    const line = await steps.locator('pre').textContent() ?? ''
    const { stdout } = await run('sh', ['-c', line])
    assert.match(stdout, /Morning digest/, language)
  }
  await steps.getByRole('link', { name: /^GET 200: request #/ }).waitFor()
  await steps.getByRole('button', { name: '+1 day' }).click() // the only click that is needed
  await steps.getByText('204').waitFor()
  assert.equal(await steps.locator('.is-done').count(), 3)
  await page.getByRole('link', { name: 'Inbox', exact: true }).click()
  await page.getByText('1 of 1 callbacks').waitFor()
  await page.getByText('valid', { exact: true }).waitFor()
  await page.locator('#page').getByRole('link', { name: '#1' }).first().click()
  await page.getByRole('region', { name: 'Selected callback' }).locator('pre[aria-label="Body"]').waitFor()

  // Once all is done, the steps don't come back.
  await page.goto(`${sandbox.url}/#/`)
  await page.reload()
  await page.getByRole('region', { name: 'Latest runs' }).getByRole('link', { name: /^#\d+$/ }).first().waitFor()
  await steps.waitFor({ state: 'detached' })
  await close()
})

test('a request is copied as code, edited and sent again', async t => {
  const sandbox = await startSandbox(t, small)
  const { IBLAI_API_KEY } = await sandbox.environment()
  const path = '/api/ai-mentor/orgs/acme/users/ada/periodic-agents/1/'
  const body = JSON.stringify({ title: 'It’s "new" \\ $HOME' })
  await fetch(sandbox.url + path, { method: 'PATCH', headers: { Authorization: `Api-Token ${IBLAI_API_KEY}`, 'Content-Type': 'application/json' }, body })
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/requests/1' })
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (/** @type {string} */ text) => { Object.assign(globalThis, { copied: text }) } } }))
  const one = page.getByRole('region', { name: 'Selected request' })
  for (const [language, command, args] of /** @type {[string, string, (code: string) => string[]][]} */ ([
    ['curl', 'sh', code => ['-c', code]],
    ['Node', process.execPath, code => ['--input-type=module', '--eval', code]],
  ])) {
    await one.getByRole('button', { name: `Copy as ${language}` }).click()
    const code = await page.evaluate(() => /** @type {any} */ (globalThis).copied)
    const { stdout } = await run(command, args(code))
    assert.ok(stdout.includes('It’s \\"new\\"') || stdout.includes('\\u2019s'), `${language}: ${stdout}`)
  }
  await one.getByRole('button', { name: 'Copy as Go' }).click()
  assert.match(await page.evaluate(() => /** @type {any} */ (globalThis).copied), /http\.NewRequest\("PATCH", "http/)

  await one.getByRole('button', { name: 'Edit and send…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit and send request #1' })
  await dialog.getByLabel('Body').fill('{"title": "Sent again"}')
  await dialog.getByRole('button', { name: 'Send' }).click()
  await page.locator('#toasts').getByText('The response is 200.').waitFor()
  await page.getByText('4 requests', { exact: true }).first().waitFor()
  await page.goto(`${sandbox.url}/#/agents/1`)
  await page.getByRole('heading', { name: 'Sent again' }).waitFor()
  assert.equal(await page.title(), 'Sent again – ibl.ai sandbox')
  await close()
})

test('everything is found by Ctrl-K, and pages by shortcuts', async t => {
  const sandbox = await startSandbox(t, small)
  await sandbox.control('/agents/1/fire', { method: 'POST', body: { status: 'error', log: 'It broke loudly.' } })
  const { page, close } = await openConsole(browser, sandbox.url)
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search' }).fill('loudly')
  await page.getByRole('option', { name: 'It broke loudly.' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Run #1' }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('f')
  await page.getByRole('heading', { name: 'Faults', exact: true }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Search everywhere').waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search' }).fill('inbox watch')
  await page.getByRole('option', { name: 'Agent Inbox watch' }).click()
  await page.getByRole('heading', { name: 'Inbox watch' }).waitFor()
  await close()
})

test('what was typed survives Escape, the back button, a reload and a restart', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/agents' })
  const dialog = page.getByRole('dialog', { name: 'New agent' })
  const open = () => page.getByRole('button', { name: 'New agent' }).click()
  await open()
  await dialog.getByLabel('Title').fill('Long thoughts')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await open()
  await dialog.getByText('Your previous input was restored.').waitFor()
  assert.equal(await dialog.getByLabel('Title').inputValue(), 'Long thoughts')
  await page.reload()
  await open()
  assert.equal(await dialog.getByLabel('Title').inputValue(), 'Long thoughts')
  await dialog.getByLabel('Prompt').fill('Think.')
  await sandbox.stop()
  await page.locator('#connection', { hasText: 'Reconnecting…' }).waitFor()
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.getByText('no complete response').first().waitFor()
  await sandbox.start()
  await page.locator('#connection', { hasText: 'Live' }).waitFor()
  assert.equal(await dialog.getByLabel('Prompt').inputValue(), 'Think.')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: 'Long thoughts' }).waitFor()
  await page.goBack()
  await open()
  assert.equal(await dialog.getByLabel('Title').inputValue(), '', 'it was saved')
  await close()
})

test('at 360 px the actions are within reach', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/agents', width: 360, height: 740 })
  await page.getByRole('button', { name: 'Run Inbox watch now' }).click()
  await page.locator('#toasts').getByText('Run #1: Running.').waitFor()
  await page.locator('header').getByRole('button', { name: '+1 h' }).click()
  await page.locator('#clock-face', { hasText: '08:55:00' }).waitFor()
  await page.getByRole('button', { name: 'Disable Inbox watch' }).click()
  await page.getByRole('button', { name: 'Enable Inbox watch' }).waitFor()
  await close()
})

test('objects are added from a file, logs are delayed and deleted', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url)
  const addition = {
    orgs: [
      { key: 'acme', agents: [{ title: 'Evening digest', task: { crontab: { minute: 0, hour: 20 } } }], logs: [{ periodic_agent: 1, start_time: '2026-01-04T08:00:00Z' }] },
      { key: 'library', accounts: [{ username: 'grace', admin: true }], sessions: [{ id: '9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51', username: 'grace' }] },
    ],
  }
  await page.getByLabel('Addition', { exact: true }).setInputFiles({ name: 'more.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(addition)) })
  await page.locator('#toasts').getByText('Added: 1 account, 1 agent, 1 log, 1 chat session.').waitFor()
  await page.locator('option', { hasText: 'grace · library' }).waitFor({ state: 'attached' })
  await page.getByLabel('Addition', { exact: true }).setInputFiles({ name: 'wrong.yaml', mimeType: 'application/yaml', buffer: Buffer.from('orgs: [{ key: acme, accounts: [{ username: ada }] }]') })
  await page.locator('#toasts').getByText('orgs[0].accounts[0].username: exists already').waitFor()

  await page.getByRole('button', { name: 'Set clock…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Set the clock' })
  await dialog.getByLabel('Delay of logs').fill('10 min')
  await dialog.getByRole('button', { name: 'Set the delay' }).click()
  await page.locator('#toasts').getByText('Logs appear 10m0s after the start of their runs.').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('header').getByRole('button', { name: '+1 min' }).click()
  await page.goto(`${sandbox.url}/#/runs/1`)
  await page.getByRole('button', { name: 'Delete log…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await page.locator('#toasts').getByText('The log of run #1 was deleted.').waitFor()
  await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor()
  await page.getByRole('link', { name: '#1', exact: true }).waitFor({ state: 'detached' })
  await close()
})
