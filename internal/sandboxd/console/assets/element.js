// @ts-check
// Elements. Preact makes them of texts only, so that nothing that an agent writes becomes markup.

import { options } from '/_sandbox/console/preact.js'

export { Component, createRef, Fragment, h, render } from '/_sandbox/console/preact.js'

/** @typedef {import('/_sandbox/console/preact.js').ComponentChildren} Children */

// A mistake in the console must not insert markup or lead to another site.
options.vnode = node => {
  if (typeof node.type !== 'string') return
  const { href, dangerouslySetInnerHTML } = /** @type {Record<string, unknown>} */ (node.props)
  if (dangerouslySetInnerHTML !== undefined) throw new Error('element: markup is not allowed')
  if (href !== undefined && !String(href).startsWith('#')) throw new Error('element: links stay on this page')
}

let ids = 0

/** An id that no other element has. */
export function newID() {
  ids++
  return `id-${ids}`
}
