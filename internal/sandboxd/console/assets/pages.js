// @ts-check
// Puts the page that the address names into the frame, and keeps it fresh.

/** @import {Route, View} from './types.js' */

import { byID, h, replace } from './dom.js'
import { Live } from './live.js'
import { parseRoute } from './router.js'
import { agentPage } from './agent.js'
import { agentsPage } from './agents.js'
import { deliveriesPage } from './deliveries.js'
import { faultsPage } from './faults.js'
import { mentorsPage } from './mentors.js'
import { overviewPage } from './overview.js'
import { requestsPage } from './requests.js'
import { runPage } from './run.js'
import { runsPage } from './runs.js'

/** How long the old page stays, so that one that loads fast does not flicker. */
const PATIENCE = 200

/** @type {Live | undefined} */
let live
let reachable = true

/**
 * @param {Route} route
 * @returns {View}
 */
function open(route) {
  switch (route.name) {
    case '': return overviewPage(reload)
    case 'agents': return route.id ? agentPage(route, reload) : agentsPage(route, reload)
    case 'runs': return route.id ? runPage(route) : runsPage(route, reload)
    case 'deliveries': return deliveriesPage(route, reload)
    case 'requests': return requestsPage(route, reload)
    case 'faults': return faultsPage()
    case 'mentors': return mentorsPage(route, reload)
  }
  return unknownPage()
}

/** @returns {View} */
function unknownPage() {
  const element = h('div', null,
    h('h1', { tabindex: -1 }, 'There is no such page'),
    h('p', null, h('a', { href: '#/' }, 'Go to the overview')))
  return { title: 'No such page', element, kinds: [], load: async () => {} }
}

/** @type {Route | undefined} */
let shown

/** Shows what the address names. @param {boolean} [focus] whether the heading gets the focus */
export async function show(focus = true) {
  const route = parseRoute(location.hash)
  if (live?.view.update && shown?.name === route.name) {
    shown = route
    live.view.update(route)
    return
  }
  shown = route
  live?.close()
  failed(null)
  const view = open(route)
  const mine = new Live(view, failed)
  live = mine
  mark(route)
  const place = byID('page', HTMLElement)
  place.setAttribute('aria-busy', 'true')
  const loaded = mine.load().then(() => {
    if (live !== mine) return
    place.removeAttribute('aria-busy')
    document.title = `${view.title} – ibl.ai sandbox`
  })
  await Promise.race([loaded, new Promise(done => setTimeout(done, PATIENCE))])
  if (live !== mine) return
  replace(place, view.element)
  if (!focus) return
  window.scrollTo(0, 0)
  view.element.querySelector('h1')?.focus({ preventScroll: true })
}

/**
 * Loads what is seen again.
 *
 * @param {'now' | 'soon'} [when] soon, if nobody waits for it
 */
export function reload(when = 'now') {
  if (when === 'now') void live?.load()
  else live?.refresh()
}

/** Loads what is seen again if events of this kind change it. @param {string} kind */
export function happened(kind) {
  if (live?.view.kinds.includes(kind) || kind === 'lost') live?.refresh()
}

/** Says whether the server can be reached: while it can't, nobody needs to hear of each load. @param {boolean} yes */
export function setReachable(yes) {
  reachable = yes
  if (!yes) failed(null)
}

/** @param {unknown} error */
function failed(error) {
  const place = byID('failure', HTMLElement)
  if (error !== null) console.warn(error)
  if (error === null || !reachable) {
    if (place.hasChildNodes()) replace(place)
    return
  }
  const text = error instanceof Error ? error.message : String(error)
  if (place.querySelector('p')?.textContent === text) return
  replace(place, h('p', null, text),
    h('button', { type: 'button', 'data-focus': 'retry', on: { click: () => reload() } }, 'Try again'))
}

/** Marks the page in the navigation. @param {Route} route */
function mark(route) {
  for (const link of document.querySelectorAll('#pages a')) {
    const here = parseRoute(link.getAttribute('href') ?? '').name === route.name
    if (here) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
}
