// @ts-check
// The fault rules. Each is a resource of its own, so that tabs and programs don't overwrite each other's.

/** @import {Fault, Faults, Route} from './types.js' */
/** @import {Kind, Preset} from './fault_fields.js' */

import { control, parse } from './api.js'
import { Component, h, newID } from './element.js'
import { isActive, presets, ruleText } from './fault_fields.js'
import { openFaultForm } from './fault_form.js'
import { count, plural } from './format.js'
import { button, card, foreign, loading, tag, title } from './parts.js'
import { read } from './resources.js'
import { address } from './router.js'
import { toast, toastError } from './store.js'

/** @type {[Kind, string][]} */
const kinds = [['requests', 'Request faults'], ['deliveries', 'Delivery faults']]

/** The rules. @returns {{value?: Faults | undefined, error: unknown}} */
function readFaults() {
  return read('faults', '/faults')
}

/** The number of rules that can still apply. */
export function activeFaults() {
  const { value } = readFaults()
  return value ? [...value.requests, ...value.deliveries].filter(isActive).length : 0
}

/** @param {Route} route */
export function faultsPage(route) {
  const { value: faults, error } = readFaults()
  return h('div', null,
    title('Faults'),
    h('p', { class: 'muted lead' }, 'Faults affect requests from programs, but not requests from this console.'),
    faults ? [
      kinds.map(([kind, name]) => h('div', { key: kind }, card(name, ruleList(kind, faults[kind], route), h('div', { class: 'row' },
        button('Add a custom rule…', () => openFaultForm(kind), { label: `Add a custom rule for ${kind}…` }),
        faults[kind].some(isActive) && button('Turn all off', () => void turnAllOff(kind, faults[kind]), { label: `Turn all ${name.toLowerCase()} off` }))))),
      h(Document, { faults }),
    ] : loading(error))
}

/** @param {Kind} kind @param {Fault[]} rules @param {Route} route */
function ruleList(kind, rules, route) {
  const all = presets.filter(preset => preset.kind === kind)
  const custom = rules.filter(rule => !all.some(({ id }) => id === rule['id']))
  const open = route.query.get('rule')
  return h('ul', { class: 'faults' },
    all.map(preset => {
      const rule = rules.find(other => other['id'] === preset.id)
      return h(Rule, { key: preset.id, id: preset.id, name: preset.name, text: preset.text, rule, open: open === preset.id, kind, turn: () => turnPreset(preset, rule) })
    }),
    custom.map(rule => {
      const id = String(rule['id'])
      return h(Rule, {
        key: `custom ${id}`, id, name: `Custom rule ${id}`, text: ruleText(kind, rule), rule, open: open === id, kind,
        turn: () => change(kind, id, { method: 'PATCH', body: { disabled: !rule['disabled'] || null } }),
        actions: [
          button('Edit…', () => openFaultForm(kind, rule), { label: `Edit custom rule ${id}…` }),
          button('Remove', () => void change(kind, id, { method: 'DELETE' }), { label: `Remove custom rule ${id}` }),
        ],
      })
    }))
}

/** @extends {Component<{id: string, name: string, text: string, rule: Fault | undefined, open: boolean, kind: Kind, turn: () => Promise<void>, actions?: any}>} */
class Rule extends Component {
  html = newID()
  /** @type {HTMLElement | null} */
  element = null

  componentDidMount() {
    if (this.props.open) this.element?.scrollIntoView({ block: 'center' })
  }

  render() {
    const { id, name, text, rule, open, kind, turn, actions } = this.props
    const on = rule !== undefined && !rule['disabled']
    return h('li', { ref: element => { this.element = element }, class: open ? 'is-open' : undefined },
      h('input', {
        type: 'checkbox', role: 'switch', id: this.html, checked: on, 'aria-describedby': `${this.html}-text`,
        // The server decides what is on.
        onClick: event => { event.preventDefault(); void turn() },
      }),
      h('label', { for: this.html }, name),
      h('span', { class: 'muted', id: `${this.html}-text` }, foreign(text), ' ', on && counters(rule, kind, id)),
      actions && h('div', { class: 'row tight' }, actions))
  }
}

/** What a rule has done. @param {Fault} rule @param {Kind} kind @param {string} id */
function counters(rule, kind, id) {
  const applied = Number(rule['applied'])
  return h('span', { class: 'tags' },
    applied > 0 && (kind === 'requests' ? h('a', { href: address('requests', '', { fault: id }) }, `${plural(applied, 'hit')}`) : tag(plural(applied, 'hit'))),
    rule['left'] === 0 ? tag('used up') : rule['left'] !== null && tag(`${count(Number(rule['left']))} left`))
}

/** @param {Preset} preset @param {Fault | undefined} rule */
function turnPreset({ kind, id, rule: body }, rule) {
  return change(kind, id, rule && !rule['disabled'] ? { method: 'DELETE' } : { method: 'PUT', body })
}

/** @param {Kind} kind @param {string} id @param {{method: string, body?: unknown}} request */
async function change(kind, id, request) {
  try {
    await control(`/faults/${kind}/${id}`, request)
  } catch (error) {
    toastError(error)
  }
}

/** @param {Kind} kind @param {Fault[]} rules */
async function turnAllOff(kind, rules) {
  await Promise.all(rules.filter(rule => !rule['disabled']).map(rule => {
    const id = String(rule['id'])
    const isPreset = presets.some(preset => preset.kind === kind && preset.id === id)
    return change(kind, id, isPreset ? { method: 'DELETE' } : { method: 'PATCH', body: { disabled: true } })
  }))
}

/**
 * All rules as JSON, to be replaced.
 *
 * @extends {Component<{faults: Faults}, {typed: string | null, error: string}>}
 */
class Document extends Component {
  state = { /** @type {string | null} */ typed: null, error: '' }

  async apply() {
    const value = parse(this.state.typed ?? '')
    try {
      if (value === undefined) throw new Error('This is not valid JSON.')
      await control('/faults', { method: 'PUT', body: value })
      this.setState({ typed: null, error: '' })
      toast('All rules were replaced.')
    } catch (error) {
      this.setState({ error: error instanceof Error ? error.message : String(error) })
    }
  }

  render() {
    const { typed, error } = this.state
    return h('details', { class: 'card' }, h('summary', null, 'All rules as JSON'),
      h('textarea', {
        class: 'code', rows: 12, spellcheck: false, 'aria-label': 'All rules as JSON', 'aria-invalid': error ? 'true' : undefined, 'aria-describedby': 'faults-error',
        value: typed ?? JSON.stringify(this.props.faults, null, 2), onInput: (/** @type {any} */ event) => this.setState({ typed: event.currentTarget.value }),
      }),
      h('p', { class: 'fault', id: 'faults-error', role: 'alert' }, error),
      h('div', { class: 'row' }, button('Replace all rules', () => void this.apply(), { disabled: typed === null }),
        typed !== null && button('Discard', () => this.setState({ typed: null, error: '' }))))
  }
}
