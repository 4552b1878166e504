// @ts-check
// What the two APIs answer, as far as the console reads it. Only types: nothing loads this file.

/** @typedef {{now: string, speed: number}} ClockState */
/** @typedef {{org: string, username: string, admin: boolean, api_key: string}} Account */

/**
 * @typedef {object} Status
 * @property {string} boot another one means that the server was started anew
 * @property {string} url
 * @property {ClockState} clock
 * @property {Account[]} accounts
 * @property {{requests: number, deliveries: number, faults: number}} counts
 */

/** @typedef {{id?: number, name: string, unique_id: string, slug?: string, is_featured?: boolean, created_by?: string | null, created_at?: string | null}} Mentor */
/** @typedef {{minute: string, hour: string, day_of_week: string, day_of_month: string, month_of_year: string}} Crontab */
/** @typedef {{crontab: Crontab, one_off: boolean, start_time: string | null, enabled: boolean}} Task */

/**
 * @typedef {object} Agent
 * @property {number} id
 * @property {Mentor} mentor
 * @property {string} title
 * @property {string} username
 * @property {string} description
 * @property {string} prompt
 * @property {Task} task
 * @property {string} created_at
 * @property {string} modified_at
 * @property {string} callback_url
 * @property {string} callback_secret
 * @property {number | null} previous_agent
 * @property {string} previous_agent_status
 * @property {string} previous_agent_output
 */

/** @typedef {{id: number, content: string, status: string, start_time: string, end_time: string | null, periodic_agent: number}} Log */
/** @typedef {{total_tasks: number, succeeded_tasks: number, failed_tasks: number, running_tasks: number, pending_tasks: number}} Statistics */

/**
 * @template T
 * @typedef {{count: number, results: T[]}} Page
 */

/** @typedef {{field: string, value: string, verdict: string, reason: string, suggestion: string}} Finding */
/** @typedef {{title: string, status: string, description: string, next_runs: string[], verdict: string, findings: Finding[]}} Meaning */
/** @typedef {Meaning & {next_run: string | null, waiting: boolean}} Schedule */
/** @typedef {{title: string, status: string, description: string, next_run: string | null, waiting: boolean, verdict: string}} ShortSchedule */

/** @typedef {{id: number, periodic_agent: number, status: string, start_time: string, end_time: string | null}} TimelineRun */
/** @typedef {{start: string, success: number, error: number, running: number}} Bucket */
/** @typedef {{from: string, to: string, bucket: string, buckets: Bucket[], total: number, runs: TimelineRun[]}} Timeline */

/** @typedef {Record<string, string | string[]>} Headers */

/**
 * @typedef {object} JournalEntry
 * @property {number} id
 * @property {string} at
 * @property {string} method
 * @property {string} url
 * @property {string} operation
 * @property {string} username
 * @property {number} status
 * @property {number} duration_ms
 * @property {boolean} fault
 * @property {boolean} [truncated]
 * @property {Headers} [request_header]
 * @property {string} [request_body]
 * @property {Headers} [response_header]
 * @property {string} [response_body]
 */

/**
 * @typedef {object} Delivery
 * @property {number} id
 * @property {number} agent_id
 * @property {number} log_id
 * @property {string} url
 * @property {number} status_code 0 if there was no answer
 * @property {string} error
 * @property {string} started_at
 * @property {string} finished_at
 * @property {string} fault
 * @property {number | null} resent_from
 * @property {string} signature
 * @property {Headers} [header]
 * @property {string} [body]
 * @property {string} [response_body]
 */

/** @typedef {Record<string, string | number | boolean>} Fault */
/** @typedef {{requests: Fault[], deliveries: Fault[]}} Faults */

/** @typedef {{name: string, id: string, query: URLSearchParams}} Route */

/**
 * A page of the console.
 *
 * @typedef {object} View
 * @property {string} title
 * @property {HTMLElement} element
 * @property {string[]} kinds the events after which it is loaded again
 * @property {(signal: AbortSignal) => Promise<void>} load fetches and shows what is to be seen
 * @property {(route: Route) => void} [update] shows another part of the same page
 * @property {() => void} [close]
 */

export {}
