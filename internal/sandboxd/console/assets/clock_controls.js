// @ts-check
// Stops, starts and advances the sandbox's clock.

/** @import {ClockState} from './types.js' */

import { control } from './api.js'
import { utc } from './agent_fields.js'
import { clockSpeed, now, setClock, Ticking } from './clock.js'
import { Dialog } from './dialog.js'
import { h } from './element.js'
import { Form } from './form.js'
import { count, goDuration, moment, parseNumber, plural, speedName, weekday } from './format.js'
import { Canceled, cancelJob, jobs, runJob } from './jobs.js'
import { button } from './parts.js'
import { read } from './resources.js'
import { openDialog, toast, toastError } from './store.js'

const speeds = [{ speed: 0, name: 'Stop' }, { speed: 1, name: 'Real time' }, { speed: 60, name: '60×' }, { speed: 3600, name: '3600×' }]
const advances = [{ by: '1m', name: '+1 min' }, { by: '1h', name: '+1 h' }, { by: '24h', name: '+1 day' }, { by: '168h', name: '+1 week' }]

/** The clock in the header. */
export function clock() {
  read('clock', '/clock', { loaded: setClock })
  const advance = jobs().find(job => job.state === 'running' && job.kind === 'advance')
  return h('div', { id: 'clock', class: 'clock', role: 'group', 'aria-label': 'Clock' },
    h('time', { id: 'clock-face', 'aria-label': 'Time in the sandbox, UTC' }, h(Ticking, { text: faceText })),
    h('span', { class: 'muted', id: 'clock-speed' }, speedName(clockSpeed())),
    advance?.progress ? progress(advance.id, advance.progress) : h('div', { class: 'row tight bar' }, speedButtons(), advanceButtons()),
    button('Set clock…', () => openDialog({ kind: 'clock' })))
}

function faceText() {
  const at = new Date(now())
  return `${weekday(at)} ${moment(at)}`
}

/** @param {number} id @param {{from: string, now: string, to: string}} times */
function progress(id, { from, now: at, to }) {
  const [start, present, end] = [from, at, to].map(text => Date.parse(text))
  const done = end === start ? 1 : Math.min(1, (Number(present) - Number(start)) / (Number(end) - Number(start)))
  return h('div', { class: 'row tight', role: 'group', 'aria-label': 'Advance' },
    h('progress', { value: done, max: 1, 'aria-label': 'Advanced' }), h('span', { class: 'muted' }, `to ${moment(new Date(to)).slice(0, 16)}`),
    button('Cancel', () => cancelJob(id).catch(toastError), { label: 'Cancel the advance' }))
}

function speedButtons() {
  return h('div', { class: 'segments', role: 'group', 'aria-label': 'Speed of the clock' },
    speeds.map(({ speed, name }) => button(name, () => void setSpeed(speed).catch(toastError), { pressed: speed === clockSpeed() })))
}

function advanceButtons() {
  return h('div', { class: 'segments', role: 'group', 'aria-label': 'Advance the clock' }, advances.map(({ by, name }) => button(name, () => void advance(by))))
}

/** @param {boolean} running */
async function switchScheduler(running) {
  try {
    await control('/scheduler', { method: 'POST', body: { running } })
    toast(running ? 'The scheduler was started. It catches up on missed runs, as celery’s beat does.' : 'The scheduler was stopped, as if celery’s beat were down.')
  } catch (error) {
    toastError(error)
  }
}

/** The dialog that sets the clock. */
export function clockDialog() {
  /** @type {boolean | undefined} */
  const running = read('scheduler', '/scheduler').value?.running
  /** @type {string | undefined} */
  const delay = read('log-delay', '/log-delay').value?.delay
  return h(Dialog, { heading: 'Set the clock', size: 'small' },
    h('div', { class: 'form' },
      speedButtons(), advanceButtons(),
      running !== undefined && h('div', { class: 'row' }, button(running ? 'Stop the scheduler' : 'Start the scheduler', () => void switchScheduler(!running)),
        h('span', { class: 'muted' }, running ? 'Agents run on their schedules.' : 'No agents run on their schedules.')),
      h(Form, {
        draft: 'advance by', action: 'Advance', initial: { advance: '' },
        fields: [{ path: 'advance', label: 'Advance by', placeholder: '90 min', hint: 'Such as 90 min, 36h or 2 days.' }],
        submit: ({ advance: by }) => move({ advance: goDuration(String(by)) }),
      }),
      h(Form, {
        draft: 'advance to', action: 'Advance to this time', initial: { to: '' },
        fields: [{ path: 'to', label: 'Advance to (UTC)', type: 'time' }],
        submit: ({ to }) => move({ to: to === '' ? '' : utc(String(to)) }),
      }),
      h(Form, {
        draft: 'speed', action: 'Set the speed', initial: { speed: '' },
        fields: [{ path: 'speed', label: 'Speed', placeholder: '600', inputmode: 'decimal', hint: '1 is real time, 60 is a minute per second, 0 stops the clock.' }],
        submit: ({ speed }) => setSpeed(parseNumber(String(speed))),
      }),
      delay !== undefined && h(Form, {
        key: delay, draft: 'log delay', action: 'Set the delay', initial: { delay },
        fields: [{ path: 'delay', label: 'Delay of logs', placeholder: '10 min', hint: 'How long after the start of a run its log appears.' }],
        submit: ({ delay: by }) => setLogDelay(goDuration(String(by))),
      })),
    h('div', { class: 'row end' }, button('Close', () => openDialog(null))))
}

/** @param {number | string} speed */
async function setSpeed(speed) {
  /** @type {ClockState} */
  const state = await control('/clock', { method: 'POST', body: { speed } })
  setClock(state)
  toast(state.speed === 0 ? 'The clock is stopped.' : `The clock runs ${state.speed === 1 ? 'in real time' : `at ${count(state.speed)} times real time`}.`)
}

/** @param {string} delay */
async function setLogDelay(delay) {
  /** @type {{delay: string}} */
  const set = await control('/log-delay', { method: 'POST', body: { delay } })
  toast(set.delay === '0s' ? 'Logs appear at once.' : `Logs appear ${set.delay} after the start of their runs.`)
}

/** Advances the clock, and reports the result. @param {string} by */
export async function advance(by) {
  try {
    await move({ advance: by })
  } catch (error) {
    toastError(error)
  }
}

/** @param {{advance: string} | {to: string}} change */
async function move(change) {
  try {
    /** @type {ClockState & {runs: number}} */
    const state = await runJob('/clock', { body: change })
    toast(`The clock shows ${moment(new Date(state.now))}: ${plural(state.runs, 'run')}.`)
  } catch (error) {
    if (!(error instanceof Canceled)) throw error
    toast('The advance was canceled. The clock keeps the time that it has reached.')
  }
}
