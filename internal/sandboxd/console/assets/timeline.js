// @ts-check
// The timeline: a row for each agent, the clock's hand, past runs left of it and the next ones right of it.

/** @import {Bucket, Timeline as TimelineType, TimelineRow, TimelineRun} from './types.js' */
/** @import {Scale} from './timeline_rows.js' */
/** @import {Period} from './timeline_window.js' */

import { now, onTick } from './clock.js'
import { Component, h } from './element.js'
import { count, date, minutes, parseDuration, plural } from './format.js'
import { button, empty, loading, plain, statusName, statusShape } from './parts.js'
import { read } from './resources.js'
import { address } from './router.js'
import { account } from './store.js'
import { axis, bucketText, gaps, HEAD, isSummed, patterns, ROW, rowMarks, runText, scaleOf, sums, timeAt, xOf } from './timeline_rows.js'
import { timelineTable } from './timeline_table.js'
import { edges, nextSpan, panned, spans, zoomed } from './timeline_window.js'

const ROWS = 15
/** A pointer that moved less than this has clicked. */
const STILL = 4

/** The period stays the same from page to page. @type {Period} */
let kept = { span: 24 * 3600_000, from: null }

/**
 * @typedef {object} State
 * @property {Period} period
 * @property {number} width
 * @property {number} tick
 * @property {{x: number, y: number, text: string} | null} tip
 * @property {{row: number, run: number | null} | null} selected by keys
 */

/** @extends {Component<{agent?: number}, State>} */
export class Timeline extends Component {
  /** @type {State} */
  state = { period: kept, width: 800, tick: 0, tip: null, selected: null }
  /** @type {HTMLElement | null} */
  stage = null
  stop = () => {}
  observer = new ResizeObserver(() => this.measure())
  drag = { x: 0, way: 0 }

  componentDidMount() {
    this.measure()
    if (this.stage) this.observer.observe(this.stage)
    this.stage?.addEventListener('wheel', this.wheel, { passive: false })
    this.stop = onTick(() => this.setState({ tick: this.state.tick + 1 }))
  }

  componentWillUnmount() {
    this.stop()
    this.observer.disconnect()
  }

  measure() {
    const width = this.stage?.clientWidth ?? 0
    if (width > 0 && width !== this.state.width) this.setState({ width })
  }

  /** @param {Period} period */
  look(period) {
    kept = period
    this.setState({ period, tip: null })
  }

  /** @param {number} by */
  pan(by) {
    this.look(panned(this.state.period, now(), by))
  }

  /** @param {1 | -1} direction @param {number} [at] */
  zoom(direction, at) {
    const span = nextSpan(this.state.period.span, direction)
    if (span !== this.state.period.span) this.look(zoomed(this.state.period, now(), span, at))
    return span !== this.state.period.span
  }

  scale() {
    return scaleOf(edges(this.state.period, now()), this.state.width)
  }

  /** @returns {{value?: TimelineType | undefined, error: unknown}} */
  data() {
    const { from, to } = edges(this.state.period, now())
    return read('timeline', '/timeline', {
      slot: `timeline ${this.props.agent ?? ''}`,
      query: { org: account().org, agent: this.props.agent, from: new Date(from).toISOString(), to: new Date(to).toISOString(), buckets: 120, rows: ROWS },
    })
  }

  /** @param {WheelEvent} event */
  wheel = event => {
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      this.pan(Math.sign(event.deltaX) * 0.05)
      event.preventDefault()
      return
    }
    // Without the focus or Ctrl the wheel scrolls the page.
    if (event.deltaY === 0 || !(event.ctrlKey || document.activeElement === this.stage)) return
    const x = event.clientX - (this.stage?.getBoundingClientRect().left ?? 0)
    if (this.zoom(event.deltaY > 0 ? 1 : -1, timeAt(this.scale(), x)) || event.ctrlKey) event.preventDefault()
  }

  /** @param {KeyboardEvent} event @param {TimelineType | undefined} data */
  key(event, data) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const rows = data?.rows ?? []
    const { selected } = this.state
    const row = selected && rows[selected.row]
    switch (event.key) {
      case 'ArrowDown': this.select(rows, selected ? Math.min(selected.row + 1, rows.length - 1) : 0, null); break
      case 'ArrowUp': this.select(rows, Math.max((selected?.row ?? 0) - 1, 0), null); break
      case 'ArrowLeft': this.step(rows, -1); break
      case 'ArrowRight': this.step(rows, 1); break
      case 'Enter':
        if (row) location.hash = selected.run === null ? address('agents', row.agent) : address('runs', selected.run)
        break
      case 'PageUp': this.pan(-1); break
      case 'PageDown': this.pan(1); break
      case '+': case '=': this.zoom(-1); break
      case '-': this.zoom(1); break
      case 'End': case '0': this.look({ span: this.state.period.span, from: null }); break
      default: return
    }
    event.preventDefault()
  }

  /** Selects the next run of the row, or moves the period where there is none. @param {TimelineRow[]} rows @param {1 | -1} direction */
  step(rows, direction) {
    const { selected } = this.state
    const row = selected && rows[selected.row]
    if (!row || isSummed(row, this.scale())) {
      this.pan(direction * 0.25)
      return
    }
    const index = row.runs.findIndex(run => run.id === selected.run)
    const next = index < 0 ? row.runs.at(direction < 0 ? -1 : 0) : row.runs[index + direction]
    if (next) this.select(rows, selected.row, next)
  }

  /** @param {TimelineRow[]} rows @param {number} index @param {TimelineRun | null} run */
  select(rows, index, run) {
    const row = rows[index]
    if (!row) return
    const x = run ? xOf(this.scale(), Date.parse(run.start_time)) : 8
    const text = run ? runText(row, run) : `${plain(row.title)}: ${plural(row.total, 'run')}`
    this.setState({ selected: { row: index, run: run?.id ?? null }, tip: { x, y: HEAD + index * ROW, text } })
  }

  /** What a pointer points at. @param {EventTarget | null} target @param {TimelineType | undefined} data */
  pointedAt(target, data) {
    const element = target instanceof Element ? target.closest('[data-run], [data-bucket]') : null
    const id = Number(element?.getAttribute('data-run') ?? NaN)
    for (const row of data?.rows ?? []) {
      const run = row.runs.find(other => other.id === id)
      if (run) return { row, run }
    }
    const agent = Number(element?.getAttribute('data-agent') ?? NaN)
    const buckets = agent === 0 ? data?.others.buckets : data?.rows.find(row => row.agent === agent)?.buckets
    return { bucket: buckets?.[Number(element?.getAttribute('data-bucket') ?? NaN)] }
  }

  /** @param {PointerEvent} event @param {TimelineType | undefined} data */
  move(event, data) {
    const stage = this.stage
    if (!stage) return
    if (stage.hasPointerCapture(event.pointerId)) {
      this.drag.way += Math.abs(event.clientX - this.drag.x)
      if (this.drag.way >= STILL) this.pan((this.drag.x - event.clientX) / (this.state.width - this.scale().left))
      this.drag.x = event.clientX
      return
    }
    const { row, run, bucket } = this.pointedAt(event.target, data)
    const text = row && run ? runText(row, run) : bucket && data ? bucketText(bucket, data.bucket) : ''
    const box = stage.getBoundingClientRect()
    if (text || this.state.tip) this.setState({ tip: text ? { x: event.clientX - box.left + 12, y: event.clientY - box.top, text } : null })
  }

  /** @param {PointerEvent} event @param {TimelineType | undefined} data */
  release(event, data) {
    if (!this.stage?.hasPointerCapture(event.pointerId)) return
    this.stage.releasePointerCapture(event.pointerId)
    if (this.drag.way >= STILL) return
    const target = document.elementFromPoint(event.clientX, event.clientY)
    const { run, bucket } = this.pointedAt(target, data)
    if (run) location.hash = address('runs', run.id)
    else if (bucket && data) this.zoomTo(bucket, data)
  }

  /** @param {Bucket} bucket @param {TimelineType} data */
  zoomTo(bucket, data) {
    const middle = Date.parse(bucket.start) + parseDuration(data.bucket) / 2
    const span = nextSpan(this.state.period.span, -1)
    this.look({ span, from: middle - span / 2 })
  }

  render() {
    const { value: data, error } = this.data()
    const { period, tip } = this.state
    const scale = this.scale()
    return h('section', { class: 'card timeline', 'aria-label': 'Timeline' },
      h('div', { class: 'row' }, h('h2', null, 'Timeline'), legend, h('span', { class: 'spring' }),
        h('div', { class: 'segments', role: 'group', 'aria-label': 'Period' }, spans.map(({ span, name }) => button(name, () => this.look(zoomed(period, now(), span)), { pressed: span === period.span }))),
        h('div', { class: 'segments', role: 'group', 'aria-label': 'Move' },
          button('←', () => this.pan(-0.5), { label: 'Earlier' }),
          button('Now', () => this.look({ span: period.span, from: null })),
          button('→', () => this.pan(0.5), { label: 'Later' }))),
      h('div', {
        ref: (/** @type {HTMLElement | null} */ element) => { this.stage = element }, class: 'stage', tabIndex: 0, role: 'group', 'aria-label': 'Timeline of runs', 'aria-describedby': 'timeline-keys',
        onKeyDown: (/** @type {any} */ event) => this.key(event, data),
        onPointerDown: (/** @type {any} */ event) => {
          if (event.button !== 0 || event.target instanceof Element && event.target.closest('a')) return
          this.drag = { x: event.clientX, way: 0 }
          event.currentTarget.setPointerCapture(event.pointerId)
        },
        onPointerMove: (/** @type {any} */ event) => this.move(event, data),
        onPointerUp: (/** @type {any} */ event) => this.release(event, data),
        onPointerLeave: () => this.setState({ tip: null }),
        onBlur: () => this.setState({ selected: null, tip: null }),
      }, data ? this.picture(data, scale) : loading(error), tip && h('div', { class: 'tip', style: tipStyle(tip, this.state.width) }, tip.text)),
      h('p', { class: 'muted' }, data ? `${summary(data)}, ${periodText(scale)}` : ''),
      h('p', { class: 'hint', id: 'timeline-keys' }, 'Press up or down to select an agent, left or right to select a run, and Enter to open it. Press Page Up or Page Down to move, plus or minus to zoom, and End to follow the clock.'),
      h('p', { class: 'unseen', role: 'status' }, this.state.selected && tip ? tip.text : ''),
      data && timelineTable(data, bucket => this.zoomTo(bucket, data)))
  }

  /** @param {TimelineType} data @param {Scale} scale */
  picture(data, scale) {
    if (data.rows.length === 0) return empty('There are no agents to show.')
    const { selected } = this.state
    const lines = data.rows.length + (data.others.agents > 0 ? 1 : 0)
    const height = HEAD + lines * ROW
    const x = xOf(scale, now())
    /** @param {number} index @param {any} marks @param {number | string} key */
    const line = (index, marks, key) => h('g', { key, class: selected?.row === index ? 'line is-selected' : 'line', transform: `translate(0 ${HEAD + index * ROW})` },
      h('rect', { class: 'ground', width: scale.width, height: ROW }), marks)
    return [h('ol', { key: 'labels', class: 'labels', style: { width: `${scale.left - 10}px`, top: `${HEAD}px` } },
      data.rows.map(({ agent, title }) => h('li', { key: agent, style: { height: `${ROW}px` } }, h('a', { href: address('agents', agent), title: plain(title) }, plain(title)))),
      data.others.agents > 0 && h('li', { class: 'muted', style: { height: `${ROW}px` } }, `${count(data.others.agents)} more`)),
    h('svg', { key: 'plot', class: 'plot', viewBox: `0 0 ${scale.width} ${height}`, height, 'aria-hidden': 'true' },
      patterns, axis(scale, height), gaps(data, scale, now(), height),
      data.rows.map((row, index) => line(index, rowMarks(row, data, scale, now(), selected?.row === index ? selected.run : null), row.agent)),
      data.others.agents > 0 && line(data.rows.length, sums(data.others.buckets, data.bucket, scale, 0), 'others'),
      x >= scale.left && x <= scale.width && h('g', { class: 'hand', transform: `translate(${x} 0)` },
        h('line', { y1: HEAD - 6, y2: height }), h('path', { d: `M-4.5 ${HEAD - 10}H4.5L0 ${HEAD - 3}z` })))]
  }
}

const legend = h('ul', { class: 'legend' }, ['success', 'error', 'running'].map(status => h('li', { key: status }, statusShape(status), statusName(status))),
  h('li', null, h('svg', { class: 'shape', viewBox: '0 0 10 10', 'aria-hidden': 'true' }, h('path', { class: 'callback is-accepted', d: 'M1 2H9L5 8Z' })), 'Callback'),
  h('li', null, h('svg', { class: 'shape', viewBox: '0 0 10 10', 'aria-hidden': 'true' }, h('rect', { class: 'outline', x: 2, y: 1, width: 6, height: 8, rx: 2 })), 'Next run'))

/** @param {{x: number, y: number}} tip @param {number} width */
function tipStyle({ x, y }, width) {
  return { transform: `translate(${Math.max(0, Math.min(x, width - 260))}px, ${Math.max(0, y - 64)}px)` }
}

/** @param {TimelineType} data */
function summary({ total, rows, others }) {
  if (total === 0) return 'No runs'
  const buckets = [...rows.flatMap(row => row.buckets), ...others.buckets]
  const errors = buckets.reduce((n, bucket) => n + bucket.error, 0)
  const running = buckets.reduce((n, bucket) => n + bucket.running, 0)
  return `${plural(total, 'run')}${errors > 0 ? `, ${plural(errors, 'error')}` : ''}${running > 0 ? `, ${count(running)} running` : ''}`
}

/** @param {{from: number, to: number}} scale */
function periodText({ from, to }) {
  const a = new Date(from)
  const b = new Date(to)
  return `${date(a)} ${minutes(a)} – ${date(a) === date(b) ? '' : `${date(b)} `}${minutes(b)} UTC`
}
