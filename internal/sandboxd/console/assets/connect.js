// @ts-check
// What a program needs to connect, and the way back to how the sandbox was started.

import { control } from './api.js'
import { confirm } from './confirm.js'
import { h } from './dom.js'
import { button, card } from './parts.js'
import { account, status } from './state.js'
import { copyText } from './text.js'
import { toast, toastFailure } from './toast.js'

export function connectCard() {
  const { org, username, api_key } = account()
  const lines = [
    ['IBLAI_BASE_URL', status().url],
    ['IBLAI_API_KEY', api_key],
    ['IBLAI_ORG', org],
    ['IBLAI_USERNAME', username],
  ]
  const text = lines.map(([name, value]) => `export ${name}=${value}`).join('\n')
  return card('Connect a program',
    h('dl', { class: 'facts code' }, lines.map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value)))),
    h('div', { class: 'row' },
      button('Copy as shell', () => void copyText(text)),
      button('Reset…', () => void reset()),
      seedButton()))
}

async function reset() {
  const sure = await confirm({
    title: 'Reset the sandbox?',
    text: 'Agents, runs, deliveries and the journal become what they were when it was started.',
    action: 'Reset',
  })
  if (!sure) return
  try {
    await control('/reset', { method: 'POST', body: {} })
    toast('The sandbox is as it was started.')
  } catch (error) {
    toastFailure(error)
  }
}

/** Takes a seed from a file. */
function seedButton() {
  const input = h('input', {
    type: 'file',
    class: 'unseen',
    accept: '.yaml,.yml,.json',
    tabindex: -1,
    'aria-label': 'Seed',
    on: { change: () => void seed(input) },
  })
  return [button('Load a seed…', () => input.click()), input]
}

/** @param {HTMLInputElement} input */
async function seed(input) {
  const file = input.files?.[0]
  if (!file) return
  try {
    await control('/seed', { method: 'POST', yaml: await file.text() })
    toast(`The sandbox was replaced by ${file.name}.`)
  } catch (error) {
    toastFailure(error)
  }
  input.value = ''
}
