// @ts-check
// Runs an agent with an outcome of one's choosing.

import { runAgent } from './agent_actions.js'
import { h, newID } from './dom.js'
import { foreign } from './parts.js'

/**
 * @param {number} id
 * @param {string} title
 */
export function openOutcomeForm(id, title) {
  const heading = newID()
  const status = h('select', { id: newID() }, ['success', 'error', 'running'].map(value => h('option', { value }, value)))
  const output = h('textarea', { id: newID(), rows: 3 })
  const log = h('textarea', { id: newID(), rows: 3 })
  const duration = h('input', { id: newID(), placeholder: '3s', size: 8, autocomplete: 'off' })
  /** @param {string} label @param {HTMLElement} control @param {string} [hint] */
  const field = (label, control, hint) => h('div', { class: 'field' }, h('label', { for: control.id }, label), control, hint && h('p', { class: 'hint' }, hint))
  const submit = () => {
    dialog.close()
    /** @type {{status?: string, output?: string, log?: string, duration?: string}} */
    const outcome = { status: status.value }
    if (output.value) outcome.output = output.value
    if (log.value) outcome.log = log.value
    if (duration.value.trim()) outcome.duration = duration.value.trim()
    void runAgent(id, outcome)
  }
  const dialog = h('dialog', { 'aria-labelledby': heading, on: { close: () => dialog.remove() } },
    h('form', { on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); submit() } } },
      h('h2', { id: heading }, 'Run ', foreign(title), ' with an outcome'),
      field('Status', status, 'A run that is running never ends.'),
      field('What the agent says', output),
      field('What the log says', log),
      field('How long it takes', duration, 'Such as 1.5s or 2m; at once if it is empty.'),
      h('div', { class: 'row end' },
        h('button', { type: 'button', on: { click: () => dialog.close() } }, 'Cancel'),
        h('button', { type: 'submit', class: 'primary' }, 'Run'))))
  document.body.append(dialog)
  dialog.showModal()
}
