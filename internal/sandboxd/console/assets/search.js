// @ts-check
// Search everywhere (Ctrl-K), and the keyboard shortcuts.

/** @import {Agent, Delivery, JournalEntry, Log, Page} from './types.js' */

import { openAgentForm } from './agent_form.js'
import { Dialog } from './dialog.js'
import { Component, h } from './element.js'
import { button, plain, statusName } from './parts.js'
import { read } from './resources.js'
import { address } from './router.js'
import { openDialog, state } from './store.js'

const TYPING = 150
const MOST = 5

export const pages = [
  { name: '', title: 'Overview', key: 'o' },
  { name: 'agents', title: 'Agents', key: 'a' },
  { name: 'runs', title: 'Runs', key: 'r' },
  { name: 'deliveries', title: 'Deliveries', key: 'd' },
  { name: 'inbox', title: 'Inbox', key: 'i' },
  { name: 'requests', title: 'Requests', key: 'q' },
  { name: 'faults', title: 'Faults', key: 'f' },
  { name: 'mentors', title: 'Mentors', key: 'm' },
]

export function searchDialog() {
  return h(Dialog, { heading: 'Search' }, h(Search, null))
}

/** @typedef {{kind: string, text: string, href: string}} Hit */

/** @extends {Component<{}, {typed: string, text: string, selected: number}>} */
class Search extends Component {
  state = { typed: '', text: '', selected: 0 }
  timer = 0

  componentWillUnmount() {
    clearTimeout(this.timer)
  }

  /** @param {string} typed */
  type(typed) {
    this.setState({ typed, selected: 0 })
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.setState({ text: typed.trim() }), TYPING)
  }

  /** @param {KeyboardEvent} event @param {Hit[]} hits */
  key(event, hits) {
    const { selected } = this.state
    if (event.key === 'ArrowDown') this.setState({ selected: Math.min(selected + 1, hits.length - 1) })
    else if (event.key === 'ArrowUp') this.setState({ selected: Math.max(selected - 1, 0) })
    else if (event.key === 'Enter' && hits[selected]) location.hash = hits[selected].href
    else return
    event.preventDefault()
  }

  render() {
    const { typed, text, selected } = this.state
    const hits = hitsOf(text)
    return h('div', { class: 'search' },
      h('input', {
        type: 'search', 'data-first': '', role: 'combobox', 'aria-label': 'Search', 'aria-expanded': 'true', 'aria-controls': 'search-hits',
        'aria-activedescendant': hits[selected] ? `search-hit-${selected}` : undefined, autocomplete: 'off', spellcheck: false, placeholder: 'An agent, a run, a delivery, a request…',
        value: typed, onInput: event => this.type(event.currentTarget.value), onKeyDown: event => this.key(event, hits),
      }),
      h('ul', { id: 'search-hits', role: 'listbox', 'aria-label': 'Results' }, hits.map((hit, index) => h('li', {
        key: hit.href, id: `search-hit-${index}`, role: 'option', 'aria-selected': String(index === selected) === 'true', onClick: () => { location.hash = hit.href },
      }, h('span', { class: 'muted' }, hit.kind), ' ', plain(hit.text)))),
      h('p', { class: 'muted', role: 'status' }, text !== '' && hits.length === 0 ? 'No results.' : ''))
  }
}

/** @param {string} text @returns {Hit[]} */
function hitsOf(text) {
  /** @type {Hit[]} */
  const hits = pages.filter(({ title }) => title.toLowerCase().includes(text.toLowerCase())).map(({ name, title }) => ({ kind: 'Page', text: title, href: address(name) }))
  if (text === '') return hits
  const number = /^#?(\d+)$/.exec(text)?.[1]
  if (number) {
    for (const [kind, name] of [['Run', 'runs'], ['Agent', 'agents'], ['Delivery', 'deliveries'], ['Request', 'requests']]) hits.push({ kind: kind ?? '', text: `#${number}`, href: address(name ?? '', number) })
  }
  /** @type {Page<Agent> | undefined} */
  const agents = read('agents', '/periodic-agents/', { api: 'platform', slot: 'search agents', query: { search: text, page_size: MOST } }).value
  /** @type {Page<Log> | undefined} */
  const logs = read('logs', '/periodic-agent-logs/', { api: 'platform', slot: 'search logs', query: { search: text, page_size: MOST, ordering: '-id' } }).value
  /** @type {{deliveries: Delivery[]} | undefined} */
  const deliveries = read('deliveries', '/deliveries', { slot: 'search deliveries', query: { text, limit: MOST } }).value
  /** @type {{requests: JournalEntry[]} | undefined} */
  const requests = read('requests', '/requests', { slot: 'search requests', query: { text, limit: MOST } }).value
  for (const { id, title } of agents?.results ?? []) hits.push({ kind: 'Agent', text: title, href: address('agents', id) })
  for (const { id, status, content } of logs?.results ?? []) hits.push({ kind: 'Run', text: `#${id} ${statusName(status)}: ${content.slice(0, 60)}`, href: address('runs', id) })
  for (const { id, title, status_code } of deliveries?.deliveries ?? []) hits.push({ kind: 'Delivery', text: `#${id} of ${title}: ${status_code || 'no response'}`, href: address('deliveries', id) })
  for (const { id, method, url, status } of requests?.requests ?? []) hits.push({ kind: 'Request', text: `#${id} ${method} ${url.slice(0, 60)}: ${status}`, href: address('requests', id) })
  return hits
}

export function helpDialog() {
  /** @param {string} keys @param {string} text */
  const line = (keys, text) => h('div', { key: keys }, h('dt', null, h('kbd', null, keys)), h('dd', null, text))
  return h(Dialog, { heading: 'Keyboard shortcuts', size: 'small' },
    h('dl', { class: 'facts' },
      line('Ctrl K', 'Search everywhere'), line('?', 'Show this list'), line('n', 'New agent'),
      pages.map(({ key, title }) => line(`g ${key}`, title)), line('Esc', 'Close a dialog; its input is kept')),
    h('div', { class: 'row end' }, button('Close', () => openDialog(null))))
}

/** Handles the shortcuts. */
export function startShortcuts() {
  let goes = false
  addEventListener('keydown', event => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      openDialog({ kind: 'search' })
      return
    }
    const { target } = event
    const types = target instanceof HTMLElement && (target.matches('input:not([type="checkbox"]), textarea, select') || target.isContentEditable)
    if (types || state.dialog || event.ctrlKey || event.metaKey || event.altKey) return
    const page = goes ? pages.find(({ key }) => key === event.key) : undefined
    goes = event.key === 'g'
    if (page) location.hash = address(page.name)
    else if (event.key === '?') openDialog({ kind: 'help' })
    else if (event.key === 'n') openAgentForm()
    else return
    event.preventDefault()
  })
}
