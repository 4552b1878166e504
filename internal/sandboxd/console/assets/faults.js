// @ts-check
// What goes wrong on purpose.

/** @import {Fault, Faults, View} from './types.js' */
/** @import {Kind} from './fault_fields.js' */

import { control, parse } from './api.js'
import { h, newID, replace } from './dom.js'
import { faultWords, presets, sameFault } from './fault_fields.js'
import { openFaultForm } from './fault_form.js'
import { button, card, foreign } from './parts.js'
import { toast, toastFailure } from './toast.js'

/** Faults that are off: the server only knows those that are on. Gone with the page. @type {Faults} */
const off = { requests: [], deliveries: [] }

/** @type {[Kind, string][]} */
const kinds = [['requests', 'Requests'], ['deliveries', 'Deliveries']]

/** @returns {View} */
export function faultsPage() {
  /** @type {Faults} */
  let on = { requests: [], deliveries: [] }
  /** @type {Promise<void>} */
  let latest = Promise.resolve()
  const lists = h('div')
  const editor = documentEditor(put)
  const element = h('div', null,
    h('h1', { tabindex: -1 }, 'Faults'),
    h('p', { class: 'muted lead' }, 'They affect requests to the platform, but not this console’s. Each change resets all counters.'),
    lists, editor.element)
  return {
    title: 'Faults',
    element,
    kinds: [],
    load: async signal => {
      show(await control('/faults', { signal }))
    },
  }

  /** @param {Faults} faults */
  function show(faults) {
    on = { requests: faults.requests ?? [], deliveries: faults.deliveries ?? [] }
    replace(lists, kinds.map(([kind, name]) => card(name, presetList(kind), ownList(kind), h('div', { class: 'row' },
      button(`Add a fault of ${kind}…`, () => openFaultForm(kind, {}, fault => change(kind, all => [...all, fault]))),
      on[kind].length > 0 && button(`Turn off all of ${kind}`, () => turn(kind, () => []))))))
    editor.update(on)
  }

  /** Sets all faults; rejects with what is wrong. @param {Faults} faults */
  async function put(faults) {
    show(await control('/faults', { method: 'PUT', body: faults }))
    toast(`Faults that are on: ${on.requests.length + on.deliveries.length}.`)
  }

  /**
   * Changes the faults of a kind, one change after the other: each is made to what the one before
   * has left. Rejects with what is wrong.
   *
   * @param {Kind} kind
   * @param {(faults: Fault[]) => Fault[]} make
   */
  function change(kind, make) {
    const changed = latest.then(() => put({ ...on, [kind]: make(on[kind]) }))
    latest = changed.catch(() => {})
    return changed
  }

  /** @param {Kind} kind @param {(faults: Fault[]) => Fault[]} make */
  function turn(kind, make) {
    change(kind, make).catch(error => {
      toastFailure(error)
      show(on)
    })
  }

  /** @param {Kind} kind */
  function presetList(kind) {
    return h('ul', { class: 'faults' }, presets.filter(preset => preset.kind === kind).map(({ name, text, fault }) => {
      const isOn = on[kind].some(other => sameFault(other, fault))
      return item(name, text, isOn, () => turn(kind, all => isOn ? all.filter(other => !sameFault(other, fault)) : [...all, fault]))
    }))
  }

  /** Those that are no presets. @param {Kind} kind */
  function ownList(kind) {
    /** @param {Fault} fault */
    const own = fault => !presets.some(preset => preset.kind === kind && sameFault(preset.fault, fault))
    const rows = [
      ...on[kind].filter(own).map(fault => ({ fault, isOn: true })),
      ...off[kind].map(fault => ({ fault, isOn: false })),
    ]
    if (rows.length === 0) return null
    return h('ul', { class: 'faults' }, rows.map(({ fault, isOn }, index) => {
      /** @param {Fault[]} all */
      const others = all => all.filter(other => !sameFault(other, fault))
      const park = () => { off[kind] = [...off[kind], fault] }
      const unpark = () => { off[kind] = off[kind].filter(other => other !== fault) }
      const toggle = () => {
        if (isOn) park()
        else unpark()
        turn(kind, all => isOn ? others(all) : [...all, fault])
      }
      const number = index + 1
      return item(`Own fault ${number}`, faultWords(kind, fault), isOn, toggle,
        button('Edit…', () => openFaultForm(kind, fault, async next => {
          await change(kind, all => [...others(all), next])
          unpark()
        }), { focus: `edit-${kind}-${number}`, label: `Edit… own fault ${number}` }),
        button('Remove', () => {
          unpark()
          turn(kind, others)
        }, { focus: `remove-${kind}-${number}`, label: `Remove own fault ${number}` }))
    }))
  }
}

/**
 * @param {string} name
 * @param {string} text
 * @param {boolean} on
 * @param {() => void} turn
 * @param {...HTMLElement} actions
 */
function item(name, text, on, turn, ...actions) {
  const id = newID()
  return h('li', null,
    h('input', { type: 'checkbox', role: 'switch', id, checked: on, 'aria-describedby': `${id}-text`, 'data-focus': `switch-${name}`, on: { change: turn } }),
    h('label', { for: id }, name), h('span', { class: 'muted', id: `${id}-text` }, foreign(text)), h('span', { class: 'row tight' }, actions))
}

/**
 * The whole document, as JSON.
 *
 * @param {(faults: Faults) => Promise<void>} put
 */
function documentEditor(put) {
  const text = h('textarea', { rows: 12, class: 'code', spellcheck: 'false', 'aria-label': 'All faults as JSON' })
  const wrong = h('p', { class: 'fault', role: 'alert' })
  const apply = async () => {
    const faults = parse(text.value)
    try {
      if (faults === undefined) throw new Error('This is not JSON.')
      await put(/** @type {Faults} */ (faults))
      wrong.textContent = ''
    } catch (error) {
      wrong.textContent = error instanceof Error ? error.message : String(error)
    }
  }
  const element = h('details', { class: 'card' }, h('summary', null, 'All that are on, as JSON'),
    text, wrong, h('div', { class: 'row' }, button('Apply', () => void apply())))
  return {
    element,
    /** @param {Faults} faults */
    update: faults => {
      if (document.activeElement !== text) text.value = JSON.stringify(faults, null, 2)
    },
  }
}
