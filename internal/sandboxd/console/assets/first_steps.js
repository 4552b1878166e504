// @ts-check
// What to do first.

/** @import {Delivery, JournalEntry} from './types.js' */

import { platformPath } from './api.js'
import { advance } from './clock_controls.js'
import { result } from './delivery_table.js'
import { Component, h } from './element.js'
import { button } from './parts.js'
import { read } from './resources.js'
import { address } from './router.js'
import { languages, shellQuote } from './snippets.js'
import { account, status, update } from './store.js'
import { copyText } from './text.js'

const HIDDEN = 'ibl.ai sandbox: first steps'

/** Whether there was something to do since the page was opened. */
let begun = false

/** Three steps, until they are done or hidden. */
export function firstSteps() {
  if (localStorage.getItem(HIDDEN)) return null
  /** @type {{requests: JournalEntry[]} | undefined} */
  const requests = read('requests', '/requests', { query: { limit: 1 } }).value
  /** @type {{deliveries: Delivery[]} | undefined} */
  const deliveries = read('deliveries', '/deliveries', { query: { limit: 1 } }).value
  if (!requests || !deliveries) return null
  const request = requests.requests[0]
  const delivery = deliveries.deliveries[0]
  if (request && delivery && !begun) return null
  begun = true
  return h('section', { class: 'card steps', 'aria-label': 'First steps' },
    h('div', { class: 'row' }, h('h2', null, 'First steps'), h('span', { class: 'spring' }), button('Hide', hide, { kind: 'quiet', label: 'Hide the first steps' })),
    h('ol', null,
      step(Boolean(request), 'Send a request', h(Line, null)),
      step(Boolean(request), 'See the request', request
        ? h('a', { href: address('requests', request.id) }, `${request.method} ${request.status}: request #${request.id}`)
        : h('p', { class: 'muted' }, 'The request appears here when the sandbox receives it.')),
      step(Boolean(delivery), 'Run a day of agents', [
        button('+1 day', () => void advance('24h'), { kind: delivery ? '' : 'primary' }), ' ',
        delivery ? [h('a', { href: address('deliveries', delivery.id) }, `Delivery #${delivery.id}`), ' ', result(delivery)]
          : h('span', { class: 'muted' }, 'Agents run on their schedules, and their callbacks arrive in the inbox.')])))
}

function hide() {
  localStorage.setItem(HIDDEN, 'yes')
  update()
}

/** @param {boolean} done @param {string} name @param {any} content */
function step(done, name, content) {
  return h('li', { class: done ? 'is-done' : undefined }, h('h3', null, name, done && h('span', { class: 'unseen' }, ' (done)')), content)
}

/** @extends {Component<{}, {language: string}>} */
class Line extends Component {
  state = { language: 'curl' }

  render() {
    const { language } = this.state
    const line = lineOf(language)
    return h('div', null,
      h('div', { class: 'row' },
        h('div', { class: 'segments', role: 'group', 'aria-label': 'Language' }, languages.map(name => button(name, () => this.setState({ language: name }), { pressed: name === language }))),
        button('Copy', () => void copyText(line), { label: 'Copy the command' })),
      h('pre', { tabIndex: 0, role: 'region', 'aria-label': 'The line' }, line))
  }
}

/** A line for a shell that lists the agents. @param {string} language */
function lineOf(language) {
  const { org, username, api_key } = account()
  const { url } = status()
  const list = `${url}${platformPath()}/periodic-agents/`
  switch (language) {
    case 'Go': return `IBLAI_BASE_URL=${url} IBLAI_API_KEY=${shellQuote(api_key)} IBLAI_ORG=${shellQuote(org)} IBLAI_USERNAME=${shellQuote(username)} go run ./examples/logs`
    case 'Node': return `node -e ${shellQuote(`fetch(${JSON.stringify(list)}, { headers: { Authorization: ${JSON.stringify(`Api-Token ${api_key}`)} } }).then(r => r.text()).then(console.log)`)}`
  }
  return `curl -H ${shellQuote(`Authorization: Api-Token ${api_key}`)} ${shellQuote(list)}`
}
