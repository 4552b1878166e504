// @ts-check
// The runs along time, with the clock's hand.

/** @import {Bucket, Timeline} from './types.js' */
/** @import {Window} from './timeline_window.js' */
/** @import {Scale} from './timeline_plot.js' */

import { control } from './api.js'
import { now, onTick } from './clock.js'
import { byID, h, newID, replace, s } from './dom.js'
import { count, parseDuration, plural } from './format.js'
import { button, statusName, statusShape } from './parts.js'
import { account } from './state.js'
import { HEIGHT, plot, rangeText, xOf } from './timeline_plot.js'
import { listen } from './timeline_input.js'
import { shownRuns, timelineTable } from './timeline_table.js'
import { edges, nextSpan, panned, spans, zoomed } from './timeline_window.js'
import { fetchTitles } from './titles.js'

/** Kept while one goes from page to page. @type {Window} */
let kept = { span: 24 * 3600_000, from: null }

/**
 * @param {(when?: 'now' | 'soon') => void} reload loads the page again, since another part of time is to be seen
 * @param {number} [agent] shows only its runs
 */
export function timelineCard(reload, agent) {
  let window = kept
  /** @type {Timeline | undefined} */
  let data
  let single = false

  const hint = newID()
  const tip = h('div', { class: 'tip', hidden: true })
  const svg = s('svg', { class: 'plot', 'aria-hidden': 'true' })
  const hand = s('g', { class: 'hand' }, s('line', { y1: 4, y2: HEIGHT - 18 }), s('path', { d: 'M-4.5 0H4.5L0 7z' }))
  const stage = h('div', {
    class: 'stage', tabindex: 0, role: 'group', 'aria-label': 'Timeline of runs', 'aria-describedby': hint, 'data-focus': 'stage',
  }, svg, tip)
  const caption = h('p', { class: 'muted' })
  const asTable = timelineTable(bucket => zoomTo(bucket))
  const zooms = h('div', { class: 'segments', role: 'group', 'aria-label': 'How much of time is shown' })

  /** @returns {Scale} */
  const scale = () => ({ ...edges(window, now()), width: stage.clientWidth || byID('page', HTMLElement).clientWidth }) // the page's at first

  /** @param {Window} next */
  const look = next => {
    window = next
    kept = next
    draw()
    reload()
  }
  /** @param {Bucket} bucket */
  const zoomTo = bucket => {
    const middle = Date.parse(bucket.start) + parseDuration(data?.bucket ?? '') / 2
    const span = nextSpan(window.span, -1)
    look({ span, from: middle - span / 2 })
  }

  const draw = () => {
    const present = scale()
    svg.setAttribute('viewBox', `0 0 ${present.width} ${HEIGHT}`)
    replace(zooms, spans.map(({ span, name }) => h('button', {
      type: 'button', 'aria-pressed': String(span === window.span), 'data-focus': name,
      on: { click: () => look(zoomed(window, now(), span)) },
    }, name)))
    const drawn = data && plot(data, present)
    single = drawn?.single ?? false
    replace(svg, drawn?.parts, hand)
    moveHand(present)
    if (data) {
      const text = `${summary(data)}, ${rangeText(present)}`
      caption.textContent = text
      asTable.update(data, single)
    }
  }
  /** @param {Scale} present */
  const moveHand = present => {
    const x = xOf(present, now())
    hand.setAttribute('transform', `translate(${x} 0)`)
    hand.setAttribute('visibility', now() >= present.from && now() <= present.to ? 'visible' : 'hidden')
  }

  let drawnFrom = 0
  const stopTicking = onTick(() => {
    const present = scale()
    moveHand(present)
    if (present.from === drawnFrom) return
    drawnFrom = present.from
    draw()
    reload('soon')
  })
  const observer = new ResizeObserver(() => draw())
  observer.observe(stage)
  asTable.element.addEventListener('toggle', () => reload())

  listen(stage, tip, {
    scale,
    data: () => data,
    /** @param {number} by */
    pan: by => look(panned(window, now(), by)),
    /** @param {1 | -1} direction @param {number} [at] */
    zoom: (direction, at) => {
      const span = nextSpan(window.span, direction)
      if (span !== window.span) look(zoomed(window, now(), span, at))
      return span !== window.span
    },
    follow: () => look({ span: window.span, from: null }),
    zoomTo,
  })

  const element = h('section', { class: 'card timeline', 'aria-label': 'Timeline' },
    h('div', { class: 'row' }, h('h2', null, 'Timeline'), legend(), h('span', { class: 'spring' }), zooms,
      h('div', { class: 'segments', role: 'group', 'aria-label': 'Move' },
        button('←', () => look(panned(window, now(), -0.5)), { label: 'Earlier' }),
        button('Now', () => look({ span: window.span, from: null })),
        button('→', () => look(panned(window, now(), 0.5)), { label: 'Later' }))),
    stage, caption,
    h('p', { class: 'hint', id: hint }, 'Arrow keys or dragging move it, plus and minus zoom, End follows the clock. Click into it to zoom with the wheel.'),
    asTable.element)

  return {
    element,
    /** @param {AbortSignal} signal */
    load: async signal => {
      const { from, to, width } = scale()
      drawnFrom = from
      /** @type {Timeline} */
      const next = await control('/timeline', {
        query: {
          org: account().org, agent, from: new Date(from).toISOString(), to: new Date(to).toISOString(),
          buckets: Math.max(20, Math.min(200, Math.floor(width / 7))),
        },
        signal,
      })
      if (asTable.element.open) await fetchTitles(shownRuns(next).map(run => run.periodic_agent), signal)
      data = next
      draw()
    },
    close: () => {
      stopTicking()
      observer.disconnect()
    },
  }
}

function legend() {
  return h('ul', { class: 'legend' }, ['success', 'error', 'running'].map(status => h('li', null, statusShape(status), statusName(status))))
}

/** @param {Timeline} data */
function summary({ total, buckets }) {
  if (total === 0) return 'No runs'
  const errors = buckets.reduce((n, bucket) => n + bucket.error, 0)
  const running = buckets.reduce((n, bucket) => n + bucket.running, 0)
  return `${plural(total, 'run')}${errors > 0 ? `, ${plural(errors, 'error')}` : ''}${running > 0 ? `, ${count(running)} running` : ''}`
}
