// @ts-check
// Creates or edits an agent, in a dialog. What is wrong, the server says: the form checks nothing.

/** @import {Agent, Mentor} from './types.js' */

import { Failure, platform } from './api.js'
import { bodyOf, valuesOf } from './agent_fields.js'
import { agentFormParts } from './agent_form_parts.js'
import { h, newID, replace } from './dom.js'
import { allMentors } from './mentor_list.js'
import { faultsOf } from './refusal.js'
import { address } from './router.js'
import { toast, toastFailure } from './toast.js'

/** Opens the form, of a new agent if no id is given. @param {number} [id] */
export async function openAgentForm(id) {
  try {
    /** @type {[Mentor[], Agent | undefined]} */
    const [mentors, agent] = await Promise.all([
      allMentors(),
      id === undefined ? undefined : platform(`/periodic-agents/${id}/`),
    ])
    show(mentors, agent)
  } catch (error) {
    toastFailure(error)
  }
}

/**
 * @param {Mentor[]} mentors
 * @param {Agent | undefined} agent
 */
function show(mentors, agent) {
  const initial = valuesOf(agent)
  if (!agent) initial.mentor = mentors[0]?.unique_id ?? ''
  const { fields, element, close } = agentFormParts(mentors, initial)
  const values = () => Object.fromEntries([...fields].map(([path, field]) => [path, field.value]))
  const before = values() // as the fields write them
  const heading = newID()
  const whole = h('div', { role: 'alert' })
  const submit = h('button', { type: 'submit', class: 'primary' }, agent ? 'Save' : 'Create')
  const form = h('form', { novalidate: true, on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); void save() } } },
    h('h2', { id: heading }, agent ? 'Edit the agent' : 'New agent'),
    element, whole,
    h('div', { class: 'row end' }, h('button', { type: 'button', on: { click: () => dialog.close() } }, 'Cancel'), submit))
  const dialog = h('dialog', { class: 'large', 'aria-labelledby': heading, on: { close: () => { close(); dialog.remove() } } }, form)
  document.body.append(dialog)
  dialog.showModal()
  fields.get('title')?.control.focus()

  const save = async () => {
    if (submit.disabled) return
    submit.disabled = true
    try {
      /** @type {Agent} */
      const saved = agent
        ? await platform(`/periodic-agents/${agent.id}/`, { method: 'PATCH', body: bodyOf(values(), before) })
        : await platform('/periodic-agents/', { method: 'POST', body: bodyOf(values(), undefined) })
      dialog.close()
      toast(agent ? 'The agent is saved.' : `Agent ${saved.id} is created.`)
      if (!agent) location.hash = address('agents', saved.id)
    } catch (error) {
      refuse(error)
    } finally {
      submit.disabled = false
    }
  }

  /** @param {unknown} error */
  const refuse = error => {
    const faults = error instanceof Failure && error.status === 400 ? faultsOf(error.body) : new Map()
    for (const [path, field] of fields) {
      field.refuse(faults.get(path) ?? [])
      faults.delete(path)
    }
    const rest = [...faults].map(([path, messages]) => `${path && `${path}: `}${messages.join(' ')}`)
    const first = [...fields.values()].find(field => field.control.hasAttribute('aria-invalid'))
    if (!first && rest.length === 0) rest.push(error instanceof Error ? error.message : String(error))
    replace(whole, rest.map(text => h('p', { class: 'fault' }, text)))
    first?.control.focus()
  }
}
