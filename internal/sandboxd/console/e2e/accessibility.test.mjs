// Checks every page with axe, in both themes, wide and narrow; and operation by keyboard.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { accessibilityFaults, loaded, openConsole, startBrowser, tabTo } from './browser.mjs'
import { startReceiver } from './receiver.mjs'
import { startSandbox } from './sandbox.mjs'
import { ordinary } from './seeds.mjs'

const browser = await startBrowser({ after })
const receiver = await startReceiver({ after })
const sandbox = await startSandbox({ after }, ordinary(receiver.url))
await sandbox.control('/clock', { method: 'POST', body: { advance: '10m' } })

const pages = ['#/', '#/agents', '#/agents/2', '#/agents/5', '#/runs', '#/runs/3', '#/deliveries', '#/deliveries/1', '#/inbox', '#/requests', '#/requests/1', '#/faults', '#/mentors', '#/agents/999', '#/nowhere']

for (const theme of /** @type {const} */ (['light', 'dark'])) {
  for (const width of [1280, 360]) {
    test(`axe finds nothing serious in ${theme} at ${width} px, and nothing is too wide`, async () => {
      const { page, close } = await openConsole(browser, sandbox.url, { theme, width, height: 740 })
      /** @param {string} place */
      const check = async place => {
        assert.deepEqual(await accessibilityFaults(page), [], place)
        const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
        assert.ok(content <= window, `${place} is ${content} px wide`)
      }
      for (const hash of pages) {
        await page.goto(`${sandbox.url}/${hash}`)
        await page.reload()
        await loaded(page)
        await check(hash)
      }
      await page.goto(`${sandbox.url}/#/`)
      await page.getByText('Show as a table').click()
      await check('the timeline’s table')
      await page.getByRole('button', { name: 'Set clock…' }).click()
      await check('the clock')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Reset…' }).click()
      await check('a question')
      await page.keyboard.press('Escape')
      await page.goto(`${sandbox.url}/#/agents`)
      await page.getByRole('button', { name: 'New agent' }).click()
      await page.getByLabel('Minute').fill('99')
      await page.getByRole('button', { name: 'Create' }).click()
      await page.locator('[aria-invalid]').first().waitFor()
      await check('the form with faults')
      await page.keyboard.press('Escape')
      await page.goto(`${sandbox.url}/#/agents/2`)
      await page.getByRole('button', { name: 'Run with…' }).click()
      await check('the outcome')
      await page.keyboard.press('Escape')
      await page.goto(`${sandbox.url}/#/faults`)
      await page.getByRole('button', { name: 'Add a custom rule for requests…' }).click()
      await check('a rule')
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Search' }).fill('digest')
      await page.getByRole('option', { name: 'Morning digest' }).first().waitFor()
      await check('the search')
      await close()
    })
  }
}

test('the theme can be chosen, and is stored', async () => {
  const { page, close } = await openConsole(browser, sandbox.url)
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await paper()
  await page.getByLabel('Theme').selectOption('dark')
  const dark = await paper()
  assert.notEqual(dark, light)
  await page.reload()
  assert.equal(await paper(), dark)
  await close()
})

test('an agent is created without a mouse', async () => {
  const { page, close } = await openConsole(browser, sandbox.url)
  await tabTo(page, 'Skip to the content')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'page')
  await page.reload()
  await loaded(page)
  await tabTo(page, 'Agents')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Agents', exact: true }).waitFor()
  await page.waitForFunction(() => document.activeElement?.textContent === 'Agents' && document.activeElement.tagName === 'H1')
  await tabTo(page, 'New agent')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'New agent' }).waitFor()

  // Escape closes the form, and the focus is where it was.
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'New agent')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'New agent' }).waitFor()

  await page.keyboard.type('By hand')
  await tabTo(page, 'Hour')
  await page.keyboard.type('25') // replaces the text, which Tab selects
  await page.keyboard.press('Enter')
  await page.locator('[aria-invalid]').waitFor()
  assert.equal(await page.evaluate(() => /** @type {HTMLInputElement} */ (document.activeElement).value), '25', 'the first invalid field has the focus')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('9')
  await tabTo(page, 'Create')
  await page.keyboard.press('Space')
  await page.getByRole('heading', { name: 'By hand' }).waitFor()
  await page.waitForFunction(() => document.activeElement?.textContent === 'By hand')
  await page.getByText('At 09:00').waitFor()
  await close()
})

test('the focus stays while the page is updated', async () => {
  const { page, close } = await openConsole(browser, sandbox.url, { hash: '#/agents' })
  await page.getByRole('button', { name: 'Run Morning digest now' }).focus()
  const { IBLAI_API_KEY } = await sandbox.environment()
  const change = (/** @type {string} */ title) => fetch(`${sandbox.url}/api/ai-mentor/orgs/acme/users/ada/periodic-agents/2/`, {
    method: 'PATCH', headers: { Authorization: `Api-Token ${IBLAI_API_KEY}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ title }),
  })
  await change('Evening digest')
  await page.getByRole('link', { name: 'Evening digest' }).waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Run Evening digest now')
  await change('Morning digest')
  await close()
})
