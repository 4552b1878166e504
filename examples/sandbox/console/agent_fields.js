// @ts-check
// What can be written of an agent: between the API's nesting and the form's fields, which are
// named by their path, such as task.crontab.minute.

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

/**
 * The messages of a refusal by path: it nests as the request does, and ends in lists of texts.
 *
 * @param {unknown} refusal
 * @param {string} [path]
 * @returns {Map<string, string[]>}
 */
export function faultsOf(refusal, path = '') {
  /** @type {Map<string, string[]>} */
  const faults = new Map()
  if (typeof refusal === 'string') faults.set(path, [refusal])
  else if (Array.isArray(refusal)) faults.set(path, refusal.map(message => typeof message === 'string' ? message : JSON.stringify(message)))
  else if (typeof refusal === 'object' && refusal !== null) {
    for (const [name, value] of Object.entries(refusal)) {
      const whole = name === 'non_field_errors' || name === 'detail'
      const inner = whole ? path : path === '' ? name : `${path}.${name}`
      for (const [at, messages] of faultsOf(value, inner)) faults.set(at, [...faults.get(at) ?? [], ...messages])
    }
  }
  return faults
}
