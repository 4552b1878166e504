// @ts-check
// One run, fully told.

/** @import {ChainRun, Route, Run} from './types.js' */

import { deleteLog, runAgent } from './agent_actions.js'
import { deliveryTable } from './delivery_table.js'
import { h } from './element.js'
import { agentLink, button, card, empty, facts, foreign, loading, statusBadge, statusClass, statusPath, time, title } from './parts.js'
import { read } from './resources.js'
import { address } from './router.js'
import { runDuration } from './run_table.js'
import { textBlock } from './text.js'

/** @param {Route} route */
export function runPage(route) {
  const id = Number(route.id)
  /** @type {{value?: Run, error: unknown}} */
  const { value: run, error } = read('run', `/runs/${id}`)
  if (!run) return h('div', null, title(`Run #${id}`), loading(error))
  const { log } = run
  const running = log.status === 'running'
  return h('div', null,
    h('p', { class: 'crumbs' }, h('a', { href: address('runs') }, 'Runs'), ` / ${id}`),
    h('div', { class: 'row' },
      title(`Run #${id}`), statusBadge(log.status), h('span', { class: 'spring' }),
      h('div', { class: 'row tight' },
        neighbor('← Previous run', run.older), neighbor('Next run →', run.newer),
        button('Run again', () => void runAgent(log.periodic_agent, {}), { kind: 'primary' }),
        button('Delete log…', () => deleteLog(id), { kind: 'danger' }))),
    facts([
      ['Agent', agentLink(log.periodic_agent, run.title)],
      ['Started', [time(log.start_time), ' ', h('span', { class: 'muted' }, cause(run))]],
      ['Ended', time(log.end_time)],
      ['Duration', running ? 'still running' : runDuration(log)],
    ]),
    run.chain.length > 1 && card('Chain', chainPicture(run.chain, id)),
    card('Output', textBlock('Output', run.output, running ? 'The run has not finished.' : run.cause ? 'The output is empty.' : 'Unknown, since only the log of the run was added.')),
    card('Log', textBlock('Log', run.log_text, running ? 'The run has not finished.' : 'The log is empty.')),
    card('Prompt', textBlock('Prompt', run.prompt, run.cause ? 'The prompt is empty.' : 'Unknown, since only the log of the run was added.')),
    card('Callback', deliveryTable({ deliveries: run.deliveries, empty: empty(running ? 'A callback is posted when the run finishes.' : 'No callback was posted for this run.') })))
}

/** @param {string} name @param {number | null} id */
function neighbor(name, id) {
  return id === null ? null : h('a', { class: 'button', href: address('runs', id) }, name)
}

/** Why the run started when it did. @param {Run} run */
function cause({ cause: reason, due_at: due, log }) {
  const late = due !== null && due !== log.start_time
  switch (reason) {
    case 'schedule': return late ? ['late: it was due at ', time(due)] : 'on its schedule'
    case 'overdue': return 'to catch up, after a missed run or a change of the schedule'
    case 'start_time': return 'because the scheduler treated a time before the start time as a missed run'
    case 'chain': return ['after its previous agent had run; it was due at ', time(due)]
    case 'call': return 'on request'
    case '': return 'known only from its log'
  }
  return reason
}

const STEP = { x: 190, y: 44 }

/**
 * The chain as a picture: each run right of the one whose output it received.
 *
 * @param {ChainRun[]} chain
 * @param {number} current
 */
function chainPicture(chain, current) {
  /** @type {Map<number, {x: number, y: number}>} */
  const places = new Map()
  /** @type {number[]} */
  const filled = []
  for (const { id, previous } of chain) {
    const before = previous === null ? undefined : places.get(previous)
    const x = before ? before.x + 1 : 0
    const y = Math.max(before?.y ?? 0, filled[x] ?? 0)
    filled[x] = y + 1
    places.set(id, { x, y })
  }
  const at = (/** @type {number} */ id) => places.get(id) ?? { x: 0, y: 0 }
  const width = (Math.max(...[...places.values()].map(({ x }) => x)) + 1) * STEP.x
  const height = (Math.max(...[...places.values()].map(({ y }) => y)) + 1) * STEP.y
  return h('div', { class: 'scroll' }, h('svg', { class: 'chain-picture', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `A chain of ${chain.length} runs` },
    chain.map(({ id, previous }) => previous !== null && h('path', { key: `${previous}-${id}`, class: 'edge', d: edge(at(previous), at(id)) })),
    chain.map(run => {
      const { x, y } = at(run.id)
      return h('a', { key: run.id, href: address('runs', run.id), 'aria-current': run.id === current ? 'true' : undefined },
        h('g', { transform: `translate(${x * STEP.x + 1} ${y * STEP.y + 4})` },
          h('rect', { width: 160, height: 34, rx: 6 }),
          h('path', { class: `shape ${statusClass(run.status)}`, transform: 'translate(10 12)', d: statusPath(run.status) }),
          h('text', { x: 28, y: 15 }, short(run.title)), h('text', { class: 'muted', x: 28, y: 28 }, `#${run.id}`)))
    })),
  h('ol', { class: 'unseen' }, chain.map(run => h('li', { key: run.id }, foreign(run.title), ` #${run.id}: ${run.status}`))))
}

/** @param {{x: number, y: number}} from @param {{x: number, y: number}} to */
function edge(from, to) {
  const x = from.x * STEP.x + 161
  const y = from.y * STEP.y + 21
  const endX = to.x * STEP.x + 1
  const endY = to.y * STEP.y + 21
  return `M${x} ${y}C${x + 15} ${y} ${endX - 15} ${endY} ${endX} ${endY}`
}

/** @param {string} text */
function short(text) {
  return text.length > 19 ? `${text.slice(0, 18)}…` : text
}
