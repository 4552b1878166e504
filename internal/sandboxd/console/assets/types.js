// @ts-check
// The responses of the two APIs, as far as the console reads them. Only types: nothing loads this file.

/** @typedef {{now: string, speed: number}} ClockState */
/** @typedef {{org: string, username: string, admin: boolean, api_key: string}} Account */
/** @typedef {{accounts: Account[], mentors: string[], agents: number[], logs: number[], sessions: string[]}} Added */

/**
 * @typedef {object} Status
 * @property {string} boot changes when the program restarts
 * @property {string} url
 * @property {string} inbox_url
 * @property {ClockState} clock
 * @property {Account[]} accounts
 */

/** @typedef {{id?: number, name: string, unique_id: string, is_featured?: boolean, created_at?: string | null}} Mentor */
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
 * @property {string} pathway
 * @property {string} parent_session_id
 * @property {number | null} parent_mentor_id
 */

/** @typedef {{id: number, content: string, status: string, start_time: string, end_time: string | null, periodic_agent: number}} Log */
/** @typedef {{total_tasks: number, succeeded_tasks: number, failed_tasks: number, running_tasks: number, pending_tasks: number}} Statistics */

/**
 * @template T
 * @typedef {{count: number, results: T[]}} Page
 */

/** @typedef {{field: string, value: string, verdict: string, reason: string, suggestion: string}} Finding */
/** @typedef {{description: string, next_runs: string[], verdict: string, findings: Finding[]}} Meaning */
/** @typedef {Meaning & {next_run: string | null, waiting: boolean, explanation: string}} Schedule */
/** @typedef {{title: string, status: string, description: string, next_run: string | null, waiting: boolean, verdict: string}} ShortSchedule */

/** @typedef {{id: number, status_code: number, sent: boolean, at: string}} Mark */
/** @typedef {{id: number, status: string, start_time: string, end_time: string | null, deliveries: Mark[]}} TimelineRun */
/** @typedef {{start: string, success: number, error: number, running: number}} Bucket */
/** @typedef {{agent: number, title: string, total: number, buckets: Bucket[], runs: TimelineRun[], next_runs: string[], waiting: boolean}} TimelineRow */
/** @typedef {{from: string, to: string, bucket: string, total: number, rows: TimelineRow[], others: {agents: number, total: number, buckets: Bucket[]}, stops: Stop[]}} Timeline */
/** @typedef {{from: string, to: string | null}} Stop of the scheduler */

/** @typedef {Record<string, string | string[]>} Headers */

/**
 * @typedef {object} JournalEntry a request to the platform
 * @property {number} id
 * @property {string} at
 * @property {string} method
 * @property {string} url
 * @property {string} operation
 * @property {string} username
 * @property {number} status
 * @property {number} duration_ms
 * @property {boolean} fault
 * @property {string} fault_id
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
 * @property {string} title
 * @property {number} log_id
 * @property {string} url
 * @property {number} status_code 0 if there was no response
 * @property {string} error
 * @property {string} started_at
 * @property {string} finished_at
 * @property {boolean} sent
 * @property {string} fault
 * @property {string} fault_id
 * @property {number | null} resent_from
 * @property {string} signature
 * @property {Headers} [header]
 * @property {string} [body]
 * @property {string} [response_body]
 */

/** @typedef {{id: number, periodic_agent: number, title: string, status: string, previous: number | null}} ChainRun */

/**
 * @typedef {object} Run
 * @property {Log} log
 * @property {string} org
 * @property {string} title
 * @property {string} cause
 * @property {string | null} due_at
 * @property {string} prompt
 * @property {string} output
 * @property {string} log_text
 * @property {ChainRun[]} chain
 * @property {number | null} older
 * @property {number | null} newer
 * @property {Delivery[]} deliveries
 */

/** @typedef {{id: number, at: string, org: string, agent_id: number, title: string, log_id: number, status: string, signature: string, header?: Headers, body?: string, truncated?: boolean}} ReceivedCallback */

/**
 * @typedef {object} Job
 * @property {number} id
 * @property {string} kind
 * @property {number | null} target
 * @property {'running' | 'succeeded' | 'failed' | 'canceled'} state
 * @property {{from: string, now: string, to: string} | null} progress
 * @property {any} result
 * @property {string} error
 */

/** @typedef {Record<string, string | number | boolean | null>} Fault with id, disabled, matched, applied and left */
/** @typedef {{requests: Fault[], deliveries: Fault[]}} Faults */

/** @typedef {{name: string, id: string, query: URLSearchParams}} Route */
/** @typedef {Record<string, string | boolean>} Values of a form, by path */

export {}
