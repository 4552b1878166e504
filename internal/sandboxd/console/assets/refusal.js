// @ts-check
// What the platform has against a request.

/**
 * The messages of a refusal by path: it nests as the request does, and ends in lists of texts.
 *
 * @param {unknown} refusal
 * @param {string} [path]
 * @returns {Map<string, string[]>}
 */
export function faultsOf(refusal, path = '') {
  /** @type {Map<string, string[]>} */
  const faults = new Map()
  if (typeof refusal === 'string') faults.set(path, [refusal])
  else if (Array.isArray(refusal)) faults.set(path, refusal.map(message => typeof message === 'string' ? message : JSON.stringify(message)))
  else if (typeof refusal === 'object' && refusal !== null) {
    for (const [name, value] of Object.entries(refusal)) {
      const whole = name === 'non_field_errors' || name === 'detail'
      const inner = whole ? path : path === '' ? name : `${path}.${name}`
      for (const [at, messages] of faultsOf(value, inner)) faults.set(at, [...faults.get(at) ?? [], ...messages])
    }
  }
  return faults
}
