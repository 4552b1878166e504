// @ts-check
// Numbers, times and durations as people read and write them. All times are the sandbox's, in UTC.

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
 * A number and a noun, as in "1 run" or "12 runs".
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
 * A time to the second, as in "2026-01-05 08:00:04".
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
 * A duration, as in "350 ms", "4.2 s" or "1 h 5 min".
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
 * The distance of a time, as in "in 5 min" or "2 h ago".
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
 * Parses a duration in Go's form, such as "1h30m0s"; NaN if it is invalid.
 *
 * @param {string} text
 */
export function parseDuration(text) {
  if (!/^(\d+(\.\d+)?(ms|h|m|s))+$/.test(text)) return NaN
  let sum = 0
  for (const [, n, unit] of text.matchAll(/([\d.]+)(ms|h|m|s)/g)) sum += Number(n) * (units.get(unit ?? '') ?? NaN)
  return sum
}

const units = new Map([
  ...['ms', 'millisecond', 'milliseconds'].map(name => /** @type {[string, number]} */ ([name, 1])),
  ...['s', 'sec', 'second', 'seconds'].map(name => /** @type {[string, number]} */ ([name, SECOND])),
  ...['m', 'min', 'minute', 'minutes'].map(name => /** @type {[string, number]} */ ([name, MINUTE])),
  ...['h', 'hour', 'hours'].map(name => /** @type {[string, number]} */ ([name, HOUR])),
  ...['d', 'day', 'days'].map(name => /** @type {[string, number]} */ ([name, DAY])),
  ...['w', 'week', 'weeks'].map(name => /** @type {[string, number]} */ ([name, 7 * DAY])),
])

/**
 * Converts a duration as people write it, such as "2 days", "1h 30 min" or "90s", to Go's form. A text that is no
 * duration stays as it is, so that the server says what is wrong with it.
 *
 * @param {string} text
 */
export function goDuration(text) {
  const trimmed = text.trim().toLowerCase()
  if (!/^((\d+([.,]\d+)?)\s*([a-z]+)[\s,]*(and\s+)?)+$/.test(trimmed)) return text.trim()
  let sum = 0
  for (const [, n, unit] of trimmed.matchAll(/(\d+(?:[.,]\d+)?)\s*([a-z]+)/g)) {
    if (unit === 'and') continue
    sum += Number(n?.replace(',', '.')) * (units.get(unit ?? '') ?? NaN)
  }
  return Number.isNaN(sum) ? text.trim() : `${sum}ms`
}

/**
 * Converts a number as people write it, such as "1,000", to a number. A text that is none stays as it is.
 *
 * @param {string} text
 */
export function parseNumber(text) {
  const plain = text.trim().replace(/(?<=\d)[,_ ](?=\d{3}\b)/g, '')
  return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : text.trim()
}

/**
 * The speed of the clock.
 *
 * @param {number} speed
 */
export function speedName(speed) {
  if (speed === 0) return 'stopped'
  if (speed === 1) return 'real time'
  return `${count(speed)}×`
}
