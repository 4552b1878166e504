// @ts-check
// Numbers and times as people read them. All times are the sandbox's, in UTC.

const number = new Intl.NumberFormat('en')
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** @param {number} n */
export function count(n) {
  return number.format(n)
}

/**
 * A number of things, as in "1 run" or "12 runs".
 *
 * @param {number} n
 * @param {string} thing
 */
export function plural(n, thing) {
  const many = thing.endsWith('y') ? `${thing.slice(0, -1)}ies` : `${thing}s`
  return `${count(n)} ${n === 1 ? thing : many}`
}

/** @param {number} n */
function two(n) {
  return String(n).padStart(2, '0')
}

/**
 * The day, as in "2026-01-05".
 *
 * @param {Date} at
 */
export function date(at) {
  return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`
}

/**
 * The time of day, as in "08:00".
 *
 * @param {Date} at
 */
export function minutes(at) {
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`
}

/**
 * A moment to the second, as in "2026-01-05 08:00:04".
 *
 * @param {Date} at
 */
export function moment(at) {
  if (Number.isNaN(at.getTime())) return '–'
  return `${date(at)} ${minutes(at)}:${two(at.getUTCSeconds())}`
}

/** @param {Date} at */
export function weekday(at) {
  return days[at.getUTCDay()] ?? '–'
}

/**
 * How long something took, as in "350 ms", "4.2 s" or "1 h 5 min".
 *
 * @param {number} ms
 */
export function duration(ms) {
  if (!(ms >= 0)) return '–'
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`
  if (ms < SECOND) return `${Math.round(ms)} ms`
  if (ms < MINUTE) return `${Math.round(ms / 100) / 10} s`
  return parts(Math.round(ms / SECOND) * SECOND)
}

/** @param {number} ms */
function parts(ms) {
  const units = [[DAY, 'd'], [HOUR, 'h'], [MINUTE, 'min'], [SECOND, 's']]
  const texts = []
  for (const [unit, name] of /** @type {[number, string][]} */ (units)) {
    const n = Math.floor(ms / unit)
    if (n > 0) texts.push(`${n} ${name}`)
    ms -= n * unit
  }
  return texts.slice(0, 2).join(' ')
}

/**
 * How far away something is, as in "in 5 min" or "2 h ago".
 *
 * @param {number} ms
 */
export function distance(ms) {
  const far = Math.abs(ms)
  if (far < SECOND) return 'now'
  /** @type {[number, string]} */
  const [unit, name] = far < MINUTE ? [SECOND, 's'] : far < HOUR ? [MINUTE, 'min'] : far < 2 * DAY ? [HOUR, 'h'] : [DAY, 'd']
  const text = `${Math.round(far / unit)} ${name}`
  return ms > 0 ? `in ${text}` : `${text} ago`
}

/**
 * Reads one of Go's durations, such as "1h30m0s"; NaN if it is none.
 *
 * @param {string} text
 */
export function parseDuration(text) {
  const units = new Map([['d', DAY], ['h', HOUR], ['m', MINUTE], ['s', SECOND], ['ms', 1]])
  if (!/^(\d+(\.\d+)?(ms|d|h|m|s))+$/.test(text)) return NaN
  let sum = 0
  for (const [, n, unit] of text.matchAll(/([\d.]+)(ms|d|h|m|s)/g)) sum += Number(n) * (units.get(unit ?? '') ?? NaN)
  return sum
}

/**
 * How fast the clock is.
 *
 * @param {number} speed
 */
export function speedName(speed) {
  if (speed === 0) return 'stopped'
  if (speed === 1) return 'real time'
  return `${count(speed)}×`
}
