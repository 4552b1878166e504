// @ts-check
// Adds or edits a fault rule.

/** @import {Field} from './form.js' */
/** @import {Fault, Values} from './types.js' */
/** @import {FaultField, Kind} from './fault_fields.js' */

import { control } from './api.js'
import { utc } from './agent_fields.js'
import { AgentPicker } from './agent_picker.js'
import { Dialog } from './dialog.js'
import { h } from './element.js'
import { faultFields } from './fault_fields.js'
import { Form } from './form.js'
import { goDuration, parseNumber } from './format.js'
import { openDialog, toast } from './store.js'

/** @param {Kind} kind @param {Fault} [rule] */
export function openFaultForm(kind, rule) {
  openDialog({ kind: 'fault', target: kind, rule })
}

/** @param {Kind} kind @param {Fault | undefined} rule */
export function faultDialog(kind, rule) {
  /** @type {Values} */
  const initial = {}
  for (const { path, kind: type } of faultFields[kind]) initial[path] = type === 'check' ? rule?.[path] === true : String(rule?.[path] ?? '').replace(type === 'time' ? /Z$/ : '', '')
  const id = rule ? String(rule['id']) : `custom-${Date.now().toString(36)}`
  return h(Dialog, { heading: kind === 'requests' ? 'Custom rule for requests' : 'Custom rule for deliveries', size: 'large' },
    h('p', { class: 'muted' }, 'Empty fields have no effect.'),
    h(Form, {
      draft: `fault ${kind} ${rule?.['id'] ?? ''}`, fields: faultFields[kind].map(formField), initial, action: rule ? 'Save' : 'Turn on',
      cancel: () => openDialog(null),
      submit: async values => {
        await control(`/faults/${kind}/${id}`, { method: 'PUT', body: ruleOf(kind, values) })
        openDialog(null)
        toast(rule ? 'The rule was saved.' : 'The rule is active.')
      },
    }))
}

/** @param {FaultField} field @returns {Field} */
function formField({ path, label, kind, choices, hint }) {
  const field = { path, label, ...hint && { hint } }
  switch (kind) {
    case 'check': case 'long': case 'time': return { ...field, type: kind }
    case 'choice': return { ...field, type: 'choice', choices: ['', ...choices ?? []].map(value => ({ value, name: value || '–' })) }
    case 'number': return { ...field, inputmode: 'decimal' }
    case 'agent': return {
      ...field,
      control: (form, id, attributes) => h(AgentPicker, { id, attributes, value: String(form.state.values[path] ?? ''), change: value => form.set(path, value) }),
    }
  }
  return field
}

/** The rule of the form's values. @param {Kind} kind @param {Values} values */
function ruleOf(kind, values) {
  /** @type {Record<string, unknown>} */
  const rule = {}
  for (const { path, kind: type } of faultFields[kind]) {
    const value = values[path]
    if (value === undefined || value === '' || value === false) continue
    if (type === 'number' || type === 'agent') rule[path] = parseNumber(String(value))
    else if (type === 'time') rule[path] = utc(String(value))
    else rule[path] = type === 'duration' ? goDuration(String(value)) : value
  }
  return rule
}
