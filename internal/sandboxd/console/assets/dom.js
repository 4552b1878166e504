// @ts-check
// Elements are made here and nowhere else, of texts only: what agents say is hostile, and no
// way leads from it to markup, a style, a script or an address.

/** @typedef {Node | string | number | null | undefined | false} Leaf what is nothing is left out */
/** @typedef {Leaf | {readonly length: number, readonly [index: number]: Child}} Child lists may be nested */
/** @typedef {Record<string, unknown>} Props attributes; `on` has listeners by event */

const SVG = 'http://www.w3.org/2000/svg'

/**
 * Makes an HTML element.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children)
}

/**
 * Makes an SVG element.
 *
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function s(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children)
}

/**
 * @template {Element} E
 * @param {E} element
 * @param {Props | null | undefined} props
 * @param {readonly Child[]} children
 */
function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name === 'on') listen(element, /** @type {Record<string, EventListener>} */ (value))
    else set(element, name, value)
  }
  append(element, children)
  return element
}

/**
 * @param {Element} element
 * @param {Record<string, EventListener>} listeners
 */
function listen(element, listeners) {
  for (const [type, listener] of Object.entries(listeners)) element.addEventListener(type, listener)
}

/** Set as properties, since their attributes only say what they are at first. */
const properties = new Set(['value', 'checked', 'disabled', 'open'])

/**
 * @param {Element} element
 * @param {string} name
 * @param {unknown} value
 */
function set(element, name, value) {
  if (/^(on|style$|src)/.test(name)) throw new Error(`dom: ${name} is no attribute for this`)
  if (name === 'href' && !String(value).startsWith('#')) throw new Error('dom: links stay on this page')
  if (properties.has(name)) Object.assign(element, { [name]: value })
  else if (value === true) element.setAttribute(name, '')
  else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value))
}

/**
 * @param {Node} parent
 * @param {readonly Child[]} children
 */
function append(parent, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(parent, child)
    else if (child instanceof Node) parent.appendChild(child)
    else if (typeof child === 'string' || typeof child === 'number') parent.appendChild(document.createTextNode(String(child)))
  }
}

/**
 * Puts children in place of what an element has. The focus stays with the element of the same
 * data-focus.
 *
 * @param {Element} element
 * @param {...Child} children
 */
export function replace(element, ...children) {
  keepFocus(element, () => {
    element.replaceChildren()
    append(element, children)
  })
}

/**
 * @param {Element} element
 * @param {() => void} change
 */
export function keepFocus(element, change) {
  const active = document.activeElement
  const name = active instanceof HTMLElement && element.contains(active) ? active.dataset.focus : undefined
  change()
  if (name === undefined || document.activeElement === active) return
  for (const candidate of element.querySelectorAll('[data-focus]')) {
    if (candidate instanceof HTMLElement && candidate.dataset.focus === name) {
      candidate.focus({ preventScroll: true })
      return
    }
  }
}

/**
 * The element of index.html with this id.
 *
 * @template {HTMLElement} E
 * @param {string} id
 * @param {new () => E} type
 * @returns {E}
 */
export function byID(id, type) {
  const element = document.getElementById(id)
  if (!(element instanceof type)) throw new Error(`dom: index.html has no ${type.name} #${id}`)
  return element
}

let ids = 0

/** An id that no other element has. */
export function newID() {
  ids++
  return `id-${ids}`
}
