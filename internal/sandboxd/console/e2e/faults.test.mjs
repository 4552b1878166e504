// Faults are switched on in the console, and a client handles them.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openConsole, startBrowser } from './browser.mjs'
import { startSandbox } from './sandbox.mjs'
import { small } from './seeds.mjs'

const browser = await startBrowser({ after })

/**
 * Lists the agents, and retries after each 503, as a client should.
 *
 * @param {Record<string, string>} env
 */
async function listWithRetry({ IBLAI_BASE_URL, IBLAI_API_KEY, IBLAI_ORG, IBLAI_USERNAME }) {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${IBLAI_BASE_URL}/api/ai-mentor/orgs/${IBLAI_ORG}/users/${IBLAI_USERNAME}/periodic-agents/`, { headers: { Authorization: `Api-Token ${IBLAI_API_KEY}` } })
    if (response.status !== 503 || attempt === 10) return { attempt, status: response.status }
    await response.text()
  }
}

test('a preset is switched on, a client handles it, the requests show it, and it is switched off', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/faults' })
  await page.getByRole('switch', { name: 'Unavailable at first' }).check()
  await page.locator('#toasts').getByText('Faults that are on: 1.').waitFor()
  assert.deepEqual(await listWithRetry(await sandbox.environment()), { attempt: 4, status: 200 })

  await page.getByRole('link', { name: 'Requests' }).click()
  await page.getByText('503').first().waitFor()
  assert.equal(await page.locator('#page tbody tr', { hasText: 'fault' }).count(), 3)
  await page.getByLabel('Status').selectOption('5xx')
  await page.getByText('3 requests', { exact: true }).first().waitFor()
  await page.locator('#page tbody a').first().click()
  const one = page.getByRole('region', { name: 'The request that is open' })
  await one.getByText('Api-Token ***').waitFor()

  await page.getByRole('link', { name: 'Faults' }).click()
  await page.getByRole('switch', { name: 'Unavailable at first' }).uncheck()
  await page.locator('#toasts').getByText('Faults that are on: 0.').waitFor()
  assert.deepEqual(await sandbox.control('/faults'), { requests: [], deliveries: [] })
  await close()
})

test('a custom fault is added, rejected, turned off and on, edited, and all are written as JSON', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/faults' })
  await page.getByRole('button', { name: 'Add a fault of requests' }).click()
  const dialog = page.getByRole('dialog', { name: 'A fault of requests' })
  await dialog.getByLabel('Status').fill('42')
  await dialog.getByRole('button', { name: 'Turn on' }).click()
  await dialog.getByRole('alert').getByText('status').waitFor()
  await dialog.getByLabel('Status').fill('418')
  await dialog.getByLabel('Method').selectOption('DELETE')
  await dialog.getByRole('button', { name: 'Turn on' }).click()
  const own = page.getByRole('switch', { name: 'Own fault 1' })
  await own.waitFor()
  assert.deepEqual((await sandbox.control('/faults')).requests, [{ method: 'DELETE', status: 418 }])

  await own.uncheck()
  await page.getByText('Faults that are on: 0.').waitFor()
  assert.deepEqual((await sandbox.control('/faults')).requests, [])
  await own.check()
  await page.getByRole('button', { name: 'Turn off all of requests' }).waitFor()
  await page.getByRole('button', { name: 'Edit… own fault 1' }).click()
  assert.equal(await dialog.getByLabel('Status').inputValue(), '418')
  await dialog.getByLabel('Times').fill('2')
  await dialog.getByRole('button', { name: 'Turn on' }).click()
  await page.getByText('Method: DELETE · Times: 2 · Status: 418').waitFor()

  await page.getByText('All that are on, as JSON').click()
  const text = page.getByLabel('All faults as JSON')
  assert.deepEqual(JSON.parse(await text.inputValue()).requests, [{ method: 'DELETE', times: 2, status: 418 }])
  await text.fill('{"deliveries": [{"drop": "yes"}]}')
  await page.getByRole('button', { name: 'Apply' }).click()
  await page.locator('details .fault').getByText('drop').waitFor()
  await text.fill('{"deliveries": [{"wrong_signature": true}]}')
  await page.getByRole('button', { name: 'Apply' }).click()
  await page.getByRole('switch', { name: 'Wrongly signed', checked: true }).waitFor()

  // Two switches that are pressed at once are both on.
  await page.evaluate(() => { for (const name of ['Slow', 'Late']) /** @type {HTMLElement} */ ([...document.querySelectorAll('label')].find(label => label.textContent === name)).click() })
  await page.locator('#toasts').getByText('Faults that are on: 3.').waitFor()
  await close()
})

test('faults don’t affect the console, and its requests are not recorded', async t => {
  const sandbox = await startSandbox(t, small)
  await sandbox.control('/faults', { method: 'PUT', body: { requests: [{ status: 503, times: 1 }] } })
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/agents' })
  for (const name of ['Overview', 'Runs', 'Mentors', 'Agents']) {
    await page.getByRole('link', { name, exact: true }).first().click()
    await page.locator('#page h1', { hasText: name }).waitFor({ state: 'attached' })
  }
  await page.getByRole('link', { name: 'Inbox watch' }).first().waitFor()
  assert.equal((await sandbox.control('/requests')).total, 0)
  assert.deepEqual(await listWithRetry(await sandbox.environment()), { attempt: 2, status: 200 })
  await close()
})

test('the console handles error responses', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/agents' })
  // Use the path with faults.
  await page.route('**/_sandbox/api/**', route => route.continue({ url: route.request().url().replace('/_sandbox/api/', '/api/') }))
  const alert = page.locator('#failure')
  for (const [fault, message] of /** @type {[object, string][]} */ ([
    [{ status: 503, body: '<h1>503</h1>', content_type: 'text/html' }, '503'],
    [{ status: 429, retry_after: '60s' }, 'throttled'],
    [{ reset: 'before' }, 'the answer did not come, or not whole'],
    [{ truncate: true }, 'the answer'],
    [{ redirect: 'http://127.0.0.1:1/' }, 'the answer did not come, or not whole'],
  ])) {
    await sandbox.control('/faults', { method: 'PUT', body: { requests: [{ ...fault, times: 0 }] } })
    await page.getByRole('link', { name: 'Runs' }).click()
    await page.getByRole('heading', { name: 'Runs' }).waitFor()
    await page.getByRole('link', { name: 'Agents', exact: true }).click()
    await page.getByRole('heading', { name: 'Agents', exact: true }).waitFor()
    await alert.getByText(message).waitFor()
    await sandbox.control('/faults', { method: 'PUT', body: {} })
    await alert.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('link', { name: 'Inbox watch' }).waitFor()
    assert.equal(await alert.textContent(), '', JSON.stringify(fault))
  }
  // Unknown fields and values of other releases change nothing.
  for (const fault of [{ unknown_fields: true, unknown_enums: true }, { older_release: true }]) {
    await sandbox.control('/faults', { method: 'PUT', body: { requests: [fault] } })
    for (const name of ['Overview', 'Runs', 'Mentors', 'Agents']) {
      await page.getByRole('link', { name, exact: true }).first().click()
      await page.locator('#page h1', { hasText: name }).waitFor({ state: 'attached' })
    }
    await page.getByRole('link', { name: 'Inbox watch' }).click()
    await page.getByRole('heading', { name: 'Inbox watch' }).waitFor()
    assert.equal(await alert.textContent(), '', JSON.stringify(fault))
  }
  await close()
})
