// @ts-check
// The fields of the form for agents.

/** @import {Agent, Meaning, Mentor, Page} from './types.js' */
/** @import {Values} from './agent_fields.js' */

import { control, platform } from './api.js'
import { h, newID, replace } from './dom.js'
import { FormField } from './form_field.js'
import { statusName } from './parts.js'
import { crontabFields, meaningBlock } from './schedule.js'
import { options } from './toolbar.js'

const TYPING = 200
const NEXT = 3

/**
 * @param {Mentor[]} mentors
 * @param {Values} values what the fields have at first
 */
export function agentFormParts(mentors, values) {
  const closing = new AbortController()
  const secret = input({ type: 'password' })
  const previous = input()
  const choices = mentors.map(mentor => ({ value: mentor.unique_id, name: mentor.name }))
  /** @type {Map<string, FormField>} */
  const fields = new Map([
    ['title', new FormField('Title', input(), { required: true })],
    ['mentor', new FormField('Mentor', h('select', null, options(choices, String(values.mentor))), { required: true })],
    ['description', new FormField('Description', input())],
    ['prompt', new FormField('Prompt', h('textarea', { rows: 4 }))],
    ...crontabFields.map(({ field, label, range }) => /** @type {[string, FormField]} */ (
      [`task.crontab.${field}`, new FormField(label, input({ class: 'code' }), { hint: range })])),
    ['task.enabled', new FormField('On', input({ type: 'checkbox' }), { hint: 'Off, it only runs when it is told to.' })],
    ['task.one_off', new FormField('Once', input({ type: 'checkbox' }), { hint: 'It turns itself off after its next run.' })],
    ['task.start_time', new FormField('Starts after (UTC)', input({ type: 'datetime-local', step: 1 }))],
    ['callback_url', new FormField('Callback URL', input({ inputmode: 'url', class: 'code' }), { hint: 'Where each run that is over is posted.' })],
    ['callback_secret', new FormField('Callback secret', secret, { hint: 'Signs what is posted.', beside: secretButtons(secret) })],
    ['previous_agent', new FormField('Previous agent’s id', previous, { hint: 'Type an id, or a title to choose from.', beside: agentChoices(previous, closing.signal) })],
    ['previous_agent_status', new FormField('Runs after its', h('select', null, options(
      ['success', 'error', 'running', 'pending'].map(value => ({ value, name: statusName(value) })), String(values.previous_agent_status))))],
  ])
  for (const [path, field] of fields) field.value = values[path] ?? ''

  const meaning = h('div', { class: 'meaning-place' })
  const spoken = h('p', { class: 'unseen', role: 'status' })
  explain(fields, meaning, spoken, closing.signal)

  /** @param {string[]} paths */
  const some = paths => paths.map(path => fields.get(path)?.element)
  const element = h('div', { class: 'form' },
    some(['title', 'mentor', 'description', 'prompt']),
    h('fieldset', null, h('legend', null, 'Schedule'),
      h('div', { class: 'crontab' }, some(crontabFields.map(({ field }) => `task.crontab.${field}`))), meaning, spoken,
      h('div', { class: 'pair' }, some(['task.enabled', 'task.one_off'])), some(['task.start_time'])),
    h('fieldset', null, h('legend', null, 'Callback'), some(['callback_url', 'callback_secret'])),
    h('fieldset', null, h('legend', null, 'Chain'), h('div', { class: 'pair' }, some(['previous_agent', 'previous_agent_status']))))
  return { fields, element, close: () => closing.abort() }
}

/** @param {Record<string, unknown>} [props] */
function input(props = {}) {
  return h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', ...props })
}

/** @param {HTMLInputElement} secret */
function secretButtons(secret) {
  const toggle = h('button', {
    type: 'button', on: {
      click: () => {
        secret.type = secret.type === 'password' ? 'text' : 'password'
        toggle.textContent = secret.type === 'password' ? 'Show' : 'Hide'
      },
    },
  }, 'Show')
  const make = () => {
    secret.value = [...crypto.getRandomValues(new Uint8Array(24))].map(byte => byte.toString(16).padStart(2, '0')).join('')
    secret.type = 'text'
    toggle.textContent = 'Hide'
  }
  return [toggle, h('button', { type: 'button', on: { click: make } }, 'Make one')]
}

/**
 * Offers, for an input, the agents whose texts have what is typed.
 *
 * @param {HTMLInputElement} field
 * @param {AbortSignal} signal
 */
function agentChoices(field, signal) {
  const list = h('datalist', { id: newID() })
  field.setAttribute('list', list.id)
  const offer = debounced(async inner => {
    /** @type {Page<Agent>} */
    const { results } = await platform('/periodic-agents/', {
      query: { search: /^\d+$/.test(field.value) ? '' : field.value, page_size: 20 }, signal: inner,
    })
    replace(list, results.map(agent => h('option', { value: String(agent.id), label: agent.title })))
  }, signal)
  field.addEventListener('focus', () => offer(0), { once: true })
  field.addEventListener('input', () => offer(TYPING))
  return list
}

/**
 * Says what the crontab means, as one types.
 *
 * @param {Map<string, FormField>} fields
 * @param {HTMLElement} place
 * @param {HTMLElement} spoken what is read out: times that go on would be read again and again
 * @param {AbortSignal} signal
 */
function explain(fields, place, spoken, signal) {
  const say = debounced(async inner => {
    const query = Object.fromEntries(crontabFields.map(({ field }) => [field, String(fields.get(`task.crontab.${field}`)?.value ?? '')]))
    /** @type {Meaning} */
    const meaning = await control('/crontab', { query: { ...query, n: NEXT }, signal: inner })
    replace(place, meaningBlock(meaning))
    spoken.textContent = [meaning.description, ...meaning.findings.map(finding => finding.reason)].join(' ')
  }, signal)
  for (const { field } of crontabFields) fields.get(`task.crontab.${field}`)?.control.addEventListener('input', () => say(TYPING))
  say(0)
}

/**
 * Calls work some time after the last call; what is still going on then is given up. A failure
 * is no harm: what is fetched is only help.
 *
 * @param {(signal: AbortSignal) => Promise<void>} work
 * @param {AbortSignal} signal
 */
function debounced(work, signal) {
  let timer = 0
  let present = new AbortController()
  return (/** @type {number} */ delay) => {
    clearTimeout(timer)
    present.abort()
    present = new AbortController()
    const both = AbortSignal.any([signal, present.signal])
    timer = setTimeout(() => {
      work(both).catch(error => { if (!both.aborted) console.warn(error) })
    }, delay)
  }
}
