// @ts-check
// Starts the console.

/** @import {ClockState, Status} from './types.js' */

import { control } from './api.js'
import { setClock } from './clock.js'
import { startClockControls } from './clock_controls.js'
import { byID, replace } from './dom.js'
import { follow } from './events.js'
import { happened, reload, setReachable, show } from './pages.js'
import { account, accountName, chooseAccount, onStatus, setStatus, status } from './state.js'
import { startTheme } from './theme.js'
import { forgetTitle } from './titles.js'
import { options } from './toolbar.js'
import { toastFailure } from './toast.js'

let boot = ''

startTheme()
startClockControls()
startAccounts()
addEventListener('hashchange', () => { if (boot !== '') void show() })
byID('skip', HTMLElement).addEventListener('click', event => {
  event.preventDefault() // its address would be that of a page
  byID('page', HTMLElement).focus()
})
follow({ connected: () => void connected(), disconnected, happened: whatHappened })

/** What came before may be missed: all is fetched anew. After a restart, with another key too. */
async function connected() {
  try {
    /** @type {Status} */
    const next = await control('/status')
    setReachable(true)
    say('live', 'Live')
    begin(next)
  } catch (error) {
    toastFailure(error) // the stream breaks off as well, and tries again
  }
}

/** @param {Status} next */
function begin(next) {
  const same = boot === next.boot
  boot = next.boot
  setStatus(next)
  setClock(next.clock)
  if (same) {
    reload()
    return
  }
  forgetTitle()
  void show(false)
}

function disconnected() {
  setReachable(false)
  say('lost', 'Reconnecting…')
}

/** @param {'live' | 'lost'} state @param {string} text */
function say(state, text) {
  const place = byID('connection', HTMLElement)
  place.dataset.state = state
  place.textContent = text
}

/**
 * @param {string} kind
 * @param {{agent_id?: number}} happening
 */
function whatHappened(kind, happening) {
  if (kind === 'replaced') {
    forgetTitle()
    void connected().then(() => show(false))
    return
  }
  if (kind === 'agent' || kind === 'agent_deleted') forgetTitle(happening.agent_id)
  if (kind === 'clock' || kind === 'lost') void fetchClock()
  happened(kind)
}

async function fetchClock() {
  try {
    /** @type {ClockState} */
    const clock = await control('/clock')
    setClock(clock)
  } catch {
    // The stream of events tells it too.
  }
}

function startAccounts() {
  const select = byID('account', HTMLSelectElement)
  select.addEventListener('change', () => {
    chooseAccount(select.value)
    forgetTitle()
    void show(false)
  })
  onStatus(() => {
    const choices = status().accounts.map(a => ({ value: accountName(a), name: `${a.username} · ${a.org}${a.admin ? '' : ' (not an admin)'}` }))
    replace(select, options(choices, accountName(account())))
  })
}
