// @ts-check
// Schedules in words.

/** @import {Crontab, Finding, Meaning} from './types.js' */

import { h } from './dom.js'
import { foreign, nearTime, tag } from './parts.js'

/** The fields of a crontab, in the order in which they are written. @type {{field: keyof Crontab, label: string, range: string}[]} */
export const crontabFields = [
  { field: 'minute', label: 'Minute', range: '0–59' },
  { field: 'hour', label: 'Hour', range: '0–23' },
  { field: 'day_of_month', label: 'Day of month', range: '1–31' },
  { field: 'month_of_year', label: 'Month', range: '1–12' },
  { field: 'day_of_week', label: 'Day of week', range: '0–6, sun–sat' },
]

/** @param {Crontab | undefined} crontab */
export function crontabText(crontab) {
  return crontabFields.map(({ field }) => crontab?.[field] ?? '*').join(' ')
}

/** A word on a schedule that does not simply run. @param {string | undefined} verdict */
export function verdictTag(verdict) {
  if (verdict === undefined || verdict === 'runs') return null
  return tag(verdict, verdict.startsWith('depends') ? 'warn' : 'bad')
}

/** @param {Finding[]} findings */
function findingList(findings) {
  if (findings.length === 0) return null
  return h('ul', { class: 'findings' }, findings.map(({ field, value, reason, suggestion }) => h('li', null,
    h('strong', null, crontabFields.find(other => other.field === field)?.label ?? field), ' ',
    h('code', null, foreign(value)), ': ', foreign(reason), suggestion ? [' ', foreign(suggestion)] : null)))
}

/** What a schedule means, what is wrong with it, and when it runs next. @param {Meaning} meaning */
export function meaningBlock({ description, next_runs, verdict, findings }) {
  return h('div', { class: 'meaning' },
    h('p', null, description ? h('strong', null, description) : 'This schedule has no meaning.', ' ', verdictTag(verdict)),
    findingList(findings),
    next_runs.length > 0 && h('ol', { class: 'next', 'aria-label': 'Next runs' }, next_runs.map(at => h('li', null, nearTime(at)))))
}
