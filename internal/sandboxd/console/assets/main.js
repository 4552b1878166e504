// @ts-check
// Starts the console.

/** @import {Status} from './types.js' */

import { control } from './api.js'
import { setClock } from './clock.js'
import { h, render } from './element.js'
import { follow } from './events.js'
import { frame } from './frame.js'
import { forgetJobs } from './jobs.js'
import { beginDrawing, dropAll, dropUnused, firstError, invalidate, invalidateAll } from './resources.js'
import { parseRoute } from './router.js'
import { startShortcuts } from './search.js'
import { onUpdate, state, toastError, update } from './store.js'
import { applyTheme } from './theme.js'

const root = document.getElementById('root')
if (!root) throw new Error('main: index.html has no root')

/** @param {{}} _ */
const Frame = _ => h('div', { class: 'frame' }, frame())

onUpdate(() => {
  const shown = firstError()
  beginDrawing()
  render(h(Frame, null), root)
  dropUnused()
  if (firstError() !== shown) update()
})

applyTheme()
startShortcuts()
update({ route: parseRoute(location.hash) })
addEventListener('hashchange', () => update({ route: parseRoute(location.hash), dialog: null }))
addEventListener('popstate', () => update({ route: parseRoute(location.hash), dialog: null }))
document.getElementById('skip')?.addEventListener('click', event => {
  event.preventDefault() // its address would be that of a page
  document.getElementById('page')?.focus()
})
follow({
  connected: () => void connected(),
  disconnected: () => update({ connection: 'lost' }),
  event: kind => {
    if (kind === 'replaced') void replaced()
    else if (kind === 'added') void added()
    else if (kind === 'lost') invalidateAll()
    else invalidate(kind)
  },
})

/** Reads everything again, since events may be missing. After a restart, keys and ids are others. */
async function connected() {
  try {
    await readStatus()
    update({ connection: 'live' })
    invalidateAll()
  } catch (error) {
    toastError(error) // the stream ends as well, and is opened again
  }
}

/** A seed or a reset has replaced the sandbox. */
async function replaced() {
  try {
    dropAll()
    await readStatus()
    dropAll()
  } catch (error) {
    toastError(error)
  }
}

/** Accounts and other objects were added. */
async function added() {
  try {
    await readStatus()
  } catch (error) {
    toastError(error)
  }
  invalidateAll()
}

async function readStatus() {
  /** @type {Status} */
  const status = await control('/status')
  const restarted = state.status !== null && state.status.boot !== status.boot
  setClock(status.clock)
  update({ status })
  if (!restarted) return
  forgetJobs()
  dropAll()
}
