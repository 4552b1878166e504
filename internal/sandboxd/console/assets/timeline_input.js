// @ts-check
// Pointer, wheel and keys on the timeline.

/** @import {Bucket, Timeline} from './types.js' */
/** @import {Scale} from './timeline_plot.js' */

import { replace } from './dom.js'
import { count, duration, moment, parseDuration } from './format.js'
import { plain, statusName } from './parts.js'
import { address } from './router.js'
import { timeOf } from './timeline_plot.js'
import { titleOf } from './titles.js'

/** A pointer that moved less than this has clicked. */
const STILL = 4

/**
 * @typedef {object} Actions
 * @property {() => Scale} scale
 * @property {() => Timeline | undefined} data
 * @property {(by: number) => void} pan in windows
 * @property {(direction: 1 | -1, at?: number) => boolean} zoom whether it could be zoomed
 * @property {() => void} follow
 * @property {(bucket: Bucket) => void} zoomTo
 */

/**
 * @param {HTMLElement} stage
 * @param {HTMLElement} tip
 * @param {Actions} actions
 */
export function listen(stage, tip, actions) {
  stage.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (key(event.key, actions)) event.preventDefault()
  })
  stage.addEventListener('wheel', event => {
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      actions.pan(Math.sign(event.deltaX) * 0.05)
      event.preventDefault()
      return
    }
    // Without the focus or Ctrl the wheel is the page's.
    if (event.deltaY === 0 || !(event.ctrlKey || document.activeElement === stage)) return
    const x = event.clientX - stage.getBoundingClientRect().left
    if (actions.zoom(event.deltaY > 0 ? 1 : -1, timeOf(actions.scale(), x)) || event.ctrlKey) event.preventDefault()
  }, { passive: false })
  drag(stage, actions)
  stage.addEventListener('pointermove', event => { showTip(stage, tip, event, actions.data()) })
  stage.addEventListener('pointerleave', () => { tip.hidden = true })
}

/** @param {string} name @param {Actions} actions */
function key(name, actions) {
  switch (name) {
    case 'ArrowLeft': actions.pan(-0.25); return true
    case 'ArrowRight': actions.pan(0.25); return true
    case 'PageUp': actions.pan(-1); return true
    case 'PageDown': actions.pan(1); return true
    case '+': case '=': actions.zoom(-1); return true
    case '-': actions.zoom(1); return true
    case 'End': case '0': actions.follow(); return true
  }
  return false
}

/** @param {HTMLElement} stage @param {Actions} actions */
function drag(stage, actions) {
  let last = 0
  let way = 0
  /** @type {EventTarget | null} */
  let target = null
  stage.addEventListener('pointerdown', event => {
    if (event.button !== 0) return
    last = event.clientX
    way = 0
    target = event.target
    stage.setPointerCapture(event.pointerId)
  })
  stage.addEventListener('pointermove', event => {
    if (!stage.hasPointerCapture(event.pointerId)) return
    way += Math.abs(event.clientX - last)
    if (way >= STILL) actions.pan((last - event.clientX) / actions.scale().width)
    last = event.clientX
  })
  stage.addEventListener('pointerup', event => {
    if (!stage.hasPointerCapture(event.pointerId)) return
    stage.releasePointerCapture(event.pointerId)
    if (way < STILL) click(target, actions)
  })
}

/** @param {EventTarget | null} target @param {Actions} actions */
function click(target, actions) {
  const { run, bucket } = pointedAt(target, actions.data())
  if (run) location.hash = address('runs', run.id)
  else if (bucket) actions.zoomTo(bucket)
}

/** @param {EventTarget | null} target @param {Timeline | undefined} data */
function pointedAt(target, data) {
  const element = target instanceof Element ? target.closest('[data-run], [data-bucket]') : null
  const id = Number(element?.getAttribute('data-run') ?? NaN)
  const index = Number(element?.getAttribute('data-bucket') ?? NaN)
  return { run: data?.runs.find(run => run.id === id), bucket: data?.buckets[index] }
}

/**
 * @param {HTMLElement} stage
 * @param {HTMLElement} tip
 * @param {PointerEvent} event
 * @param {Timeline | undefined} data
 */
function showTip(stage, tip, event, data) {
  const { run, bucket } = pointedAt(event.target, data)
  tip.hidden = !run && !bucket
  if (run) {
    const took = run.end_time ? `, ${duration(Date.parse(run.end_time) - Date.parse(run.start_time))}` : ''
    replace(tip, `Run #${run.id} of ${plain(titleOf(run.periodic_agent) || `agent ${run.periodic_agent}`)}\n${statusName(run.status)}, ${moment(new Date(run.start_time))}${took}`)
  } else if (bucket && data) {
    const start = new Date(bucket.start)
    replace(tip, `${moment(start).slice(0, 16)}, ${duration(parseDuration(data.bucket))}\n${count(bucket.success)} success, ${count(bucket.error)} error, ${count(bucket.running)} running`)
  }
  const box = stage.getBoundingClientRect()
  const x = Math.min(Math.max(0, event.clientX - box.left + 12), box.width - tip.offsetWidth)
  tip.style.transform = `translate(${Math.max(0, x)}px, ${Math.max(0, event.clientY - box.top - tip.offsetHeight - 8)}px)`
}
