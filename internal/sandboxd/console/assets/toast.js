// @ts-check
// Short news, read out to those who do not see it.

import { byID, h } from './dom.js'

const READING = 6000

/**
 * @param {string} text
 * @param {'news' | 'error'} [kind] an error stays until it is closed
 */
export function toast(text, kind = 'news') {
  const close = h('button', { type: 'button', class: 'quiet', 'aria-label': 'Close', on: { click: () => element.remove() } }, '✕')
  const element = h('div', { class: `toast ${kind}` }, h('span', null, text), close)
  const place = byID('toasts', HTMLElement)
  place.append(element)
  while (place.childElementCount > 4) place.firstElementChild?.remove()
  if (kind === 'news') setTimeout(() => element.remove(), READING)
}

/** Tells what went wrong with something that was asked for. @param {unknown} error */
export function toastFailure(error) {
  console.warn(error)
  toast(error instanceof Error ? error.message : String(error), 'error')
}

/** Says something that those who look see anyway. @param {string} text */
export function announce(text) {
  byID('announcer', HTMLElement).textContent = text
}
