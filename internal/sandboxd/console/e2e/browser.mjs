// A browser with monitored pages: a script error, a violation of the page's policy, a dialog,
// or a request to another host fails the test.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** @typedef {import('./sandbox.mjs').Owner} Owner */

/** @param {Owner} owner */
export async function startBrowser(owner) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  owner.after(() => browser.close())
  return browser
}

/**
 * Opens the console and waits until it is connected. close fails if there was any violation.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {{hash?: string, width?: number, height?: number, theme?: 'light' | 'dark'}} [how]
 */
export async function openConsole(browser, url, { hash = '#/', width = 1280, height = 800, theme = 'light' } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce', serviceWorkers: 'block' })
  /** @type {string[]} */
  const breaches = []
  const page = await openTab(context, url, hash, breaches)
  return {
    page,
    breaches,
    /** Opens another tab of the same browser. @param {string} [at] */
    tab: (at = '#/') => openTab(context, url, at, breaches),
    close: async () => {
      await context.close()
      assert.deepEqual(breaches, [])
    },
  }
}

/**
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} url
 * @param {string} hash
 * @param {string[]} breaches
 */
async function openTab(context, url, hash, breaches) {
  const page = await context.newPage()
  page.setDefaultTimeout(Number(process.env.E2E_TIMEOUT ?? 300_000))
  page.on('dialog', dialog => {
    breaches.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', error => breaches.push(`an error: ${error.stack}`))
  page.on('console', message => {
    // The browser itself logs error responses, which tests provoke.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) breaches.push(message.text())
  })
  page.on('request', request => {
    if (!request.url().startsWith(`${url}/`)) breaches.push(`a request to ${request.url()}`)
  })
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', event => console.error(`against the policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))
  })
  await page.addInitScript(axe)
  await page.goto(`${url}/${hash}`)
  await page.locator('#connection', { hasText: 'Live' }).waitFor()
  await loaded(page)
  return page
}

/** Waits until the page has what it shows. @param {import('playwright-core').Page} page */
export async function loaded(page) {
  await page.locator('#page h1').first().waitFor({ state: 'attached' })
  await page.locator('#page').getByText('Loading…', { exact: true }).first().waitFor({ state: 'detached' })
}

/**
 * The serious violations that axe finds, one per line.
 *
 * @param {import('playwright-core').Page} page
 */
export async function accessibilityFaults(page) {
  return page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ['violations'] })
    return violations
      .filter((/** @type {any} */ violation) => ['serious', 'critical'].includes(violation.impact))
      .map((/** @type {any} */ { id, help, nodes }) => `${id}: ${help}: ${nodes.map((/** @type {any} */ node) => node.html).join(' ').slice(0, 400)}`)
  })
}

/**
 * Presses Tab until the element of this name has the focus.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} name what is read out of it
 */
export async function tabTo(page, name) {
  /** @type {string[]} */
  const passed = []
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const here = await page.evaluate(() => {
      const element = document.activeElement
      if (!(element instanceof HTMLElement)) return ''
      const labels = 'labels' in element ? [.../** @type {HTMLInputElement} */ (element).labels ?? []].map(label => label.textContent).join(' ') : ''
      return (element.getAttribute('aria-label') ?? (labels || element.textContent) ?? '').replace(/ \*$/, '').trim()
    })
    if (here === name) return
    passed.push(here)
  }
  assert.fail(`Tab does not lead to ${name}, only to ${passed.join(', ')}`)
}
