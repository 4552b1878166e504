// @ts-check
// Dialogs. There is one at a time, which the store names.

/** @import {Children} from './element.js' */

import { Component, h, newID } from './element.js'
import { button } from './parts.js'
import { openDialog, state } from './store.js'

/**
 * A dialog. It closes with Escape, and the focus goes back to where it was.
 *
 * @extends {Component<{heading: Children, size?: string, children?: any}>}
 */
export class Dialog extends Component {
  id = newID()
  before = document.activeElement
  opened = state.dialog
  focused = false
  /** @type {HTMLDialogElement | null} */
  element = null

  componentDidMount() {
    this.element?.showModal()
    this.focus()
  }

  componentDidUpdate() {
    this.focus()
  }

  /** Moves the focus to the first field, which may have had to be loaded. */
  focus() {
    const first = this.element?.querySelector('[data-first]')
    if (this.focused || !(first instanceof HTMLElement)) return
    this.focused = true
    first.focus()
  }

  componentWillUnmount() {
    if (this.before instanceof HTMLElement && this.before.isConnected) this.before.focus()
  }

  closed() {
    if (state.dialog === this.opened) openDialog(null) // another one may have been opened meanwhile
  }

  render() {
    const { heading, size, children } = this.props
    return h('dialog', { ref: (/** @type {any} */ element) => { this.element = element }, class: size, 'aria-labelledby': this.id, onClose: () => this.closed() }, h('h2', { id: this.id }, heading), children)
  }
}

/**
 * Asks before something is done that can't be undone.
 *
 * @param {{heading: string, text: string, action: string, run: () => void}} question
 */
export function confirm(question) {
  openDialog({ kind: 'confirm', question })
}

/** @param {{heading: string, text: string, action: string, run: () => void}} question */
export function confirmDialog({ heading, text, action, run }) {
  const yes = () => {
    openDialog(null)
    run()
  }
  return h(Dialog, { heading, size: 'small' }, h('p', null, text),
    h('div', { class: 'row end' },
      h('button', { type: 'button', 'data-first': '', onClick: () => openDialog(null) }, 'Cancel'),
      button(action, yes, { kind: 'danger' })))
}
