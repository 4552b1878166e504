// The main ways through the console, with a mouse.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openConsole, startBrowser } from './browser.mjs'
import { startReceiver } from './receiver.mjs'
import { startSandbox } from './sandbox.mjs'
import { small } from './seeds.mjs'

const browser = await startBrowser({ after })

test('an agent is created, runs when the clock is moved, and its callback arrives and is redelivered', async t => {
  const sandbox = await startSandbox(t, small)
  const receiver = await startReceiver(t)
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/agents' })

  // The schedule is explained while typing, and validation errors are shown at their fields.
  await page.getByRole('button', { name: 'New agent' }).click()
  const dialog = page.getByRole('dialog', { name: 'New agent' })
  await dialog.locator('.meaning').getByText('At 08:00').waitFor()
  await dialog.getByLabel('Minute').fill('60')
  await dialog.locator('.findings').getByText('not in 0-59').waitFor()
  await dialog.getByLabel('Callback URL').fill('nowhere')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.getByText('This field may not be blank.').waitFor()
  for (const [label, message] of [['Title', 'This field may not be blank.'], ['Minute', '\'60\', not in 0-59 for Minutes'], ['Callback URL', 'Enter a valid URL.']]) {
    const field = dialog.getByLabel(label)
    assert.equal(await field.getAttribute('aria-invalid'), 'true', label)
    const described = (await field.getAttribute('aria-describedby') ?? '').split(' ')
    const texts = await Promise.all(described.map(id => page.locator(`#${id}`).textContent()))
    assert.ok(texts.includes(message), `${label}: ${texts}`)
  }
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid')), 'true')
  assert.equal(await dialog.getByLabel('Title').evaluate(field => field === document.activeElement), true)

  await dialog.getByLabel('Title').fill('Morning digest')
  await dialog.getByLabel('Prompt').fill('What is due?')
  await dialog.getByLabel('Minute').fill('0')
  await dialog.getByLabel('Callback URL').fill(receiver.url)
  await dialog.getByRole('button', { name: 'Make one' }).click()
  await dialog.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: 'Morning digest' }).waitFor()
  await page.getByText('Mon 2026-01-05 08:00').first().waitFor()

  // The clock is moved past eight, and the run appears without a reload.
  await page.locator('header').getByRole('button', { name: '+1 h' }).click()
  await page.locator('#toasts').getByText('The clock says 2026-01-05 08:55:00').waitFor()
  await page.locator('.card', { hasText: 'Latest deliveries' }).getByText('204').waitFor()
  assert.equal(receiver.received.length, 1)
  const posted = JSON.parse(receiver.received[0].body)
  assert.equal(posted.prompt, 'What is due?')

  // The run shows the output of the callback.
  await page.locator('.card', { hasText: 'Latest runs' }).getByRole('link', { name: `#${posted.log_id}` }).click()
  await page.getByRole('heading', { name: `Run #${posted.log_id}` }).waitFor()
  assert.equal(await page.getByRole('region', { name: 'Output' }).textContent(), posted.agent_output)
  assert.equal(await page.getByRole('region', { name: 'Prompt' }).textContent(), 'What is due?')
  assert.equal(await page.getByRole('region', { name: 'Log' }).textContent(), posted.log)

  // The delivery shows the request, and can be repeated.
  await page.locator('#page').getByRole('link', { name: '#1', exact: true }).click()
  const one = page.getByRole('region', { name: 'The delivery that is open' })
  await one.getByText('made with the agent’s present secret').waitFor()
  assert.match(await one.getByRole('region', { name: 'Body' }).textContent() ?? '', /^\{\n {2}"timestamp"/)
  await one.getByRole('button', { name: 'Raw' }).click()
  assert.equal(await one.getByRole('region', { name: 'Body' }).textContent(), receiver.received[0].body)
  await one.getByText(String(receiver.received[0].header['x-hub-signature-256'])).waitFor()
  await one.getByRole('button', { name: 'Resend' }).click()
  await one.getByRole('heading', { name: 'Delivery #2' }).waitFor()
  await one.getByText('Resent from').waitFor()
  assert.equal(receiver.received.length, 2)
  assert.equal(receiver.received[1].body, receiver.received[0].body)

  await close()
})

test('an agent is edited, turned off, run with an outcome, and deleted', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/agents/1' })
  await page.getByRole('button', { name: 'Edit' }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit the agent' })
  await dialog.getByLabel('Title').fill('Inbox watch, renamed')
  const sent = page.waitForRequest(request => request.method() === 'PATCH')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Inbox watch, renamed' }).waitFor()
  assert.deepEqual((await sent).postDataJSON(), { title: 'Inbox watch, renamed' }, 'only what was changed is sent')

  await page.getByRole('button', { name: 'Turn off' }).click()
  await page.getByRole('button', { name: 'Turn on' }).waitFor()
  assert.equal((await sandbox.control('/agents/1/schedule')).next_run, null)

  await page.getByRole('button', { name: 'Run with…' }).click()
  const outcome = page.getByRole('dialog', { name: 'with an outcome' })
  await outcome.getByLabel('Status').selectOption('error')
  await outcome.getByLabel('What the log says').fill('It broke.')
  await outcome.getByRole('button', { name: 'Run' }).click()
  await page.locator('.card', { hasText: 'Latest runs' }).getByText('It broke.').waitFor()

  await page.getByRole('button', { name: 'Delete…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Delete…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('No agents here.').waitFor()
  await close()
})

test('the clock is stopped, started, and advanced by a typed duration', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url)
  const face = page.locator('#clock-face')
  assert.equal(await face.textContent(), 'Mon 2026-01-05 07:55:00')
  await page.getByRole('button', { name: 'Set clock…' }).click()
  const panel = page.getByRole('group', { name: 'Set the clock' })
  await panel.getByLabel('Advance by').fill('90m')
  await panel.getByRole('button', { name: 'Advance', exact: true }).click()
  await page.getByText('Mon 2026-01-05 09:25:00', { exact: true }).waitFor()
  await panel.getByLabel('Advance by').fill('soon')
  await panel.getByRole('button', { name: 'Advance', exact: true }).click()
  await panel.locator('.fault').getByText('soon').waitFor()
  assert.equal(await panel.getByLabel('Advance by').getAttribute('aria-invalid'), 'true')
  await panel.getByLabel('Advance to').fill('2026-01-05T00:00:00')
  await panel.getByRole('button', { name: 'Go there' }).click()
  await panel.locator('.fault:not(:empty)').nth(1).waitFor() // the past
  await panel.getByLabel('Advance to').fill('2026-01-07T12:00:00')
  await panel.getByRole('button', { name: 'Go there' }).click()
  await page.getByText('Wed 2026-01-07 12:00:00', { exact: true }).waitFor()
  await panel.getByRole('textbox', { name: 'Speed' }).fill('7200')
  await panel.getByRole('button', { name: 'Set', exact: true }).click()
  await page.locator('#clock-speed', { hasText: '7,200×' }).waitFor()
  await page.waitForFunction(() => (document.querySelector('#clock-face')?.textContent ?? '') > 'Wed 2026-01-07 13')
  await panel.getByRole('button', { name: 'Stop' }).click()
  await page.locator('#clock-speed', { hasText: 'stopped' }).waitFor({ state: 'attached' })
  assert.equal((await sandbox.control('/clock')).speed, 0)
  await close()
})

test('the timeline shows runs as marks, many as bars, and all in a table', async t => {
  const sandbox = await startSandbox(t, small)
  await sandbox.control('/clock', { method: 'POST', body: { advance: '2h' } })
  const { page, close } = await openConsole(browser, sandbox.url)
  const stage = page.getByRole('group', { name: 'Timeline of runs' })
  await page.getByText('24 runs').waitFor()
  await stage.locator('[data-run]').nth(23).waitFor()
  const shapes = await stage.locator('[data-run] path').evaluateAll(paths => paths.map(path => `${path.getAttribute('class')} ${path.getAttribute('d')}`))
  assert.equal(new Set(shapes.map(shape => shape.split(' ')[1])).size, new Set(shapes).size, 'each state has a shape of its own')
  await page.getByText('Show as a table').click()
  await page.locator('.timeline tbody tr').nth(23).waitFor()
  assert.equal(await page.locator('.timeline tbody tr').count(), 24)

  // Keys zoom and move it; End follows the clock again.
  await stage.focus()
  await page.keyboard.press('+')
  assert.equal(await page.getByRole('button', { name: '6 h', exact: true }).getAttribute('aria-pressed'), 'true')
  await page.keyboard.press('+')
  await page.getByText('12 runs').waitFor()
  for (let n = 0; n < 6; n++) await page.keyboard.press('ArrowLeft')
  await page.getByText('6 runs').waitFor()
  await page.keyboard.press('End')
  await page.getByText('12 runs').waitFor()

  // Pointing at a run describes it, and a click opens it.
  const mark = stage.locator('[data-run]').last()
  const id = await mark.getAttribute('data-run')
  await mark.hover()
  await page.locator('.tip', { hasText: `Run #${id} of Inbox watch` }).waitFor()
  await mark.click()
  await page.getByRole('heading', { name: `Run #${id}` }).waitFor()
  await page.goBack()

  // The wheel zooms once the timeline has the focus.
  await stage.focus()
  await stage.hover()
  await page.mouse.wheel(0, 100)
  assert.equal(await page.getByRole('button', { name: '6 h', exact: true }).getAttribute('aria-pressed'), 'true')

  // Runs too close to distinguish are shown as bars, and a click zooms in.
  await sandbox.control('/clock', { method: 'POST', body: { advance: '168h' } })
  await page.getByRole('button', { name: 'Week', exact: true }).click()
  await stage.locator('[data-bucket]').first().waitFor()
  assert.equal(await stage.locator('[data-run]').count(), 0)
  assert.match(await stage.locator('[data-bucket] .is-error').first().getAttribute('fill') ?? '', /^url\(#/, 'errors have a pattern')
  await stage.locator('[data-bucket]').nth(3).click()
  assert.equal(await page.getByRole('button', { name: 'Day', exact: true }).getAttribute('aria-pressed'), 'true')
  await close()
})

test('lists are searched, filtered, sorted and paged by the server', async t => {
  const agents = Array.from({ length: 120 }, (_, n) => ({ title: `Agent ${n + 1}`, task: { crontab: { minute: '0' }, enabled: n % 2 === 0 } }))
  const sandbox = await startSandbox(t, { orgs: [{ key: 'acme', accounts: [{ username: 'ada', admin: true }], agents }] })
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/agents' })
  const rows = page.locator('#page tbody tr')
  await page.getByText('1–50 of 120 agents').waitFor()
  assert.equal(await rows.count(), 50)
  await page.getByRole('button', { name: 'Last' }).click()
  await page.getByText('101–120 of 120 agents').waitFor()
  assert.equal(await rows.count(), 20)
  await page.goBack()
  await page.getByText('1–50 of 120 agents').waitFor()
  await page.getByLabel('Search').fill('agent 11')
  await page.locator('#page .pager', { hasText: /^11 agents/ }).waitFor() // 11, and 110 to 119
  await page.getByLabel('Schedule').selectOption('false')
  await page.locator('#page .pager', { hasText: /^5 agents/ }).waitFor()
  await page.getByRole('button', { name: 'Id' }).click()
  await page.locator('th[aria-sort="descending"]').waitFor()
  assert.match(page.url(), /search=agent\+11.*enabled=false.*order=-id/)
  await page.reload()
  await page.locator('th[aria-sort="descending"]').waitFor()
  assert.equal(await page.getByLabel('Search').inputValue(), 'agent 11')
  await close()
})

test('an account without permissions sees an explanation', async t => {
  const sandbox = await startSandbox(t, { orgs: [{ key: 'acme', accounts: [{ username: 'ada', admin: true }, { username: 'bob' }] }] })
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/agents' })
  await page.getByLabel('Account').selectOption('bob@acme')
  await page.getByRole('alert').getByText('You do not have permission to perform this action.').waitFor()
  await page.getByLabel('Account').selectOption('ada@acme')
  await page.getByText('No agents here.').waitFor()
  assert.equal(await page.getByRole('alert').textContent(), '')
  await close()
})
