// @ts-check
// The list of mentors.

/** @import {Mentor, Page, Route, View} from './types.js' */

import { platform } from './api.js'
import { h } from './dom.js'
import { plural } from './format.js'
import { PAGE_SIZE, pageOf, pager } from './pager.js'
import { foreign, tag, time } from './parts.js'
import { address, changeQuery } from './router.js'
import { table } from './table.js'
import { announce } from './toast.js'
import { toolbar } from './toolbar.js'

/**
 * @param {Route} route
 * @param {() => void} reload
 * @returns {View}
 */
export function mentorsPage(route, reload) {
  let filtered = false
  const pages = pager('mentor', page => {
    changeQuery(route, { page: String(page) }, 'push')
    reload()
  })
  const list = table({
    caption: 'Mentors',
    key: (/** @type {Mentor} */ mentor) => mentor.unique_id,
    empty: 'No mentors here.',
    columns: [
      { name: 'Mentor', kind: 'text', cell: mentor => h('strong', null, foreign(mentor.name)) },
      { name: 'Unique id', cell: mentor => h('span', { class: 'code' }, mentor.unique_id) },
      { name: 'Agents', cell: mentor => h('a', { href: address('agents', '', { mentor: mentor.unique_id }), 'data-focus': mentor.unique_id, 'aria-label': `Show agents of ${mentor.name}` }, 'Show agents') },
      { name: 'Featured', kind: 'wide', cell: mentor => mentor.is_featured ? tag('featured') : null },
      { name: 'Created', kind: 'wide', cell: mentor => time(mentor.created_at) },
    ],
  })
  const bar = toolbar(route, [
    { field: 'featured', label: 'Featured', choices: [{ value: 'true', name: 'Yes' }, { value: 'false', name: 'No' }] },
  ], () => {
    filtered = true
    reload()
  })
  return {
    title: 'Mentors',
    element: h('div', null, h('h1', { tabindex: -1 }, 'Mentors'), bar, list.element, pages.element),
    kinds: [],
    load: async signal => {
      const page = pageOf(route.query)
      /** @type {Page<Mentor>} */
      const { count, results } = await platform('/', {
        query: { is_featured: route.query.get('featured'), page, page_size: PAGE_SIZE }, signal,
      })
      list.update(results)
      pages.update(page, count)
      if (filtered) announce(plural(count, 'mentor'))
      filtered = false
    },
  }
}
