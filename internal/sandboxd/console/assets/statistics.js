// @ts-check
// The numbers of agents by status, as a ring and in words.

/** @import {Statistics} from './types.js' */

import { openAgentForm } from './agent_form.js'
import { h } from './element.js'
import { count, plural } from './format.js'
import { button, card, empty, statusClass, statusName, statusShape } from './parts.js'
import { address } from './router.js'

const RADIUS = 44
const AROUND = 2 * Math.PI * RADIUS
const GAP = 2

/** @param {Statistics | undefined} numbers */
export function statisticsCard(numbers) {
  if (!numbers) return null
  const total = numbers.total_tasks
  if (total === 0) return card('Agents by their latest run', empty('No agents yet.', button('Create an agent', () => openAgentForm())))
  const parts = [
    { status: 'success', n: numbers.succeeded_tasks },
    { status: 'error', n: numbers.failed_tasks },
    { status: 'running', n: numbers.running_tasks },
    { status: 'pending', n: numbers.pending_tasks },
  ]
  return card('Agents by their latest run', h('div', { class: 'statistics' }, ring(parts, total), h('ul', null, parts.map(({ status, n }) => h('li', { key: status },
    h('a', { href: address('agents', '', { status }) }, statusShape(status), statusName(status)),
    h('span', { class: 'number' }, count(n)),
    h('span', { class: 'muted number' }, `${Math.round(n / total * 100)} %`))))))
}

/** @param {{status: string, n: number}[]} parts @param {number} total */
function ring(parts, total) {
  const text = `${plural(total, 'agent')}: ${parts.map(({ status, n }) => `${count(n)} ${statusName(status)}`).join(', ')}`
  let begin = 0
  const gap = parts.filter(part => part.n > 0).length > 1 ? GAP : 0
  const arcs = parts.map(({ status, n }) => {
    if (n === 0) return null
    const length = n / total * AROUND
    const arc = h('circle', {
      key: status, class: `arc ${statusClass(status)}`, cx: 60, cy: 60, r: RADIUS,
      'stroke-dasharray': `${Math.max(0.5, length - gap)} ${AROUND}`, 'stroke-dashoffset': -begin,
    })
    begin += length
    return arc
  })
  return h('svg', { class: 'ring', viewBox: '0 0 120 120', role: 'img', 'aria-label': text },
    h('circle', { class: 'arc is-none', cx: 60, cy: 60, r: RADIUS }),
    h('g', { transform: 'rotate(-90 60 60)' }, arcs),
    h('text', { class: total < 10_000 ? 'sum' : 'sum long', x: 60, y: 62, 'text-anchor': 'middle' }, count(total)),
    h('text', { class: 'unit', x: 60, y: 77, 'text-anchor': 'middle' }, total === 1 ? 'agent' : 'agents'))
}
