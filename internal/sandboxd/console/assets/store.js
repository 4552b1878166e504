// @ts-check
// The state of the console: what is open, who is signed in, and what was reported. What the server has is in resources.js.

/** @import {Account, Route, Status} from './types.js' */

const ACCOUNT = 'ibl.ai sandbox: account'

/** @typedef {{id: number, text: string, kind: 'news' | 'error', action?: {name: string, run: () => void}}} Toast */
/** @typedef {{kind: string, [name: string]: any}} Dialog */

export const state = {
  /** @type {'connecting' | 'live' | 'lost'} */
  connection: 'connecting',
  /** @type {Status | null} */
  status: null,
  /** @type {Route} */
  route: { name: '', id: '', query: new URLSearchParams() },
  /** @type {Dialog | null} */
  dialog: null,
  /** @type {Toast[]} */
  toasts: [],
  account: localStorage.getItem(ACCOUNT) ?? '',
}

/** @type {() => void} */
let draw = () => {}
let scheduled = false

/** Sets what draws the page. @param {() => void} f */
export function onUpdate(f) {
  draw = f
}

/** Changes the state, and draws the page soon. @param {Partial<typeof state>} [changes] */
export function update(changes = {}) {
  Object.assign(state, changes)
  if (scheduled) return
  scheduled = true
  setTimeout(() => {
    scheduled = false
    draw()
  })
}

/** @returns {Status} */
export function status() {
  if (!state.status) throw new Error('store: there is no status yet')
  return state.status
}

/** @param {Account} account */
export function accountName({ username, org }) {
  return `${username}@${org}`
}

/**
 * The chosen account, or the first administrator.
 *
 * @returns {Account}
 */
export function account() {
  const { accounts } = status()
  const found = accounts.find(a => accountName(a) === state.account) ?? accounts.find(a => a.admin) ?? accounts[0]
  if (!found) throw new Error('store: the sandbox has no account')
  return found
}

/** @param {string} name */
export function chooseAccount(name) {
  localStorage.setItem(ACCOUNT, name)
  update({ account: name })
}

/** @param {Dialog | null} dialog */
export function openDialog(dialog) {
  update({ dialog })
}

const READING = 6000
const MOST = 4
let toasts = 0

/**
 * Shows a message. An error stays until it is closed.
 *
 * @param {string} text
 * @param {'news' | 'error'} [kind]
 * @param {Toast['action']} [action]
 */
export function toast(text, kind = 'news', action) {
  toasts++
  const shown = { id: toasts, text, kind, ...action && { action } }
  update({ toasts: [...state.toasts, shown].slice(-MOST) })
  if (kind === 'news') setTimeout(() => closeToast(shown.id), action ? 2 * READING : READING)
}

/** @param {number} id */
export function closeToast(id) {
  update({ toasts: state.toasts.filter(other => other.id !== id) })
}

/** Reports an error. @param {unknown} error */
export function toastError(error) {
  console.warn(error)
  toast(error instanceof Error ? error.message : String(error), 'error')
}
