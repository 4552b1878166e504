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
  await page.getByRole('switch', { name: 'Unavailable at first' }).click()
  await page.getByRole('switch', { name: 'Unavailable at first', checked: true }).waitFor()
  await page.locator('#faults-mark', { hasText: '1 fault on' }).waitFor()
  assert.deepEqual(await listWithRetry(await sandbox.environment()), { attempt: 4, status: 200 })

  // It is used up, and no longer counted as on.
  const rule = page.locator('.faults li', { hasText: 'Unavailable at first' })
  await rule.getByText('used up').waitFor()
  await page.locator('#faults-mark').waitFor({ state: 'detached' })
  await rule.getByRole('link', { name: '3 hits' }).click()
  await page.getByText('3 requests', { exact: true }).first().waitFor()
  await page.getByLabel('Fault').selectOption('')
  await page.getByText('4 requests', { exact: true }).first().waitFor()
  assert.equal(await page.locator('#page tbody tr', { hasText: 'fault' }).count(), 3)
  await page.getByLabel('Status').selectOption('5xx')
  await page.getByText('3 requests', { exact: true }).first().waitFor()
  await page.locator('#page tbody a').first().click()
  const one = page.getByRole('region', { name: 'Selected request' })
  await one.getByText('Api-Token ***').waitFor()

  // The request leads to its rule.
  await one.getByRole('link', { name: 'rule unavailable' }).click()
  await page.locator('.faults li.is-open', { hasText: 'Unavailable at first' }).waitFor()
  await page.getByRole('switch', { name: 'Unavailable at first' }).click()
  await page.getByRole('switch', { name: 'Unavailable at first', checked: false }).waitFor()
  assert.deepEqual(await sandbox.control('/faults'), { requests: [], deliveries: [] })
  await close()
})

test('a custom rule is added, rejected, disabled, edited and removed, and all are written as JSON', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/faults' })
  await page.getByRole('button', { name: 'Add a custom rule for requests…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Custom rule for requests' })
  await dialog.getByLabel('Probability').fill('2')
  await dialog.getByLabel('Status').fill('42')
  await dialog.getByRole('button', { name: 'Turn on' }).click()
  await dialog.locator('.field .fault').getByText('must be from 200 to 599, not 42', { exact: true }).waitFor()
  await dialog.locator('.field .fault').getByText('must be from 0 to 1, not 2', { exact: true }).waitFor()
  for (const label of ['Probability', 'Status']) assert.equal(await dialog.getByLabel(label).getAttribute('aria-invalid'), 'true')
  await dialog.getByLabel('Probability').fill('')
  await dialog.getByLabel('Status').fill('418')
  await dialog.getByLabel('Method').selectOption('DELETE')
  await dialog.getByLabel('Latency').fill('2 min')
  await dialog.getByRole('button', { name: 'Turn on' }).click()
  const custom = page.getByRole('switch', { name: 'Custom rule' })
  await custom.waitFor()
  const rule = async () => {
    const { id, matched, applied, left, ...rest } = (await sandbox.control('/faults')).requests[0]
    return rest
  }
  assert.deepEqual(await rule(), { method: 'DELETE', status: 418, latency: '2m0s' })

  await custom.click()
  await page.getByRole('switch', { name: 'Custom rule', checked: false }).waitFor()
  assert.deepEqual(await rule(), { method: 'DELETE', status: 418, latency: '2m0s', disabled: true })
  await page.reload()
  await page.getByRole('switch', { name: 'Custom rule', checked: false }).waitFor()
  await custom.click()
  await page.getByRole('switch', { name: 'Custom rule', checked: true }).waitFor()
  await page.getByRole('button', { name: /^Edit custom rule/ }).click()
  assert.equal(await dialog.getByLabel('Status').inputValue(), '418')
  await dialog.getByLabel('Limit').fill('2')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Method: DELETE · Limit: 2 · Latency: 2m0s · Status: 418').waitFor()
  await page.getByText('2 left').waitFor()

  await page.getByRole('switch', { name: 'Slow' }).click()
  await page.locator('#faults-mark', { hasText: '2 faults on' }).waitFor()
  await page.getByRole('button', { name: 'Turn all request faults off' }).click()
  await page.locator('#faults-mark').waitFor({ state: 'detached' })
  await page.getByRole('switch', { name: 'Custom rule', checked: false }).waitFor()
  await page.getByRole('button', { name: /^Remove custom rule/ }).click()
  await custom.waitFor({ state: 'detached' })

  await page.getByText('All rules as JSON').click()
  const text = page.getByLabel('All rules as JSON')
  assert.deepEqual(JSON.parse(await text.inputValue()), { requests: [], deliveries: [] })
  await text.fill('{"deliveries": [{"drop": "yes"}]}')
  await page.getByRole('button', { name: 'Replace all rules' }).click()
  await page.locator('#faults-error').getByText('drop').waitFor()
  await text.fill('{"deliveries": [{"id": "wrongly-signed", "wrong_signature": true}]}')
  await page.getByRole('button', { name: 'Replace all rules' }).click()
  await page.getByRole('switch', { name: 'Wrongly signed', checked: true }).waitFor()

  // Two switches that are pressed at once are both on.
  await page.evaluate(() => { for (const name of ['Slow', 'Late']) /** @type {HTMLElement} */ ([...document.querySelectorAll('label')].find(label => label.textContent === name)).click() })
  await page.locator('#faults-mark', { hasText: '3 faults on' }).waitFor()
  await close()
})

test('the example of a path matches requests for an agent', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/faults' })
  await page.getByRole('button', { name: 'Add a custom rule for requests…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Custom rule for requests' })
  const hint = await dialog.getByText('Such as /').textContent() ?? ''
  await dialog.getByLabel('Path').fill(hint.replace('Such as ', ''))
  await dialog.getByLabel('Status').fill('418')
  await dialog.getByRole('button', { name: 'Turn on' }).click()
  await page.getByRole('switch', { name: 'Custom rule' }).waitFor()
  const { IBLAI_API_KEY } = await sandbox.environment()
  const response = await fetch(`${sandbox.url}/api/ai-mentor/orgs/acme/users/ada/periodic-agents/1/`, { headers: { Authorization: `Api-Token ${IBLAI_API_KEY}` } })
  assert.equal(response.status, 418)
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
    [{ reset: 'before' }, 'no complete response'],
    [{ truncate: true }, 'no complete response'],
    [{ redirect: 'http://127.0.0.1:1/' }, 'no complete response'],
  ])) {
    await sandbox.control('/faults', { method: 'PUT', body: { requests: [{ ...fault, times: 0 }] } })
    await page.getByRole('link', { name: 'Runs' }).click()
    await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor()
    await page.getByRole('link', { name: 'Agents', exact: true }).click()
    await page.getByRole('heading', { name: 'Agents', exact: true }).waitFor()
    await alert.getByText(message).waitFor()
    await sandbox.control('/faults', { method: 'PUT', body: {} })
    await alert.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('link', { name: 'Inbox watch' }).waitFor()
    await page.locator('#failure:empty').waitFor({ state: 'attached' })
  }
  // Unknown fields and values of other releases change nothing.
  for (const fault of [{ unknown_fields: true, unknown_enums: true }, { release: '3.59' }]) {
    await sandbox.control('/faults', { method: 'PUT', body: { requests: [fault] } })
    for (const name of ['Overview', 'Runs', 'Mentors', 'Agents']) {
      await page.getByRole('link', { name, exact: true }).first().click()
      await page.locator('#page h1', { hasText: name }).waitFor({ state: 'attached' })
    }
    await page.locator('#page').getByRole('link', { name: 'Inbox watch' }).click()
    await page.getByRole('heading', { name: 'Inbox watch' }).waitFor()
    assert.equal(await alert.textContent(), '', JSON.stringify(fault))
  }
  await close()
})
