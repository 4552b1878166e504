// @ts-check
// What a fault can say, what it means in words, and those that are needed most.

/** @import {Fault} from './types.js' */

/** @typedef {'requests' | 'deliveries'} Kind */
/** @typedef {{name: string, label: string, type: 'text' | 'number' | 'flag' | 'long' | 'choice', choices?: string[], hint?: string}} Field */

const operations = [
  'ai_mentor_orgs_users_list',
  ...['list', 'create', 'retrieve', 'update', 'partial_update', 'destroy', 'statistics_retrieve'].map(name => `ai_mentor_orgs_users_periodic_agents_${name}`),
  ...['list', 'retrieve'].map(name => `ai_mentor_orgs_users_periodic_agent_logs_${name}`),
  ...['list', 'create', 'destroy'].map(name => `ai_mentor_orgs_users_pin_message_${name}`),
]

/** @type {Field[]} */
const counts = [
  { name: 'after', label: 'After', type: 'number', hint: 'So many pass first.' },
  { name: 'times', label: 'Times', type: 'number', hint: 'So many are hit; all if empty.' },
  { name: 'probability', label: 'Probability', type: 'number', hint: '0 to 1; always if empty.' },
]

/** @type {Record<Kind, Field[]>} */
export const faultFields = {
  requests: [
    { name: 'operation', label: 'Operation', type: 'choice', choices: operations },
    { name: 'method', label: 'Method', type: 'choice', choices: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
    { name: 'path', label: 'Path', type: 'text', hint: 'Such as /api/*/periodic-agents/*' },
    ...counts,
    { name: 'latency', label: 'Latency', type: 'text', hint: 'Such as 2s' },
    { name: 'status', label: 'Status', type: 'number', hint: 'Such as 503' },
    { name: 'retry_after', label: 'Retry-After', type: 'text', hint: 'Such as 60s' },
    { name: 'body', label: 'Body', type: 'long' },
    { name: 'content_type', label: 'Content type', type: 'text', hint: 'Such as text/html' },
    { name: 'redirect', label: 'Redirect to', type: 'text' },
    { name: 'reset', label: 'Reset the connection', type: 'choice', choices: ['before', 'during', 'after'], hint: 'Before, during or after what is asked for is done.' },
    { name: 'truncate', label: 'Truncate the answer', type: 'flag' },
    { name: 'bytes_per_second', label: 'Bytes a second', type: 'number' },
    { name: 'unknown_fields', label: 'Add unknown fields', type: 'flag' },
    { name: 'unknown_enums', label: 'Use unknown choices', type: 'flag' },
    { name: 'link_host', label: 'Host of next and previous', type: 'text', hint: 'Such as http://internal:8000' },
    { name: 'older_release', label: 'Answer as an older release', type: 'flag' },
  ],
  deliveries: [
    { name: 'agent', label: 'Agent’s id', type: 'number', hint: 'All agents if empty.' },
    ...counts,
    { name: 'delay', label: 'Delay', type: 'text', hint: 'Such as 10s' },
    { name: 'duplicate', label: 'Send twice', type: 'flag' },
    { name: 'reorder', label: 'Send after the next', type: 'flag' },
    { name: 'drop', label: 'Don’t send', type: 'flag' },
    { name: 'wrong_signature', label: 'Sign wrongly', type: 'flag' },
  ],
}

/** @typedef {{kind: Kind, name: string, text: string, fault: Fault}} Preset */

/** @type {Preset[]} */
export const presets = [
  { kind: 'requests', name: 'Throttled', text: 'Two requests get 429 with Retry-After.', fault: { status: 429, retry_after: '2s', times: 2 } },
  { kind: 'requests', name: 'Gateway down', text: 'Every third request gets 502 as HTML, as from nginx.', fault: { status: 502, content_type: 'text/html', body: '<html><body><h1>502 Bad Gateway</h1></body></html>', probability: 0.33 } },
  { kind: 'requests', name: 'Unavailable at first', text: 'The first three requests get 503.', fault: { status: 503, times: 3 } },
  { kind: 'requests', name: 'Slow', text: 'Every answer takes two seconds longer.', fault: { latency: '2s' } },
  { kind: 'requests', name: 'Trickling', text: 'Answers come at 2,000 bytes a second.', fault: { bytes_per_second: 2000 } },
  { kind: 'requests', name: 'Reset before', text: 'Half the connections are reset before anything is done.', fault: { reset: 'before', probability: 0.5 } },
  { kind: 'requests', name: 'Reset after', text: 'What is created is created, but the connection is reset before the answer.', fault: { method: 'POST', reset: 'after' } },
  { kind: 'requests', name: 'Truncated', text: 'One of five responses is truncated.', fault: { truncate: true, probability: 0.2 } },
  { kind: 'requests', name: 'Newer release', text: 'Answers have fields and choices that nobody has heard of.', fault: { unknown_fields: true, unknown_enums: true } },
  { kind: 'requests', name: 'Older release', text: 'Mentors have no id, types or subjects.', fault: { older_release: true } },
  { kind: 'requests', name: 'Links to an internal host', text: 'next and previous name the host behind the proxy.', fault: { link_host: 'http://internal:8000' } },
  { kind: 'deliveries', name: 'Late', text: 'Callbacks come ten seconds late.', fault: { delay: '10s' } },
  { kind: 'deliveries', name: 'Twice', text: 'Every callback comes twice.', fault: { duplicate: true } },
  { kind: 'deliveries', name: 'Out of order', text: 'Callbacks come after the next one.', fault: { reorder: true } },
  { kind: 'deliveries', name: 'Lost', text: 'Three of ten callbacks are never sent.', fault: { drop: true, probability: 0.3 } },
  { kind: 'deliveries', name: 'Wrongly signed', text: 'Signatures are wrong.', fault: { wrong_signature: true } },
]

/** Whether two faults say the same: what is left out is what is empty, 0 or false. @param {Fault} a @param {Fault} b */
export function sameFault(a, b) {
  return [...Object.keys(a), ...Object.keys(b)].every(name => (a[name] || null) === (b[name] || null))
}

/**
 * What a fault does, in words.
 *
 * @param {Kind} kind
 * @param {Fault} fault
 */
export function faultWords(kind, fault) {
  return faultFields[kind].flatMap(({ name, label, type }) => {
    const value = fault[name]
    if (!value) return []
    return [type === 'flag' ? label : `${label}: ${String(value).slice(0, 60)}`]
  }).join(' · ')
}
