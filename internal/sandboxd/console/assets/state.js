// @ts-check
// What all pages know: how the sandbox was started, and which account is chosen.

/** @import {Account, Status} from './types.js' */

const CHOICE = 'ibl.ai sandbox: account'

/** @type {Status | undefined} */
let present

/** @type {(() => void)[]} */
const listeners = []

/** @returns {Status} */
export function status() {
  if (!present) throw new Error('state: there is no status yet')
  return present
}

/** Takes a new status: after a start, a restart, a seed or a reset. @param {Status} next */
export function setStatus(next) {
  present = next
  for (const listener of listeners) listener()
}

/** Calls back after each new status and each choice of an account. @param {() => void} listener */
export function onStatus(listener) {
  listeners.push(listener)
}

/** @param {Account} a */
export function accountName(a) {
  return `${a.username}@${a.org}`
}

/**
 * The chosen account: the one chosen last, or the first administrator.
 *
 * @returns {Account}
 */
export function account() {
  const { accounts } = status()
  const choice = localStorage.getItem(CHOICE)
  const found = accounts.find(a => accountName(a) === choice) ?? accounts.find(a => a.admin) ?? accounts[0]
  if (!found) throw new Error('state: the sandbox has no account')
  return found
}

/** @param {string} name */
export function chooseAccount(name) {
  localStorage.setItem(CHOICE, name)
  for (const listener of listeners) listener()
}
