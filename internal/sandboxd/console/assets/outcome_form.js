// @ts-check
// Runs an agent with a chosen outcome.

import { runAgent } from './agent_actions.js'
import { Dialog } from './dialog.js'
import { h } from './element.js'
import { Form } from './form.js'
import { goDuration } from './format.js'
import { foreign, statuses } from './parts.js'
import { openDialog } from './store.js'

/** @param {number} id @param {string} title */
export function outcomeDialog(id, title) {
  return h(Dialog, { heading: ['Run ', foreign(title), ' with an outcome'] }, h(Form, {
    draft: `outcome ${id}`, action: 'Run', cancel: () => openDialog(null),
    initial: { status: 'success', output: '', log: '', duration: '' },
    fields: [
      { path: 'status', label: 'Status', type: 'choice', choices: statuses.slice(0, 3), hint: 'A run with the status running never finishes.' },
      { path: 'output', label: 'Output', type: 'long' },
      { path: 'log', label: 'Log', type: 'long' },
      { path: 'duration', label: 'Duration', placeholder: '3 s', hint: 'Such as 1.5 s or 2 min; no time if empty.' },
    ],
    submit: async values => {
      openDialog(null)
      const { duration, ...rest } = values
      const outcome = Object.fromEntries(Object.entries({ ...rest, duration: goDuration(String(duration)) }).filter(([, value]) => value !== '').map(([name, value]) => [name, String(value)]))
      await runAgent(id, outcome)
    },
    layout: form => h('div', { class: 'form' }, ['status', 'output', 'log', 'duration'].map(path => form.field(path))),
  }))
}
