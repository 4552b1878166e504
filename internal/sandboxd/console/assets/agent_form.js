// @ts-check
// Creates or edits an agent.

/** @import {Field, Form as FormType} from './form.js' */
/** @import {Agent, Mentor, Page, Values} from './types.js' */

import { platform } from './api.js'
import { bodyOf, valuesOf } from './agent_fields.js'
import { AgentPicker } from './agent_picker.js'
import { Dialog } from './dialog.js'
import { h } from './element.js'
import { Form } from './form.js'
import { button, loading, statuses } from './parts.js'
import { read } from './resources.js'
import { address } from './router.js'
import { crontabFields, Explanation } from './schedule.js'
import { openDialog, status, toast } from './store.js'

const MENTORS = 100

/** Opens the form, for a new agent if there is none. @param {Agent} [agent] as it is now */
export function openAgentForm(agent) {
  openDialog({ kind: 'agent', agent })
}

/** @param {Agent | undefined} agent */
export function agentDialog(agent) {
  const heading = agent ? 'Edit the agent' : 'New agent'
  /** @type {{value?: Page<Mentor>, error: unknown}} */
  const { value: mentors, error } = read('mentors', '/', { api: 'platform', query: { page_size: MENTORS } })
  if (!mentors) return h(Dialog, { key: 'agent', heading, size: 'large' }, loading(error))
  const initial = valuesOf(agent, { mentor: mentors.results[0]?.unique_id ?? '', callback: status().inbox_url })
  return h(Dialog, { key: 'agent', heading, size: 'large' }, h(Form, {
    draft: agent ? `agent ${agent.id}` : 'new agent', fields: fields(mentors.results), initial,
    action: agent ? 'Save' : 'Create', cancel: () => openDialog(null), submit: values => save(agent, values, initial), layout,
  }))
}

/** @param {Agent | undefined} agent @param {Values} values @param {Values} initial */
async function save(agent, values, initial) {
  /** @type {Agent} */
  const saved = agent
    ? await platform(`/periodic-agents/${agent.id}/`, { method: 'PATCH', body: bodyOf(values, initial) })
    : await platform('/periodic-agents/', { method: 'POST', body: bodyOf(values, undefined) })
  openDialog(null)
  toast(agent ? 'The agent was saved.' : `Agent ${saved.id} was created.`)
  if (!agent) location.hash = address('agents', saved.id)
}

/** @param {Mentor[]} mentors @returns {Field[]} */
function fields(mentors) {
  return [
    { path: 'title', label: 'Title', required: true },
    { path: 'mentor', label: 'Mentor', type: 'choice', required: true, choices: mentors.map(({ unique_id, name }) => ({ value: unique_id, name })) },
    { path: 'description', label: 'Description' },
    { path: 'prompt', label: 'Prompt', type: 'long' },
    ...crontabFields.map(({ field, label, range }) => ({ path: `task.crontab.${field}`, label, hint: range, class: 'code' })),
    { path: 'task.enabled', label: 'Enabled', type: 'check', hint: 'A disabled agent runs only on request.' },
    { path: 'task.one_off', label: 'Run once', type: 'check', hint: 'The agent is disabled after its next run.' },
    { path: 'task.start_time', label: 'Start time (UTC)', type: 'time', hint: 'The agent does not run before this time.' },
    {
      path: 'callback_url', label: 'Callback URL', inputmode: 'url', class: 'code', hint: 'Receives a callback for each finished run.',
      beside: form => button('Inbox', () => form.set('callback_url', status().inbox_url), { label: 'Use the inbox of the sandbox' }),
    },
    { path: 'callback_secret', label: 'Callback secret', type: 'password', hint: 'Signs callbacks.', beside: secretButtons },
    {
      path: 'previous_agent', label: 'Previous agent',
      control: (form, id, attributes) => h(AgentPicker, { id, attributes, value: String(form.state.values['previous_agent'] ?? ''), change: value => form.set('previous_agent', value) }),
    },
    { path: 'previous_agent_status', label: 'Required status', type: 'choice', choices: statuses, hint: 'The agent runs if the latest run of the previous agent has this status.' },
  ]
}

/** @param {FormType} form */
function layout(form) {
  /** @param {string[]} paths */
  const some = paths => paths.map(path => form.field(path))
  return h('div', { class: 'form' },
    some(['title', 'mentor', 'description', 'prompt']),
    h('fieldset', null, h('legend', null, 'Schedule'),
      h('div', { class: 'crontab' }, some(crontabFields.map(({ field }) => `task.crontab.${field}`))),
      h(Explanation, { values: form.state.values }),
      h('div', { class: 'pair' }, some(['task.enabled', 'task.one_off'])), some(['task.start_time'])),
    h('fieldset', null, h('legend', null, 'Callback'), some(['callback_url', 'callback_secret'])),
    h('fieldset', null, h('legend', null, 'Chain'), h('div', { class: 'pair' }, some(['previous_agent', 'previous_agent_status']))))
}

/** @param {FormType} form */
function secretButtons(form) {
  const { shown } = form.state
  const generate = () => {
    form.set('callback_secret', [...crypto.getRandomValues(new Uint8Array(24))].map(byte => byte.toString(16).padStart(2, '0')).join(''))
    form.show(true)
  }
  return [button(shown ? 'Hide' : 'Show', () => form.show(!shown)), button('Generate', generate)]
}
