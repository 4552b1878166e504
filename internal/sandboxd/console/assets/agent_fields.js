// @ts-check
// What can be written of an agent: the API nests it, the form names each field by its path, such
// as task.crontab.minute.

/** @import {Agent} from './types.js' */

import { crontabFields } from './schedule.js'

/** @typedef {Record<string, string | boolean>} Values by path */

/**
 * What the form shows of an agent, or of a new one.
 *
 * @param {Agent | undefined} agent
 * @returns {Values}
 */
export function valuesOf(agent) {
  const task = agent?.task
  /** @type {Values} */
  const values = {
    mentor: agent?.mentor?.unique_id ?? '',
    title: agent?.title ?? '',
    description: agent?.description ?? '',
    prompt: agent?.prompt ?? '',
    'task.enabled': task?.enabled ?? true,
    'task.one_off': task?.one_off ?? false,
    'task.start_time': task?.start_time ? new Date(task.start_time).toISOString().slice(0, 19) : '',
    callback_url: agent?.callback_url ?? '',
    callback_secret: agent?.callback_secret ?? '',
    previous_agent: agent?.previous_agent ? String(agent.previous_agent) : '',
    previous_agent_status: agent?.previous_agent_status ?? 'success',
  }
  for (const { field } of crontabFields) values[`task.crontab.${field}`] = task?.crontab?.[field] ?? (field === 'minute' ? '0' : field === 'hour' ? '8' : '*')
  return values
}

/**
 * The body of a request: all values, or, of an agent that exists, those that were changed.
 *
 * @param {Values} values
 * @param {Values | undefined} before
 */
export function bodyOf(values, before) {
  /** @type {Record<string, any>} */
  const body = {}
  for (const [path, value] of Object.entries(values)) {
    if (before && before[path] === value) continue
    const names = path.split('.')
    const last = names.pop() ?? ''
    let at = body
    for (const name of names) at = at[name] ??= {}
    at[last] = written(path, value)
  }
  return body
}

/** @param {string} path @param {string | boolean} value */
function written(path, value) {
  if (path === 'task.start_time') return value === '' ? null : /[zZ]$/.test(String(value)) ? value : `${value}Z`
  if (path === 'previous_agent') return value === '' ? null : /^\d+$/.test(String(value)) ? Number(value) : value
  return value
}
