// @ts-check
// Edits a request and sends it again.

/** @import {Headers, JournalEntry, Values} from './types.js' */
/** @import {Sendable} from './snippets.js' */

import { Dialog } from './dialog.js'
import { h } from './element.js'
import { Form } from './form.js'
import { address } from './router.js'
import { account, openDialog, status, toast } from './store.js'

/** Headers that a client sets itself. */
const automatic = new Set(['accept-encoding', 'connection', 'content-length', 'host', 'user-agent', 'authorization', 'cookie', 'origin', 'referer'])

/** A recorded request as it can be sent again. Its key is masked in the record, so that of the chosen account is used. @param {JournalEntry} entry @returns {Sendable} */
export function sendableOf(entry) {
  return {
    method: entry.method, url: status().url + entry.url, body: entry.request_body ?? '',
    headers: [['Authorization', `Api-Token ${account().api_key}`], ...pairs(entry.request_header)],
  }
}

/** @param {Headers | undefined} headers @returns {[string, string][]} */
function pairs(headers) {
  return Object.entries(headers ?? {}).filter(([name]) => !automatic.has(name.toLowerCase()) && !/^sec-/i.test(name)).map(([name, values]) => [name, [values].flat().join(', ')])
}

/** @param {JournalEntry} entry */
export function requestDialog(entry) {
  const { method, headers, body } = sendableOf(entry)
  return h(Dialog, { heading: `Edit and send request #${entry.id}`, size: 'large' }, h(Form, {
    draft: `request ${entry.id}`, action: 'Send', cancel: () => openDialog(null),
    initial: { method, path: entry.url, headers: headers.map(pair => pair.join(': ')).join('\n'), body },
    fields: [
      { path: 'method', label: 'Method', type: 'choice', choices: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map(value => ({ value, name: value })) },
      { path: 'path', label: 'Path and query', class: 'code' },
      { path: 'headers', label: 'Headers', type: 'long', class: 'code', hint: 'One header per line. The recorded key is masked, so this is the key of the selected account.' },
      { path: 'body', label: 'Body', type: 'long', class: 'code' },
    ],
    submit: send,
    layout: form => h('div', { class: 'form' }, ['method', 'path', 'headers', 'body'].map(path => form.field(path))),
  }))
}

/** @param {Values} values */
async function send(values) {
  const path = String(values['path'])
  if (!path.startsWith('/') || path.startsWith('//')) throw new Error('The path must begin with a single slash.')
  /** @type {Record<string, string>} */
  const headers = {}
  for (const line of String(values['headers']).split('\n').filter(text => text.trim() !== '')) {
    const [name = '', ...rest] = line.split(':')
    headers[name.trim()] = rest.join(':').trim()
  }
  const method = String(values['method'])
  const body = String(values['body'])
  let text
  try {
    const response = await fetch(path, { method, headers, redirect: 'manual', cache: 'no-store', ...body && method !== 'GET' && { body } })
    text = `The response is ${response.status}.`
  } catch {
    text = 'There was no complete response.'
  }
  openDialog(null)
  toast(text, 'news', { name: 'Show requests', run: () => { location.hash = address('requests') } })
}
