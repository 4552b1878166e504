// @ts-check
// A list beside the row that is open.

/** @import {Children} from './element.js' */
/** @import {Route} from './types.js' */

import { Component, h } from './element.js'
import { address } from './router.js'

/**
 * @param {Route} route
 * @param {string} noun
 * @param {Children} list
 * @param {Children} open null if no row is open
 */
export function split(route, noun, list, open) {
  return h('div', { class: `split${open ? ' is-open' : ''}` }, list,
    open && h(Open, { key: 'open', id: route.id, noun, close: address(route.name, '', route.query) }, open))
}

/**
 * The row that is open. Its heading gets the focus when it opens.
 *
 * @extends {Component<{id: string, noun: string, close: string, children?: any}>}
 */
class Open extends Component {
  focused = ''
  /** @type {HTMLElement | null} */
  element = null

  componentDidMount() {
    this.focus()
  }

  componentDidUpdate() {
    this.focus()
  }

  focus() {
    const heading = this.element?.querySelector('h2')
    if (!heading || this.focused === this.props.id) return
    this.focused = this.props.id
    heading.focus()
  }

  render() {
    const { noun, close, children } = this.props
    return h('section', { ref: element => { this.element = element }, class: 'one', 'aria-label': `Selected ${noun}` },
      h('p', { class: 'crumbs' }, h('a', { href: close }, 'Close')), children)
  }
}
