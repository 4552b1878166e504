// @ts-check
// The fields of an agent that can be written. The API nests them; a form names each by its path.

/** @import {Agent, Values} from './types.js' */

import { crontabFields } from './schedule.js'

/**
 * The values that the form shows at first: those of an agent, or of a new one.
 *
 * @param {Agent | undefined} agent
 * @param {{mentor: string, callback: string}} defaults of a new agent
 * @returns {Values}
 */
export function valuesOf(agent, defaults) {
  const task = agent?.task
  /** @type {Values} */
  const values = {
    mentor: agent?.mentor?.unique_id ?? defaults.mentor,
    title: agent?.title ?? '',
    description: agent?.description ?? '',
    prompt: agent?.prompt ?? '',
    'task.enabled': task?.enabled ?? true,
    'task.one_off': task?.one_off ?? false,
    'task.start_time': task?.start_time ? new Date(task.start_time).toISOString().slice(0, 19) : '',
    callback_url: agent ? agent.callback_url : defaults.callback,
    callback_secret: agent?.callback_secret ?? '',
    previous_agent: agent?.previous_agent ? String(agent.previous_agent) : '',
    previous_agent_status: agent?.previous_agent_status ?? 'success',
  }
  const hourly = new Map([['minute', '0'], ['hour', '8']])
  for (const { field } of crontabFields) values[`task.crontab.${field}`] = task?.crontab?.[field] ?? hourly.get(field) ?? '*'
  return values
}

/**
 * The body of a request: all values, or those that have changed.
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
    at[last] = encode(path, value)
  }
  return body
}

/** @param {string} path @param {string | boolean} value */
function encode(path, value) {
  if (path === 'task.start_time') return value === '' ? null : utc(String(value))
  if (path === 'previous_agent') return value === '' ? null : /^\d+$/.test(String(value)) ? Number(value) : value
  return value
}

/** The time of a datetime-local field, which omits seconds that are 0. @param {string} text */
export function utc(text) {
  if (/[zZ]$/.test(text)) return text
  return `${text}${text.length === 'YYYY-MM-DDThh:mm'.length ? ':00' : ''}Z`
}
