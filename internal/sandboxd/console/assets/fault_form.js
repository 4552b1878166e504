// @ts-check
// Adds or edits one fault, in a dialog.

/** @import {Fault} from './types.js' */
/** @import {Field, Kind} from './fault_fields.js' */
/** @import {Control} from './form_field.js' */

import { faultFields } from './fault_fields.js'
import { h, newID } from './dom.js'
import { FormField } from './form_field.js'

/**
 * @param {Kind} kind
 * @param {Fault} fault
 * @param {(fault: Fault) => Promise<void>} save rejects with what is wrong
 */
export function openFaultForm(kind, fault, save) {
  const heading = newID()
  const whole = h('p', { class: 'fault', role: 'alert' })
  const fields = faultFields[kind].map(field => ({ field, control: formField(field, fault[field.name]) }))
  const submit = async () => {
    /** @type {Fault} */
    const next = {}
    for (const { field, control } of fields) {
      const { value } = control
      if (value !== '' && value !== false) next[field.name] = field.type === 'number' && !Number.isNaN(Number(value)) ? Number(value) : value
    }
    try {
      await save(next)
      dialog.close()
    } catch (error) {
      whole.textContent = error instanceof Error ? error.message : String(error)
    }
  }
  const dialog = h('dialog', { class: 'large', 'aria-labelledby': heading, on: { close: () => dialog.remove() } },
    h('form', { novalidate: true, on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); void submit() } } },
      h('h2', { id: heading }, kind === 'requests' ? 'A fault of requests' : 'A fault of deliveries'),
      h('p', { class: 'muted' }, 'What is left empty does not apply.'),
      h('div', { class: 'form grid' }, fields.map(({ control }) => control.element)), whole,
      h('div', { class: 'row end' },
        h('button', { type: 'button', on: { click: () => dialog.close() } }, 'Cancel'),
        h('button', { type: 'submit', class: 'primary' }, 'Turn on'))))
  document.body.append(dialog)
  dialog.showModal()
}

/**
 * @param {Field} field
 * @param {string | number | boolean | undefined} value
 */
function formField({ label, type, choices, hint }, value) {
  /** @type {Control} */
  let control
  if (type === 'choice') control = h('select', null, ['', ...choices ?? []].map(choice => h('option', { value: choice }, choice || '–')))
  else if (type === 'long') control = h('textarea', { rows: 2, class: 'code' })
  else control = h('input', { type: type === 'flag' ? 'checkbox' : 'text', autocomplete: 'off', inputmode: type === 'number' ? 'decimal' : null })
  const field = new FormField(label, control, hint ? { hint } : {})
  if (value !== undefined) field.value = typeof value === 'number' ? String(value) : value
  return field
}
