// @ts-check
// How many agents are in which state, as a ring and in numbers.

/** @import {Statistics} from './types.js' */

import { h, replace, s } from './dom.js'
import { count, plural } from './format.js'
import { statusClass, statusName, statusShape } from './parts.js'
import { address } from './router.js'

const RADIUS = 44
const AROUND = 2 * Math.PI * RADIUS
const GAP = 2

export function statisticsCard() {
  const place = h('div', { class: 'statistics' })
  const element = h('section', { class: 'card', 'aria-label': 'Agents by their latest run' }, h('h2', null, 'Agents by their latest run'), place)
  let shown = ''
  /** @param {Statistics} numbers */
  const update = numbers => {
    const state = JSON.stringify(numbers)
    if (state === shown) return
    shown = state
    const parts = [
      { status: 'success', n: numbers.succeeded_tasks },
      { status: 'error', n: numbers.failed_tasks },
      { status: 'running', n: numbers.running_tasks },
      { status: 'pending', n: numbers.pending_tasks },
    ]
    const total = numbers.total_tasks
    replace(place, ring(parts, total), h('ul', null, parts.map(({ status, n }) => h('li', null,
      h('a', { href: address('agents', '', { status }), 'data-focus': status }, statusShape(status), statusName(status)),
      h('span', { class: 'number' }, count(n)),
      h('span', { class: 'muted number' }, total > 0 ? `${Math.round(n / total * 100)} %` : '')))))
  }
  return { element, update }
}

/**
 * @param {{status: string, n: number}[]} parts
 * @param {number} total
 */
function ring(parts, total) {
  const text = `${plural(total, 'agent')}: ${parts.map(({ status, n }) => `${count(n)} ${statusName(status)}`).join(', ')}`
  let begin = 0
  const gap = parts.filter(part => part.n > 0).length > 1 ? GAP : 0
  const arcs = parts.map(({ status, n }) => {
    if (n === 0) return null
    const length = n / total * AROUND
    const arc = s('circle', {
      class: `arc ${statusClass(status)}`, cx: 60, cy: 60, r: RADIUS,
      'stroke-dasharray': `${Math.max(0.5, length - gap)} ${AROUND}`, 'stroke-dashoffset': -begin,
    })
    begin += length
    return arc
  })
  return s('svg', { class: 'ring', viewBox: '0 0 120 120', role: 'img', 'aria-label': text },
    s('circle', { class: 'arc is-none', cx: 60, cy: 60, r: RADIUS }),
    s('g', { transform: 'rotate(-90 60 60)' }, arcs),
    s('text', { class: total < 10_000 ? 'sum' : 'sum long', x: 60, y: 62, 'text-anchor': 'middle' }, count(total)),
    s('text', { class: 'unit', x: 60, y: 77, 'text-anchor': 'middle' }, total === 1 ? 'agent' : 'agents'))
}
