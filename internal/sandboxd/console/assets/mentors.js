// @ts-check
// The list of mentors.

/** @import {Mentor, Page, Route} from './types.js' */

import { h } from './element.js'
import { empty, foreign, loading, tag, time } from './parts.js'
import { read } from './resources.js'
import { address } from './router.js'
import { listPage, numberedPager, PAGE_SIZE, pageOf, table } from './table.js'

/** @param {Route} route */
export function mentorsPage(route) {
  /** @type {{value?: Page<Mentor>, error: unknown}} */
  const { value: page, error } = read('mentors', '/', {
    api: 'platform', slot: 'mentors', query: { is_featured: route.query.get('featured'), page: pageOf(route), page_size: PAGE_SIZE },
  })
  return listPage({
    heading: 'Mentors', noun: 'mentor', route, total: page?.count,
    filters: [{ field: 'featured', label: 'Featured', choices: [{ value: 'true', name: 'Yes' }, { value: 'false', name: 'No' }] }],
    table: page ? table({
      caption: 'Mentors', rows: page.results, key: mentor => mentor.unique_id,
      empty: empty('No mentors match the filter.'),
      columns: [
        { name: 'Mentor', kind: 'text', cell: mentor => h('strong', null, foreign(mentor.name)) },
        { name: 'Unique id', cell: mentor => h('span', { class: 'code' }, mentor.unique_id) },
        { name: 'Agents', cell: mentor => h('a', { href: address('agents', '', { mentor: mentor.unique_id }), 'aria-label': `Show agents of ${mentor.name}` }, 'Show agents') },
        { name: 'Featured', kind: 'wide', cell: mentor => mentor.is_featured ? tag('featured') : null },
        { name: 'Created', kind: 'wide', cell: mentor => time(mentor.created_at) },
      ],
    }) : loading(error),
    pager: numberedPager(route, 'mentor', page?.count),
  })
}
