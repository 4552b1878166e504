// @ts-check
// What can be done to an agent. The pages hear of it by events.

/** @import {Log} from './types.js' */

import { control, platform } from './api.js'
import { confirm } from './confirm.js'
import { plain, statusName } from './parts.js'
import { toast, toastFailure } from './toast.js'

/**
 * Runs an agent, as its schedule would without an outcome.
 *
 * @param {number} id
 * @param {{status?: string, output?: string, log?: string, duration?: string}} outcome
 */
export async function runAgent(id, outcome) {
  try {
    /** @type {{log: Log}} */
    const { log } = await control(`/agents/${id}/fire`, { method: 'POST', body: outcome })
    toast(`Run #${log.id}: ${statusName(log.status)}.`)
  } catch (error) {
    toastFailure(error)
  }
}

/**
 * @param {number} id
 * @param {boolean} enabled
 */
export async function setEnabled(id, enabled) {
  try {
    await platform(`/periodic-agents/${id}/`, { method: 'PATCH', body: { task: { enabled } } })
    toast(enabled ? 'The schedule is on.' : 'The schedule is off.')
  } catch (error) {
    toastFailure(error)
  }
}

/**
 * Deletes an agent, if one is sure. Resolves with whether it is gone.
 *
 * @param {number} id
 * @param {string} title
 */
export async function deleteAgent(id, title) {
  const sure = await confirm({
    title: 'Delete this agent?',
    text: `“${plain(title)}” is deleted with its schedule and the logs of all its runs. Agents that wait for it wait for none.`,
    action: 'Delete',
  })
  if (!sure) return false
  try {
    await platform(`/periodic-agents/${id}/`, { method: 'DELETE' })
    toast('The agent is deleted.')
    return true
  } catch (error) {
    toastFailure(error)
    return false
  }
}
