// @ts-check
// The platform's validation errors.

/**
 * The messages of a validation error by the path of the field. They nest as the fields do.
 *
 * @param {unknown} error
 * @param {string} [path]
 * @returns {Map<string, string[]>}
 */
export function messagesOf(error, path = '') {
  /** @type {Map<string, string[]>} */
  const found = new Map()
  if (typeof error === 'string') found.set(path, [error])
  else if (Array.isArray(error)) found.set(path, error.map(message => typeof message === 'string' ? message : JSON.stringify(message)))
  else if (typeof error === 'object' && error !== null) {
    for (const [name, value] of Object.entries(error)) {
      const isWhole = name === 'non_field_errors' || name === 'detail'
      const inner = isWhole ? path : path === '' ? name : `${path}.${name}`
      for (const [at, messages] of messagesOf(value, inner)) found.set(at, [...found.get(at) ?? [], ...messages])
    }
  }
  return found
}
