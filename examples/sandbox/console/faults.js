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
  const lists = h('div')
  const editor = documentEditor(put)
  const element = h('div', null,
    h('h1', { tabindex: -1 }, 'Faults'),
    h('p', { class: 'muted lead' }, 'They hit every request to the platform, this console’s too; this page and that of requests make none. All counting begins anew with each change.'),
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
      button(`Add a fault of ${kind}…`, () => openFaultForm(kind, {}, fault => put({ ...on, [kind]: [...on[kind], fault] }))),
      on[kind].length > 0 && button(`Turn off all of ${kind}`, () => void change(kind, []))))))
    editor.update(on)
  }

  /** Sets all faults; rejects with what is wrong. @param {Faults} faults */
  async function put(faults) {
    show(await control('/faults', { method: 'PUT', body: faults }))
    toast(`Faults that are on: ${on.requests.length + on.deliveries.length}.`)
  }

  /** @param {Kind} kind @param {Fault[]} faults */
  async function change(kind, faults) {
    try {
      await put({ ...on, [kind]: faults })
    } catch (error) {
      toastFailure(error)
      show(on)
    }
  }

  /** @param {Kind} kind */
  function presetList(kind) {
    return h('ul', { class: 'faults' }, presets.filter(preset => preset.kind === kind).map(({ name, text, fault }) => {
      const rest = on[kind].filter(other => !sameFault(other, fault))
      const isOn = rest.length < on[kind].length
      return item(name, text, isOn, () => void change(kind, isOn ? rest : [...rest, fault]))
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
      const others = on[kind].filter(other => other !== fault)
      const park = () => { off[kind] = [...off[kind], fault] }
      const unpark = () => { off[kind] = off[kind].filter(other => other !== fault) }
      const turn = () => {
        if (isOn) park()
        else unpark()
        void change(kind, isOn ? others : [...on[kind], fault])
      }
      const number = index + 1
      return item(`Own fault ${number}`, faultWords(kind, fault), isOn, turn,
        button('Edit…', () => openFaultForm(kind, fault, async next => {
          await put({ ...on, [kind]: isOn ? on[kind].map(other => other === fault ? next : other) : [...on[kind], next] })
          unpark()
        }), { focus: `edit-${kind}-${number}`, label: `Edit… own fault ${number}` }),
        button('Remove', () => {
          unpark()
          void change(kind, others)
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
