// @ts-check
// Addresses: #/agents/7?page=2 is the page "agents" of agent 7.

/** @import {Route} from './types.js' */

/**
 * @param {string} hash
 * @returns {Route}
 */
export function parseRoute(hash) {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [name = '', id = ''] = path.split('/')
  return { name, id: /^\d+$/.test(id) ? id : '', query: new URLSearchParams(query) }
}

/**
 * @param {string} name
 * @param {string | number} [id]
 * @param {URLSearchParams | Record<string, string>} [query]
 */
export function address(name, id = '', query = {}) {
  const parameters = new URLSearchParams(query).toString()
  return `#/${name}${id === '' ? '' : `/${id}`}${parameters && `?${parameters}`}`
}

/**
 * Changes the query of the page that is open, and the address with it. Empty values are left out.
 *
 * @param {Route} route
 * @param {Record<string, string>} changes
 * @param {'push' | 'replace'} how whether the way back leads to what was before
 */
export function changeQuery(route, changes, how) {
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') route.query.delete(name)
    else route.query.set(name, value)
  }
  const to = address(route.name, route.id, route.query)
  if (how === 'push') history.pushState(null, '', to)
  else history.replaceState(null, '', to)
}
