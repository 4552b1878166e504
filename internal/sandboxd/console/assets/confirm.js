// @ts-check
// Asks before something is done that can't be undone.

import { h, newID } from './dom.js'

/**
 * Resolves with whether it shall be done.
 *
 * @param {{title: string, text: string, action: string}} question
 * @returns {Promise<boolean>}
 */
export function confirm({ title, text, action }) {
  const heading = newID()
  const dialog = h('dialog', { class: 'small', 'aria-labelledby': heading },
    h('h2', { id: heading }, title),
    h('p', null, text),
    h('div', { class: 'row end' },
      h('button', { type: 'button', autofocus: true, on: { click: () => dialog.close() } }, 'Cancel'),
      h('button', { type: 'button', class: 'danger', on: { click: () => dialog.close('yes') } }, action)))
  document.body.append(dialog)
  dialog.showModal()
  return new Promise(resolve => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })
  })
}
