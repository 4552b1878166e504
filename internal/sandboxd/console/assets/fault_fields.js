// @ts-check
// The fields of fault rules, what they mean in words, and the presets.

/** @import {Fault} from './types.js' */

/** @typedef {'requests' | 'deliveries'} Kind */
/** @typedef {{path: string, label: string, kind: 'text' | 'number' | 'duration' | 'check' | 'long' | 'choice' | 'agent' | 'time', choices?: string[], hint?: string}} FaultField */

const operations = [
  'ai_mentor_orgs_users_list',
  ...['list', 'create', 'retrieve', 'update', 'partial_update', 'destroy', 'statistics_retrieve'].map(name => `ai_mentor_orgs_users_periodic_agents_${name}`),
  ...['list', 'retrieve'].map(name => `ai_mentor_orgs_users_periodic_agent_logs_${name}`),
  ...['list', 'create', 'destroy'].map(name => `ai_mentor_orgs_users_pin_message_${name}`),
]

/** @type {FaultField[]} */
const selection = [
  { path: 'after', label: 'Skip', kind: 'number', hint: 'The first ones that match are unaffected.' },
  { path: 'times', label: 'Limit', kind: 'number', hint: 'How many are affected; all if it is empty.' },
  { path: 'probability', label: 'Probability', kind: 'number', hint: '0 to 1; always if it is empty.' },
  { path: 'from', label: 'From (UTC)', kind: 'time' },
  { path: 'until', label: 'Until (UTC)', kind: 'time' },
]

/** @type {Record<Kind, FaultField[]>} */
export const faultFields = {
  requests: [
    { path: 'operation', label: 'Operation', kind: 'choice', choices: operations },
    { path: 'method', label: 'Method', kind: 'choice', choices: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
    { path: 'path', label: 'Path', kind: 'text', hint: 'Such as /api/ai-mentor/orgs/*/users/*/periodic-agents/*/' },
    ...selection,
    { path: 'latency', label: 'Latency', kind: 'duration', hint: 'Such as 2 s' },
    { path: 'status', label: 'Status', kind: 'number', hint: 'Such as 503' },
    { path: 'retry_after', label: 'Retry-After', kind: 'duration', hint: 'Such as 60 s' },
    { path: 'body', label: 'Body', kind: 'long' },
    { path: 'content_type', label: 'Content-Type', kind: 'text', hint: 'Such as text/html' },
    { path: 'redirect', label: 'Redirect to', kind: 'text' },
    { path: 'reset', label: 'Reset the connection', kind: 'choice', choices: ['before', 'during', 'after'], hint: 'Before the operation, during the response, or after the operation.' },
    { path: 'truncate', label: 'Truncate the response', kind: 'check' },
    { path: 'bytes_per_second', label: 'Bytes per second', kind: 'number' },
    { path: 'unknown_fields', label: 'Add unknown fields', kind: 'check' },
    { path: 'unknown_enums', label: 'Use unknown enum values', kind: 'check' },
    { path: 'link_host', label: 'Host of next and previous', kind: 'text', hint: 'Such as http://internal:8000' },
    { path: 'release', label: 'Respond as release', kind: 'choice', choices: ['3.59', '4.90', '4.205'] },
  ],
  deliveries: [
    { path: 'agent', label: 'Agent', kind: 'agent', hint: 'All agents if it is empty.' },
    ...selection,
    { path: 'delay', label: 'Delay', kind: 'duration', hint: 'Such as 10 s' },
    { path: 'duplicate', label: 'Deliver twice', kind: 'check' },
    { path: 'reorder', label: 'Deliver after the next one', kind: 'check' },
    { path: 'drop', label: 'Do not deliver', kind: 'check' },
    { path: 'wrong_signature', label: 'Sign with a wrong secret', kind: 'check' },
  ],
}

/** @typedef {{kind: Kind, id: string, name: string, text: string, rule: Fault}} Preset */

/** @type {Preset[]} */
export const presets = [
  { kind: 'requests', id: 'throttled', name: 'Throttled', text: 'The first two requests get 429 with Retry-After.', rule: { status: 429, retry_after: '2s', times: 2 } },
  { kind: 'requests', id: 'gateway-down', name: 'Gateway down', text: 'A third of requests, at random, get 502 as HTML, as from nginx.', rule: { status: 502, content_type: 'text/html', body: '<html><body><h1>502 Bad Gateway</h1></body></html>', probability: 0.33 } },
  { kind: 'requests', id: 'unavailable', name: 'Unavailable at first', text: 'The first three requests get 503.', rule: { status: 503, times: 3 } },
  { kind: 'requests', id: 'slow', name: 'Slow', text: 'Every response takes two seconds longer.', rule: { latency: '2s' } },
  { kind: 'requests', id: 'trickling', name: 'Trickling', text: 'Responses are sent at 2,000 bytes per second.', rule: { bytes_per_second: 2000 } },
  { kind: 'requests', id: 'reset-before', name: 'Reset before', text: 'Half of the connections, at random, are reset before anything is done.', rule: { reset: 'before', probability: 0.5 } },
  { kind: 'requests', id: 'reset-after', name: 'Reset after', text: 'A POST is executed, but the connection is reset before the response.', rule: { method: 'POST', reset: 'after' } },
  { kind: 'requests', id: 'truncated', name: 'Truncated', text: 'A fifth of responses, at random, are truncated.', rule: { truncate: true, probability: 0.2 } },
  { kind: 'requests', id: 'newer-release', name: 'Newer release', text: 'Responses have unknown fields and enum values.', rule: { unknown_fields: true, unknown_enums: true } },
  { kind: 'requests', id: 'older-release', name: 'Older release', text: 'Responses are those of release 3.59: mentors have no id, types or subjects.', rule: { release: '3.59' } },
  { kind: 'requests', id: 'internal-links', name: 'Links to an internal host', text: 'next and previous name the host behind the proxy.', rule: { link_host: 'http://internal:8000' } },
  { kind: 'deliveries', id: 'late', name: 'Late', text: 'Callbacks are delivered ten seconds late.', rule: { delay: '10s' } },
  { kind: 'deliveries', id: 'twice', name: 'Twice', text: 'Every callback is delivered twice.', rule: { duplicate: true } },
  { kind: 'deliveries', id: 'out-of-order', name: 'Out of order', text: 'Callbacks are delivered after the next one.', rule: { reorder: true } },
  { kind: 'deliveries', id: 'lost', name: 'Lost', text: 'Three of ten callbacks, at random, are not delivered.', rule: { drop: true, probability: 0.3 } },
  { kind: 'deliveries', id: 'wrongly-signed', name: 'Wrongly signed', text: 'Signatures are invalid.', rule: { wrong_signature: true } },
]

/** What a rule does, in words. @param {Kind} kind @param {Fault} rule */
export function ruleText(kind, rule) {
  return faultFields[kind].flatMap(({ path, label, kind: type }) => {
    const value = rule[path]
    if (!value) return []
    return [type === 'check' ? label : `${label}: ${String(value).slice(0, 60)}`]
  }).join(' · ')
}

/** Whether a rule can still apply. @param {Fault} rule */
export function isActive(rule) {
  return !rule['disabled'] && rule['left'] !== 0
}
