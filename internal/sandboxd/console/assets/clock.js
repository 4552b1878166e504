// @ts-check
// The sandbox's clock, as it goes on between two answers of the server.

/** @import {ClockState} from './types.js' */

let known = 0
let since = 0
let speed = 0

/** @type {(() => void)[]} */
const listeners = []

/** @param {ClockState} state */
export function setClock(state) {
  known = Date.parse(state.now)
  since = performance.now()
  speed = state.speed
  tick()
}

/** What the clock says, in milliseconds since 1970. */
export function now() {
  return known + (performance.now() - since) * speed
}

export function clockSpeed() {
  return speed
}

/** Calls back when the clock was set, and four times a second while it goes. @param {() => void} listener */
export function onTick(listener) {
  listeners.push(listener)
  return () => { listeners.splice(listeners.indexOf(listener), 1) }
}

function tick() {
  for (const listener of [...listeners]) listener()
}

setInterval(() => {
  if (speed !== 0 && !document.hidden) tick()
}, 250)
