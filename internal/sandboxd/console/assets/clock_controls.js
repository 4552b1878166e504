// @ts-check
// Stops, starts and moves the sandbox's clock.

/** @import {ClockState} from './types.js' */

import { control } from './api.js'
import { clockSpeed, now, onTick, setClock } from './clock.js'
import { byID, h, replace } from './dom.js'
import { count, moment, parseDuration, plural, speedName, weekday } from './format.js'
import { FormField } from './form_field.js'
import { toast, toastFailure } from './toast.js'

const speeds = [
  { speed: 0, name: 'Stop' },
  { speed: 1, name: 'Real time' },
  { speed: 60, name: '60×' },
  { speed: 3600, name: '3600×' },
]
const advances = [
  { by: '1m', name: '+1 min' },
  { by: '1h', name: '+1 h' },
  { by: '24h', name: '+1 day' },
  { by: '168h', name: '+1 week' },
]

/** Fills the top bar's and the panel's controls, and keeps the clock going. */
export function startClockControls() {
  const face = byID('clock-face', HTMLElement)
  const pace = byID('clock-speed', HTMLElement)
  const bar = byID('clock-bar', HTMLElement)
  const panel = byID('clock-panel', HTMLElement)
  const opener = byID('clock-more', HTMLElement)
  panel.append(speedButtons(), advanceButtons(), byForm(), toForm(), speedForm())
  panel.addEventListener('beforetoggle', () => {
    const { left, bottom } = opener.getBoundingClientRect()
    panel.style.left = `${Math.max(8, Math.min(left, innerWidth - 368))}px`
    panel.style.top = `${bottom + 6}px`
  })
  let shown = -1
  onTick(() => {
    const at = new Date(now())
    face.textContent = `${weekday(at)} ${moment(at)}`
    face.setAttribute('datetime', at.toISOString())
    if (shown === clockSpeed()) return
    shown = clockSpeed()
    pace.textContent = speedName(shown)
    pace.classList.toggle('narrow', speeds.some(({ speed }) => speed === shown))
    replace(bar, speedButtons(), advanceButtons())
    panel.querySelector('.segments')?.replaceWith(speedButtons())
  })
}

function speedButtons() {
  return h('div', { class: 'segments', role: 'group', 'aria-label': 'Speed of the clock' }, speeds.map(({ speed, name }) => h('button', {
    type: 'button', 'aria-pressed': String(speed === clockSpeed()), 'data-focus': name, on: { click: () => void set({ speed }) },
  }, name)))
}

function advanceButtons() {
  return h('div', { class: 'segments', role: 'group', 'aria-label': 'Advance the clock' }, advances.map(({ by, name }) => h('button', {
    type: 'button', 'data-focus': name, on: { click: () => void set({ advance: by }) },
  }, name)))
}

function byForm() {
  const field = new FormField('Advance by', h('input', { placeholder: '90m', autocomplete: 'off', size: 10 }), { hint: 'Such as 90m, 36h or 2d.' })
  return form(field, 'Advance', async () => {
    const text = String(field.value).trim()
    // Go knows no days.
    const days = parseDuration(text)
    await set({ advance: /d/.test(text) && !Number.isNaN(days) ? `${days}ms` : text }, field)
  })
}

function toForm() {
  const field = new FormField('Advance to (UTC)', h('input', { type: 'datetime-local', step: 1 }))
  return form(field, 'Go there', () => set({ to: field.value === '' ? '' : `${field.value}${String(field.value).length === 16 ? ':00' : ''}Z` }, field))
}

function speedForm() {
  const field = new FormField('Speed', h('input', { inputmode: 'decimal', placeholder: '600', autocomplete: 'off', size: 10 }), { hint: 'Seconds a second; 1 is real time, 0 stands still.' })
  return form(field, 'Set', () => set({ speed: Number(field.value) }, field))
}

/**
 * @param {FormField} field
 * @param {string} name
 * @param {() => Promise<void>} send
 */
function form(field, name, send) {
  return h('form', { class: 'inline', novalidate: true, on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); void send() } } },
    field.element, h('button', { type: 'submit' }, name))
}

/**
 * @param {{advance?: string, to?: string, speed?: number}} change
 * @param {FormField} [field] shows what is wrong
 */
async function set(change, field) {
  const place = byID('clock', HTMLElement)
  place.setAttribute('aria-busy', 'true')
  try {
    /** @type {ClockState & {runs?: number}} */
    const state = await control('/clock', { method: 'POST', body: change })
    setClock(state)
    field?.refuse([])
    const runs = state.runs ?? 0
    toast(change.speed === undefined ? `The clock says ${moment(new Date(state.now))}: ${plural(runs, 'run')}.`
      : change.speed === 0 ? 'The clock stands still.' : `The clock runs: ${change.speed === 1 ? 'real time' : `${count(change.speed)}×`}.`)
  } catch (error) {
    if (field) field.refuse([error instanceof Error ? error.message : String(error)])
    else toastFailure(error)
  } finally {
    place.removeAttribute('aria-busy')
  }
}
