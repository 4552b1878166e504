// @ts-check
// What a program needs to connect, and the ways to another state of the sandbox.

/** @import {Added} from './types.js' */

import { control } from './api.js'
import { confirm } from './dialog.js'
import { h } from './element.js'
import { plural } from './format.js'
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
      fileButton('Load a seed…', 'Seed', load),
      fileButton('Add from a seed…', 'Addition', add)))
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

/**
 * A button that chooses a file in the format of a seed.
 *
 * @param {string} name
 * @param {string} label
 * @param {(raw: {type: string, text: string}) => Promise<string>} send returns the message for a success
 */
function fileButton(name, label, send) {
  /** @type {HTMLInputElement | null} */
  let input = null
  return [
    button(name, () => input?.click()),
    h('input', {
      ref: element => { input = element }, type: 'file', class: 'unseen', accept: '.yaml,.yml,.json', tabIndex: -1, 'aria-label': label,
      onChange: event => void sendFile(event.currentTarget, send),
    }),
  ]
}

/** @param {HTMLInputElement} input @param {(raw: {type: string, text: string}) => Promise<string>} send */
async function sendFile(input, send) {
  const file = input.files?.[0]
  if (!file) return
  try {
    const text = await file.text()
    toast(await send({ type: file.name.toLowerCase().endsWith('.json') ? 'application/json' : 'application/yaml', text }))
  } catch (error) {
    if (!(error instanceof Canceled)) toastError(error)
  }
  input.value = ''
}

/** Replaces the sandbox. @param {{type: string, text: string}} raw */
async function load(raw) {
  await runJob('/seed', { raw })
  return 'The seed was loaded.'
}

/** Adds objects to the sandbox. @param {{type: string, text: string}} raw */
async function add(raw) {
  /** @type {Added} */
  const added = await control('/add', { method: 'POST', raw })
  const counts = /** @type {[unknown[], string][]} */ ([[added.accounts, 'account'], [added.mentors, 'mentor'], [added.agents, 'agent'], [added.logs, 'log'], [added.sessions, 'chat session']])
  return `Added: ${counts.filter(([{ length }]) => length > 0).map(([{ length }, noun]) => plural(length, noun)).join(', ')}.`
}
