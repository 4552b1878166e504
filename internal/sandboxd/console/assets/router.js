// @ts-check
// Routes: #/agents/7?page=2 is the page of agent 7.

/** @import {Route} from './types.js' */

import { update } from './store.js'

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
 * Goes to a route with other parameters. Empty ones are omitted.
 *
 * @param {Route} route
 * @param {Record<string, string>} changes
 * @param {'push' | 'replace'} how whether the back button returns
 */
export function changeQuery(route, changes, how) {
  const query = new URLSearchParams(route.query)
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') query.delete(name)
    else query.set(name, value)
  }
  const to = address(route.name, route.id, query)
  if (how === 'push') history.pushState(null, '', to)
  else history.replaceState(null, '', to)
  update({ route: parseRoute(location.hash) })
}
