// @ts-check
// What can be done with an agent.

/** @import {Agent} from './types.js' */

import { control, platform } from './api.js'
import { bodyOf, valuesOf } from './agent_fields.js'
import { confirm } from './dialog.js'
import { Canceled, runJob } from './jobs.js'
import { plain, statusName } from './parts.js'
import { address } from './router.js'
import { toast, toastError } from './store.js'

/**
 * Runs an agent, as its schedule would if there is no outcome.
 *
 * @param {number} id
 * @param {Record<string, string>} outcome
 */
export async function runAgent(id, outcome) {
  try {
    const { log } = await runJob(`/agents/${id}/fire`, { body: outcome })
    toast(`Run #${log.id}: ${statusName(log.status)}.`, 'news', { name: 'Show', run: () => { location.hash = address('runs', log.id) } })
  } catch (error) {
    if (!(error instanceof Canceled)) toastError(error)
  }
}

/** @param {number} id @param {boolean} enabled */
export async function setEnabled(id, enabled) {
  try {
    await platform(`/periodic-agents/${id}/`, { method: 'PATCH', body: { task: { enabled } } })
    toast(enabled ? 'The agent is enabled.' : 'The agent is disabled.')
  } catch (error) {
    toastError(error)
  }
}

/** Deletes an agent after a question. @param {Agent} agent @param {() => void} deleted */
export function deleteAgent(agent, deleted) {
  confirm({
    heading: 'Delete this agent?',
    text: `“${plain(agent.title)}” is deleted, with its schedule and the logs of its runs. Agents that depend on it become independent.`,
    action: 'Delete',
    run: async () => {
      try {
        await platform(`/periodic-agents/${agent.id}/`, { method: 'DELETE' })
        toast('The agent was deleted.', 'news', { name: 'Undo', run: () => void restore(agent) })
        deleted()
      } catch (error) {
        toastError(error)
      }
    },
  })
}

/** Deletes the log of a run after a question, as if it had expired. @param {number} id */
export function deleteLog(id) {
  confirm({
    heading: 'Delete this log?',
    text: `The log of run #${id} is deleted, as when logs expire. Programs that have not read it miss the run.`,
    action: 'Delete',
    run: async () => {
      try {
        await control(`/runs/${id}`, { method: 'DELETE' })
        toast(`The log of run #${id} was deleted.`)
        location.hash = address('runs')
      } catch (error) {
        toastError(error)
      }
    },
  })
}

/** Creates a deleted agent again. @param {Agent} agent */
async function restore(agent) {
  const { pathway, parent_session_id, parent_mentor_id } = agent
  const body = { ...bodyOf(valuesOf(agent, { mentor: '', callback: '' }), undefined), pathway, parent_session_id, parent_mentor_id }
  try {
    /** @type {Agent} */
    const restored = await platform('/periodic-agents/', { method: 'POST', body })
    toast(`The agent was restored as agent ${restored.id}, without its logs.`)
    location.hash = address('agents', restored.id)
  } catch (error) {
    toastError(error)
  }
}
