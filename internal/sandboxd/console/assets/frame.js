// @ts-check
// The frame around all pages: the header, the navigation, the dialog that is open, and the messages.

import { agentDialog } from './agent_form.js'
import { agentPage } from './agent.js'
import { agentsPage } from './agents.js'
import { clock, clockDialog } from './clock_controls.js'
import { deliveriesPage } from './deliveries.js'
import { confirmDialog } from './dialog.js'
import { Component, h } from './element.js'
import { faultDialog } from './fault_form.js'
import { activeFaults, faultsPage } from './faults.js'
import { plural } from './format.js'
import { inboxPage } from './inbox.js'
import { mentorsPage } from './mentors.js'
import { outcomeDialog } from './outcome_form.js'
import { overviewPage } from './overview.js'
import { button, plain, title } from './parts.js'
import { requestDialog } from './request_form.js'
import { requestsPage } from './requests.js'
import { firstError, invalidateAll, read } from './resources.js'
import { address } from './router.js'
import { runPage } from './run.js'
import { runsPage } from './runs.js'
import { helpDialog, pages, searchDialog } from './search.js'
import { account, accountName, chooseAccount, closeToast, openDialog, state, status } from './store.js'
import { options } from './table.js'
import { themeSelect } from './theme.js'

/** @param {string} name @param {string} id */
function pageOf(name, id) {
  const { route } = state
  switch (name) {
    case '': return overviewPage()
    case 'agents': return id ? agentPage(route) : agentsPage(route)
    case 'runs': return id ? runPage(route) : runsPage(route)
    case 'deliveries': return deliveriesPage(route)
    case 'inbox': return inboxPage(route)
    case 'requests': return requestsPage(route)
    case 'faults': return faultsPage(route)
    case 'mentors': return mentorsPage(route)
  }
  return h('div', null, title('This page does not exist'), h('p', null, h('a', { href: address('') }, 'Go to the overview')))
}

function dialog() {
  const open = state.dialog
  switch (open?.kind) {
    case 'agent': return agentDialog(open['agent'])
    case 'outcome': return outcomeDialog(open['id'], open['title'])
    case 'fault': return faultDialog(open['target'], open['rule'])
    case 'request': return requestDialog(open['entry'])
    case 'confirm': return confirmDialog(open['question'])
    case 'clock': return clockDialog()
    case 'search': return searchDialog()
    case 'help': return helpDialog()
  }
  return null
}

const connections = { connecting: 'Connecting…', live: 'Live', lost: 'Reconnecting…' }

/** Everything. */
export function frame() {
  if (!state.status) return h('p', { class: 'muted wait' }, connections[state.connection])
  return [header(), navigation(), main(), h('div', { key: `dialog ${state.dialog?.kind}` }, dialog()), messages()]
}

function header() {
  const faults = activeFaults()
  const names = status().accounts.map(a => ({ value: accountName(a), name: `${plain(a.username)} · ${plain(a.org)}${a.admin ? '' : ' (not an admin)'}` }))
  return h('header', { key: 'header' },
    h('a', { class: 'title', href: '#/' }, h('svg', { viewBox: '0 0 20 20', 'aria-hidden': 'true' }, h('circle', { cx: 10, cy: 10, r: 8.5 }), h('path', { d: 'M10 4.5V10L13.5 12.5' })), 'ibl.ai sandbox'),
    clock(),
    h('span', { class: 'spring' }),
    read('scheduler', '/scheduler').value?.running === false && h('span', { id: 'scheduler-mark', class: 'tag warn' }, 'Scheduler stopped'),
    faults > 0 && h('a', { id: 'faults-mark', class: 'tag warn', href: address('faults') }, `${plural(faults, 'fault')} on`),
    h('span', { id: 'connection', role: 'status', 'data-state': state.connection }, connections[state.connection]),
    button('Search', () => openDialog({ kind: 'search' }), { label: 'Search everywhere (Ctrl K)' }),
    h('label', { class: 'unseen', for: 'account' }, 'Account'),
    h('select', { id: 'account', value: accountName(account()), onChange: (/** @type {any} */ event) => chooseAccount(event.currentTarget.value) }, options(names, accountName(account()))),
    themeSelect())
}

function navigation() {
  return h('nav', { key: 'nav', id: 'pages', 'aria-label': 'Pages of the console' }, pages.map(({ name, title }) => h('a', {
    key: name, href: address(name), 'aria-current': state.route.name === name ? 'page' : undefined,
  }, title)))
}

function main() {
  const { name, id } = state.route
  const error = firstError()
  return h('main', { key: 'main' },
    h('div', { id: 'failure', role: 'alert' }, error !== null && [h('p', null, error instanceof Error ? error.message : String(error)), button('Try again', invalidateAll)]),
    h(Page, { key: `${name}/${splitPages.has(name) ? '' : id}` }, pageOf(name, id)))
}

/** The pages whose list stays when a row is opened. */
const splitPages = new Set(['deliveries', 'inbox', 'requests'])
let first = true

/**
 * A page. Its heading gets the focus and its title when it was opened.
 *
 * @extends {Component<{children?: any}>}
 */
class Page extends Component {
  focused = first
  /** @type {HTMLElement | null} */
  start = null
  /** @type {HTMLElement | null} */
  element = null

  componentDidMount() {
    if (!first) scrollTo(0, 0)
    first = false
    this.focus()
  }

  componentDidUpdate() {
    this.focus()
  }

  focus() {
    const heading = [...this.element?.querySelectorAll('.one h2, h1') ?? []].at(-1)
    if (!heading) return
    document.title = `${heading.textContent} – ibl.ai sandbox`
    const lost = this.start !== null && !this.start.isConnected && document.activeElement === document.body // the heading was replaced
    if (this.focused && !lost) return
    this.focused = true
    this.start = this.element?.querySelector('h1') ?? null
    if (!document.querySelector('dialog[open]')) this.start?.focus({ preventScroll: true })
  }

  render() {
    return h('div', { ref: element => { this.element = element }, id: 'page', tabIndex: -1 }, this.props.children)
  }
}

function messages() {
  return h('div', { key: 'toasts', id: 'toasts', role: 'region', 'aria-label': 'Messages', 'aria-live': 'polite' }, state.toasts.map(({ id, text, kind, action }) => h('div', { key: id, class: `toast ${kind}` },
    h('span', null, text),
    action && h('button', { type: 'button', class: 'quiet', onClick: () => { closeToast(id); action.run() } }, action.name),
    h('button', { type: 'button', class: 'quiet', 'aria-label': 'Close', onClick: () => closeToast(id) }, '✕'))))
}
