// @ts-check
// A field of a form: its label, its control, a hint, and what the server has against its value.

import { h, newID } from './dom.js'

/** @import {Child} from './dom.js' */
/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */

/** One field. */
export class FormField {
  /**
   * @param {string} label
   * @param {Control} control
   * @param {{hint?: string, required?: boolean, beside?: Child, kind?: string}} [how]
   */
  constructor(label, control, { hint, required = false, beside, kind = '' } = {}) {
    const id = newID()
    this.control = control
    this.fault = h('p', { class: 'fault', id: `${id}-fault` })
    this.hint = hint ? h('p', { class: 'hint', id: `${id}-hint` }, hint) : null
    control.id = id
    if (required) control.setAttribute('aria-required', 'true')
    const name = h('label', { for: id }, label, required && h('span', { class: 'muted', 'aria-hidden': 'true' }, ' *'))
    const box = control instanceof HTMLInputElement && control.type === 'checkbox'
    this.element = h('div', { class: `field ${box ? 'box' : ''} ${kind}` },
      box ? [control, name] : [name, beside ? h('div', { class: 'row tight' }, control, beside) : control],
      this.hint, this.fault)
    this.#describe()
  }

  get value() {
    return this.control instanceof HTMLInputElement && this.control.type === 'checkbox' ? this.control.checked : this.control.value
  }

  /** @param {string | boolean} value */
  set value(value) {
    if (this.control instanceof HTMLInputElement && this.control.type === 'checkbox') this.control.checked = value === true
    else this.control.value = String(value)
  }

  /** Shows what is wrong; nothing if there are no messages. @param {string[]} messages */
  refuse(messages) {
    this.fault.textContent = messages.join(' ')
    if (messages.length > 0) this.control.setAttribute('aria-invalid', 'true')
    else this.control.removeAttribute('aria-invalid')
    this.#describe()
  }

  #describe() {
    const ids = [this.fault.textContent ? this.fault.id : '', this.hint?.id ?? ''].filter(Boolean)
    if (ids.length > 0) this.control.setAttribute('aria-describedby', ids.join(' '))
    else this.control.removeAttribute('aria-describedby')
  }
}
