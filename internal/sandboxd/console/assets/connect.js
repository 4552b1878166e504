// @ts-check
// What a program needs to connect, and the ways to another state of the sandbox.

import { confirm } from './dialog.js'
import { h } from './element.js'
import { Canceled, runJob } from './jobs.js'
import { button, card } from './parts.js'
import { shellQuote } from './snippets.js'
import { account, status, toast, toastError } from './store.js'
import { copyText } from './text.js'

export function connectCard() {
  const { org, username, api_key } = account()
  const lines = [
    ['IBLAI_BASE_URL', status().url],
    ['IBLAI_API_KEY', api_key],
    ['IBLAI_ORG', org],
    ['IBLAI_USERNAME', username],
  ]
  const text = lines.map(([name, value]) => `export ${name}=${/^[\w.:/@-]+$/.test(value ?? '') ? value : shellQuote(value ?? '')}`).join('\n')
  return card('Connect a program',
    h('dl', { class: 'facts code' }, lines.map(([name, value]) => h('div', { key: name }, h('dt', null, name), h('dd', null, value)))),
    h('div', { class: 'row' },
      button('Copy as shell', () => void copyText(text)),
      button('Reset…', reset),
      seedButton()))
}

function reset() {
  confirm({
    heading: 'Reset the sandbox?',
    text: 'All agents, runs, deliveries and requests are replaced with those that existed when the program started.',
    action: 'Reset',
    run: async () => {
      try {
        await runJob('/reset', { body: {} })
        toast('The sandbox was reset.')
      } catch (error) {
        if (!(error instanceof Canceled)) toastError(error)
      }
    },
  })
}

function seedButton() {
  /** @type {HTMLInputElement | null} */
  let input = null
  return [
    button('Load a seed…', () => input?.click()),
    h('input', {
      ref: element => { input = element }, type: 'file', class: 'unseen', accept: '.yaml,.yml,.json', tabIndex: -1, 'aria-label': 'Seed',
      onChange: event => void seed(event.currentTarget),
    }),
  ]
}

/** @param {HTMLInputElement} input */
async function seed(input) {
  const file = input.files?.[0]
  if (!file) return
  try {
    const text = await file.text()
    await runJob('/seed', { raw: { type: file.name.toLowerCase().endsWith('.json') ? 'application/json' : 'application/yaml', text } })
    toast(`The seed ${file.name} was loaded.`)
  } catch (error) {
    if (!(error instanceof Canceled)) toastError(error)
  }
  input.value = ''
}
