// @ts-check
// The sandbox's clock between two responses of the server.

/** @import {ClockState} from './types.js' */

import { Component, h } from './element.js'
import { distance } from './format.js'

let known = 0
let since = 0
let speed = 0

/** @type {Set<() => void>} */
const listeners = new Set()

/** @param {ClockState} state */
export function setClock(state) {
  known = Date.parse(state.now)
  since = performance.now()
  speed = state.speed
  tick()
}

/** The time, in milliseconds since 1970. */
export function now() {
  return known + (performance.now() - since) * speed
}

export function clockSpeed() {
  return speed
}

/** Calls a function when the clock was set, and four times a second while it runs. @param {() => void} listener */
export function onTick(listener) {
  listeners.add(listener)
  return () => { listeners.delete(listener) }
}

function tick() {
  for (const listener of [...listeners]) listener()
}

setInterval(() => {
  if (speed !== 0 && !document.hidden) tick()
}, 250)

/**
 * Draws a text that depends on the time.
 *
 * @extends {Component<{text: () => string, class?: string}, {text: string}>}
 */
export class Ticking extends Component {
  state = { text: this.props.text() }
  stop = () => {}

  componentDidMount() {
    this.stop = onTick(() => {
      const text = this.props.text()
      if (text !== this.state.text) this.setState({ text })
    })
  }

  componentWillUnmount() {
    this.stop()
  }

  render() {
    return h('span', { class: this.props.class }, this.props.text())
  }
}

/** How far a time is from the clock. @param {string} at */
export function fromNow(at) {
  return h(Ticking, { class: 'muted', text: () => distance(Date.parse(at) - now()) })
}
