// @ts-check
// Schedules in words.

/** @import {Crontab, Finding, Meaning, Values} from './types.js' */

import { Component, h } from './element.js'
import { foreign, nearTime, tag } from './parts.js'
import { read } from './resources.js'

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

/** A tag for a schedule that does not simply run. @param {string | undefined} verdict */
export function verdictTag(verdict) {
  if (verdict === undefined || verdict === 'runs') return null
  return tag(verdict, verdict.startsWith('depends') ? 'warn' : 'bad')
}

/** @param {Finding[]} findings */
function findingList(findings) {
  if (findings.length === 0) return null
  return h('ul', { class: 'findings' }, findings.map(({ field, value, reason, suggestion }) => h('li', { key: field + reason },
    h('strong', null, crontabFields.find(other => other.field === field)?.label ?? field), ' ',
    h('code', null, foreign(value)), ': ', foreign(reason), suggestion ? [' Write ', foreign(suggestion), ' instead.'] : null)))
}

/** What a schedule means, its problems and its next runs. @param {Meaning} meaning */
export function meaningBlock({ description, next_runs, verdict, findings }) {
  return h('div', { class: 'meaning' },
    h('p', null, description ? h('strong', null, description) : 'This schedule is invalid.', ' ', verdictTag(verdict)),
    findingList(findings),
    next_runs.length > 0 && h('ol', { class: 'next', 'aria-label': 'Next runs' }, next_runs.map(at => h('li', { key: at }, nearTime(at)))))
}

const TYPING = 200
const NEXT = 3

/**
 * Explains a crontab while somebody types it.
 *
 * @extends {Component<{values: Values}, {query: Record<string, string>}>}
 */
export class Explanation extends Component {
  timer = 0
  state = { query: this.query() }

  query() {
    return Object.fromEntries(crontabFields.map(({ field }) => [field, String(this.props.values[`task.crontab.${field}`] ?? '')]))
  }

  componentDidUpdate() {
    const query = this.query()
    if (JSON.stringify(query) === JSON.stringify(this.state.query)) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.setState({ query }), TYPING)
  }

  componentWillUnmount() {
    clearTimeout(this.timer)
  }

  render() {
    const { query } = this.state
    // An empty field would get the default.
    const sent = Object.fromEntries(Object.entries(query).map(([field, value]) => [field, value || ' ']))
    /** @type {Meaning | undefined} */
    const meaning = read('crontab', '/crontab', { query: { ...sent, n: NEXT }, slot: 'crontab' }).value
    if (!meaning) return null
    return h('div', null, meaningBlock(meaning),
      // Times that change would be read out again and again.
      h('p', { class: 'unseen', role: 'status' }, [meaning.description, ...meaning.findings.map(finding => finding.reason)].join(' ')))
  }
}
