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
  await dialog.locator('.field .fault').first().waitFor()
  for (const [label, message] of [['Title', 'This field may not be blank.'], ['Minute', '\'60\', not in 0-59 for Minutes'], ['Callback URL', 'Enter a valid URL.']]) {
    const field = dialog.getByLabel(label)
    assert.equal(await field.getAttribute('aria-invalid'), 'true', label)
    const described = (await field.getAttribute('aria-describedby') ?? '').split(' ')
    const texts = await Promise.all(described.map(id => page.locator(`[id="${id}"]`).textContent()))
    assert.ok(texts.includes(message), `${label}: ${texts}`)
  }
  assert.equal(await dialog.getByLabel('Title').evaluate(field => field === document.activeElement), true, 'the first invalid field has the focus')

  // The summary leads to the fields.
  await dialog.locator('.summary').getByRole('button', { name: 'Minute' }).click()
  assert.equal(await dialog.getByLabel('Minute').evaluate(field => field === document.activeElement), true)

  await dialog.getByLabel('Title').fill('Morning digest')
  await dialog.getByLabel('Prompt').fill('What is due?')
  await dialog.getByLabel('Minute').fill('0')
  await dialog.getByLabel('Callback URL').fill(receiver.url)
  await dialog.getByRole('button', { name: 'Generate' }).click()
  await dialog.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: 'Morning digest' }).waitFor()
  await page.getByText('Mon 2026-01-05 08:00').first().waitFor()

  // The clock is moved past eight, and the run appears without a reload.
  await page.locator('header').getByRole('button', { name: '+1 h' }).click()
  await page.locator('#toasts').getByText('The clock shows 2026-01-05 08:55:00').waitFor()
  await page.getByRole('region', { name: 'Latest deliveries' }).getByText('204').waitFor()
  assert.equal(receiver.received.length, 1)
  const posted = JSON.parse(receiver.received[0].body)
  assert.equal(posted.prompt, 'What is due?')

  // The run is fully told.
  await page.getByRole('region', { name: 'Latest runs' }).getByRole('link', { name: `#${posted.log_id}` }).click()
  await page.getByRole('heading', { name: `Run #${posted.log_id}` }).waitFor()
  await page.getByText('on its schedule').waitFor()
  assert.equal(await page.locator('pre[aria-label="Output"]').textContent(), posted.agent_output)
  assert.equal(await page.locator('pre[aria-label="Prompt"]').textContent(), 'What is due?')

  // The delivery shows the request, and can be repeated. The focus stays where it is.
  await page.locator('#page').getByRole('link', { name: '#1', exact: true }).click()
  const one = page.getByRole('region', { name: 'Selected delivery' })
  await one.getByText('matches the body and the agent’s current secret').waitFor()
  assert.match(await one.locator('pre[aria-label="Body"]').textContent() ?? '', /^\{\n {2}"timestamp"/)
  await one.getByRole('button', { name: 'Raw' }).click()
  assert.equal(await one.locator('pre[aria-label="Body"]').textContent(), receiver.received[0].body)
  await one.getByText(String(receiver.received[0].header['x-hub-signature-256'])).waitFor()
  await one.getByRole('button', { name: 'Resend' }).click()
  await page.locator('#toasts').getByText('Redelivered as delivery #2: 204.').waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Resend')
  await page.locator('#page a[href="#/deliveries/2"]').click()
  await one.getByRole('link', { name: 'delivery #1' }).waitFor()
  assert.equal(receiver.received.length, 2)
  assert.equal(receiver.received[1].body, receiver.received[0].body)
  await close()
})

test('an agent is edited, disabled, run with an outcome, deleted, and brought back', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/agents/1' })
  await page.getByRole('button', { name: 'Edit' }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit the agent' })
  await dialog.getByLabel('Title').fill('Inbox watch, renamed')
  const sent = page.waitForRequest(request => request.method() === 'PATCH')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Inbox watch, renamed' }).waitFor()
  assert.deepEqual((await sent).postDataJSON(), { title: 'Inbox watch, renamed' }, 'only what was changed is sent')

  await page.getByRole('button', { name: 'Disable' }).click()
  await page.getByRole('button', { name: 'Enable' }).waitFor()
  assert.equal((await sandbox.control('/agents/1/schedule')).next_run, null)

  await page.getByRole('button', { name: 'Run with…' }).click()
  const outcome = page.getByRole('dialog', { name: 'with an outcome' })
  await outcome.getByLabel('Status').selectOption('error')
  await outcome.getByLabel('Log').fill('It broke.')
  await outcome.getByLabel('Duration').fill('1.5 min')
  await outcome.getByRole('button', { name: 'Run' }).click()
  const runs = page.getByRole('region', { name: 'Latest runs' })
  await runs.getByText('It broke.').waitFor()
  await runs.getByText('1 min 30 s').waitFor()

  await page.getByRole('button', { name: 'Delete…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Delete…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('No agents yet.').waitFor()
  await page.locator('#toasts').getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('heading', { name: 'Inbox watch, renamed' }).waitFor()
  await page.getByRole('button', { name: 'Enable' }).waitFor()
  assert.match(page.url(), /#\/agents\/2$/)
  await close()
})

test('the clock is stopped, started, and advanced by a typed duration', async t => {
  const sandbox = await startSandbox(t, small)
  const { page, close } = await openConsole(browser, sandbox.url)
  const face = page.locator('#clock-face')
  assert.equal(await face.textContent(), 'Mon 2026-01-05 07:55:00')
  await page.getByRole('button', { name: 'Set clock…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Set the clock' })
  await dialog.getByLabel('Advance by').fill('1 hour and 30 min')
  await dialog.getByRole('button', { name: 'Advance', exact: true }).click()
  await page.getByText('Mon 2026-01-05 09:25:00', { exact: true }).waitFor()
  await dialog.getByLabel('Advance by').fill('soon')
  await dialog.getByRole('button', { name: 'Advance', exact: true }).click()
  await dialog.locator('.field .fault').getByText('soon').waitFor()
  assert.equal(await dialog.getByLabel('Advance by').getAttribute('aria-invalid'), 'true')
  await dialog.getByLabel('Advance to').fill('2026-01-05T00:00:00')
  await dialog.getByRole('button', { name: 'Advance to this time' }).click()
  await dialog.locator('.field .fault').getByText('is in the past').waitFor()
  await dialog.getByLabel('Advance to').fill('2026-01-07T12:00:00')
  await dialog.getByRole('button', { name: 'Advance to this time' }).click()
  await page.getByText('Wed 2026-01-07 12:00:00', { exact: true }).waitFor()

  await dialog.getByRole('textbox', { name: 'Speed' }).fill('7,200')
  await dialog.getByRole('button', { name: 'Set the speed' }).click()
  await page.locator('#clock-speed', { hasText: '7,200×' }).waitFor({ state: 'attached' })
  await page.waitForFunction(() => (document.querySelector('#clock-face')?.textContent ?? '') > 'Wed 2026-01-07 13')

  // An empty speed is an error, and stops nothing.
  await dialog.getByRole('textbox', { name: 'Speed' }).fill('')
  await dialog.getByRole('button', { name: 'Set the speed' }).click()
  await dialog.locator('.field .fault').getByText('must be a number').waitFor()
  assert.equal((await sandbox.control('/clock')).speed, 7200)
  await dialog.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.locator('#clock-speed', { hasText: 'stopped' }).waitFor({ state: 'attached' })
  assert.equal((await sandbox.control('/clock')).speed, 0)

  // The scheduler is stopped and started.
  await dialog.getByRole('button', { name: 'Stop the scheduler' }).click()
  await page.locator('#scheduler-mark').waitFor()
  assert.equal((await sandbox.control('/scheduler')).running, false)
  await sandbox.control('/clock', { method: 'POST', body: { advance: '6h' } })
  await dialog.getByRole('button', { name: 'Start the scheduler' }).click()
  await page.locator('#scheduler-mark').waitFor({ state: 'detached' })
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.locator('.gap').waitFor({ state: 'attached' })
  await close()
})

test('the timeline has a row for each agent, bars, callbacks and next runs', async t => {
  const sandbox = await startSandbox(t, {
    random_seed: 1,
    orgs: [{
      key: 'acme', accounts: [{ username: 'ada', admin: true }],
      agents: [
        { title: 'Watch', task: { crontab: { minute: '*/30' } }, outcomes: [{ duration: '10m' }, { status: 'error', duration: '20m' }] },
        { title: 'Digest', task: { crontab: { minute: '0', hour: '8' } }, outcomes: [{ status: 'success' }], callback_url: 'inbox' },
        { title: 'Often', task: { crontab: {} }, outcomes: [{}] },
      ],
    }],
  })
  await sandbox.control('/clock', { method: 'POST', body: { advance: '4h' } })
  const { page, close } = await openConsole(browser, sandbox.url)
  const stage = page.getByRole('group', { name: 'Timeline of runs' })
  await stage.locator('.labels a', { hasText: 'Watch' }).waitFor()
  assert.equal(await stage.locator('.line').count(), 3)
  assert.equal(await stage.locator('.line').nth(0).locator('[data-run]').count(), 8)
  assert.ok(await stage.locator('.line').nth(0).locator('.ghost').count() > 3, 'next runs are outlined')
  assert.equal(await stage.locator('.line').nth(1).locator('.callback.is-accepted').count(), 1)
  assert.ok(await stage.locator('.line').nth(2).locator('[data-bucket]').count() > 10, 'many runs are summed')
  await page.getByRole('button', { name: '6 h', exact: true }).click()
  const widths = await stage.locator('.line').nth(0).locator('[data-run] .fill').evaluateAll(bars => bars.slice(0, 2).map(bar => Number(bar.getAttribute('width'))))
  assert.ok((widths[1] ?? 0) / (widths[0] ?? 1) > 1.8, `a bar is as long as its run: ${widths}`)
  const fills = await stage.locator('.line').nth(0).locator('[data-run] .fill').evaluateAll(bars => bars.slice(0, 2).map(bar => bar.getAttribute('fill')))
  assert.deepEqual(fills, [null, 'url(#hatch)'], 'errors have a pattern')

  // Keys choose an agent and its runs, and open one.
  await stage.focus()
  await page.keyboard.press('ArrowDown')
  await page.locator('.tip', { hasText: 'Watch: ' }).waitFor()
  await page.keyboard.press('ArrowRight')
  await page.locator('.tip', { hasText: 'of Watch' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /^Run #\d+$/ }).waitFor()
  await page.goBack()
  await stage.locator('.labels a', { hasText: 'Watch' }).waitFor()

  // They also zoom and move it; End follows the clock again.
  await stage.focus()
  await page.keyboard.press('+')
  assert.equal(await page.getByRole('button', { name: '1 h', exact: true }).getAttribute('aria-pressed'), 'true')
  await page.keyboard.press('PageUp')
  await page.getByText('2026-01-05 10:').first().waitFor()
  await page.keyboard.press('End')
  await page.getByText('2026-01-05 11:07 – 12:07 UTC').waitFor()

  // Pointing at a run describes it, and a click opens it.
  // The marks move while the hour is being loaded.
  const mark = stage.locator('[data-run]').first()
  let id = await mark.getAttribute('data-run')
  const tip = () => page.locator('.tip', { hasText: `Run #${id} of` })
  do {
    await page.mouse.move(0, 0)
    await mark.hover()
    id = await mark.getAttribute('data-run')
  } while (!await tip().isVisible())
  await mark.click()
  await page.getByRole('heading', { name: `Run #${id}` }).waitFor()
  await page.goBack()

  // A click on a sum zooms in, and all is in a table too.
  await page.getByRole('button', { name: 'Week', exact: true }).click()
  await stage.locator('.line').nth(2).locator('[data-bucket]').first().click()
  assert.equal(await page.getByRole('button', { name: 'Day', exact: true }).getAttribute('aria-pressed'), 'true')
  await page.getByText('Show as a table').click()
  await page.locator('.timeline tbody tr', { hasText: 'Digest' }).first().waitFor()
  await close()
})

test('lists are searched, filtered, sorted and paged by the server', async t => {
  const agents = Array.from({ length: 120 }, (_, n) => ({ title: `Agent ${n + 1}`, task: { crontab: { minute: '0' }, enabled: n % 2 === 0 } }))
  const sandbox = await startSandbox(t, { orgs: [{ key: 'acme', accounts: [{ username: 'ada', admin: true }], agents }] })
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/agents' })
  /** @param {number} n */
  const countIs = n => page.waitForFunction(n => document.querySelectorAll('#page tbody tr').length === n, n)
  await page.getByText('1–50 of 120 agents').waitFor()
  await countIs(50)
  await page.getByRole('button', { name: 'Last' }).click()
  await page.getByText('101–120 of 120 agents').waitFor()
  await countIs(20)
  await page.goBack()
  await page.getByText('1–50 of 120 agents').waitFor()
  await page.getByLabel('Search title').fill('agent 11')
  await page.locator('#page .pager', { hasText: /^11 agents/ }).waitFor() // 11, and 110 to 119
  await page.getByLabel('Schedule').selectOption('false')
  await page.locator('#page .pager', { hasText: /^5 agents/ }).waitFor()
  await page.getByRole('button', { name: 'Id' }).click()
  await page.locator('th[aria-sort="descending"]').waitFor()
  assert.match(page.url(), /search=agent\+11.*enabled=false.*order=-id/)
  await page.reload()
  await page.locator('th[aria-sort="descending"]').waitFor()
  assert.equal(await page.getByLabel('Search title').inputValue(), 'agent 11')
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByText('1–50 of 120 agents').waitFor()
  assert.equal(await page.getByLabel('Search title').inputValue(), '')
  await page.goBack()
  await page.locator('#page .pager', { hasText: /^5 agents/ }).waitFor()

  // Runs are filtered by the title of their agent.
  await sandbox.control('/agents/7/fire', { method: 'POST', body: { status: 'error' } })
  await sandbox.control('/agents/8/fire', { method: 'POST', body: { status: 'error' } })
  await page.goto(`${sandbox.url}/#/runs`)
  await page.getByText('2 runs', { exact: true }).first().waitFor()
  await page.getByLabel('Agent', { exact: true }).fill('Agent 7 (#7)')
  await page.getByText('1 run', { exact: true }).first().waitFor()
  assert.match(page.url(), /agent=7/)
  await close()
})

test('an account without permissions sees an explanation', async t => {
  const sandbox = await startSandbox(t, { orgs: [{ key: 'acme', accounts: [{ username: 'ada', admin: true }, { username: 'bob' }] }] })
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/agents' })
  await page.getByLabel('Account').selectOption('bob@acme')
  await page.locator('#failure').getByText('You do not have permission to perform this action.').waitFor()
  await page.getByLabel('Account').selectOption('ada@acme')
  await page.getByText('No agents yet.').waitFor()
  assert.equal(await page.locator('#failure').textContent(), '')
  await close()
})
