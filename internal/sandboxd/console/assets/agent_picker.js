// @ts-check
// A field that chooses an agent by its title.

/** @import {Agent, Page, ShortSchedule} from './types.js' */

import { Component, h, newID } from './element.js'
import { plain } from './parts.js'
import { read } from './resources.js'

const TYPING = 200
const CHOICES = 20

/** The title of an agent in the field. @param {number | string} id @param {string} title */
function choiceText(id, title) {
  return `${plain(title)} (#${id})`
}

/**
 * @extends {Component<{id: string, value: string, attributes?: Record<string, any>, change: (id: string) => void}, {typed: string | null, search: string}>}
 */
export class AgentPicker extends Component {
  state = { /** @type {string | null} */ typed: null, search: '' }
  list = newID()
  timer = 0

  componentWillUnmount() {
    clearTimeout(this.timer)
  }

  /** @param {string} typed */
  type(typed) {
    this.setState({ typed })
    const [, id] = /\(#(\d+)\)$/.exec(typed) ?? []
    if (id || typed === '') {
      this.props.change(id ?? '')
      return
    }
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.setState({ search: typed }), TYPING)
  }

  render() {
    const { id, value, attributes = {} } = this.props
    const { typed, search } = this.state
    /** @type {Page<Agent> | undefined} */
    const found = read('agents', '/periodic-agents/', { api: 'platform', query: { search, page_size: CHOICES }, slot: this.list }).value
    return [
      h('input', {
        ...attributes, id, type: 'text', list: this.list, autocomplete: 'off', spellcheck: false, placeholder: 'Type part of a title',
        value: typed ?? this.title(value), onInput: (/** @type {any} */ event) => this.type(event.currentTarget.value),
        onBlur: () => this.setState({ typed: null }),
      }),
      h('datalist', { id: this.list }, found?.results.map(agent => h('option', { key: agent.id, value: choiceText(agent.id, agent.title) }))),
    ]
  }

  /** @param {string} value */
  title(value) {
    if (!/^\d+$/.test(value)) return value
    const title = titleOf(Number(value))
    return title ? choiceText(value, title) : `#${value}`
  }
}

/** The title of an agent, if it is known by now. @param {number} id */
export function titleOf(id) {
  return titlesOf([id]).get(id)
}

/** The titles of agents, as far as they are known by now. @param {number[]} ids @returns {Map<number, string>} */
export function titlesOf(ids) {
  const all = [...new Set(ids)].sort((a, b) => a - b)
  if (all.length === 0) return new Map()
  /** @type {{schedules: Record<string, ShortSchedule>} | undefined} */
  const found = read('agents', '/schedules', { query: { ids: all.join() } }).value
  return new Map(all.map(id => [id, found?.schedules[id]?.title ?? '']))
}

/** The filter of a list by agent. @param {string} value @param {(id: string) => void} change */
export function agentFilter(value, change) {
  return h('div', { key: 'agent', class: 'filter' }, h('label', { for: 'filter-agent' }, 'Agent'), h(AgentPicker, { id: 'filter-agent', value, change }))
}
