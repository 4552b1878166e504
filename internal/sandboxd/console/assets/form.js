// @ts-check
// Forms. What is typed is kept in the tab until it was saved: against Escape, the back button, a reload and a restart of
// the server. The server validates; its messages are at the fields, with a summary that leads there.

/** @import {Children} from './element.js' */
/** @import {Values} from './types.js' */

import { Failure } from './api.js'
import { Component, h, newID } from './element.js'
import { button } from './parts.js'
import { options } from './table.js'
import { messagesOf } from './validation.js'

/**
 * @typedef {object} Field
 * @property {string} path the name in the request, such as task.crontab.minute
 * @property {string} label
 * @property {'text' | 'long' | 'choice' | 'check' | 'time' | 'password'} [type]
 * @property {string} [hint]
 * @property {boolean} [required]
 * @property {{value: string, name: string}[]} [choices]
 * @property {string} [class]
 * @property {string} [placeholder]
 * @property {'url' | 'decimal' | 'numeric'} [inputmode]
 * @property {(form: Form) => Children} [beside]
 * @property {(form: Form, id: string, attributes: Record<string, any>) => Children} [control] in place of that of the type
 */

/**
 * @typedef {object} FormProps
 * @property {string} draft names what is typed
 * @property {Field[]} fields
 * @property {Values} initial
 * @property {string} action name of the button
 * @property {(values: Values) => Promise<void>} submit
 * @property {(() => void) | undefined} [cancel]
 * @property {(form: Form) => Children} [layout] all fields in their order by default
 */

/** @extends {Component<FormProps, {values: Values, errors: Map<string, string[]>, busy: boolean, restored: boolean, shown: boolean}>} */
export class Form extends Component {
  id = newID()
  saved = load(this.props.draft)
  state = { values: { ...this.props.initial, ...this.saved }, errors: new Map(), busy: false, restored: Object.keys(this.saved).length > 0, shown: false }

  /** @param {string} path @param {string | boolean} value */
  set(path, value) {
    const values = { ...this.state.values, [path]: value }
    this.setState({ values })
    this.saved = Object.fromEntries(Object.entries(values).filter(([name, v]) => v !== this.props.initial[name]))
    store(this.props.draft, this.saved)
  }

  /** Shows or hides passwords. @param {boolean} shown */
  show(shown) {
    this.setState({ shown })
  }

  discard() {
    store(this.props.draft, {})
    this.saved = {}
    this.setState({ values: this.props.initial, errors: new Map(), restored: false })
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault()
    if (this.state.busy) return
    this.setState({ busy: true })
    try {
      await this.props.submit(this.state.values)
      store(this.props.draft, {})
      this.setState({ busy: false, errors: new Map(), restored: false })
    } catch (error) {
      const errors = errorsOf(error)
      this.setState({ busy: false, errors }, () => this.focus(this.props.fields.find(({ path }) => errors.has(path))?.path ?? ''))
    }
  }

  /** @param {string} path */
  focus(path) {
    document.getElementById(this.fieldID(path))?.focus()
  }

  /** @param {string} path */
  fieldID(path) {
    return `${this.id}-${path}`
  }

  /** Draws the field with a path. @param {string} path */
  field(path) {
    const field = this.props.fields.find(other => other.path === path)
    return field && h('div', { key: path, class: `field${field.type === 'check' ? ' box' : ''}` }, this.parts(field))
  }

  /** @param {Field} field */
  parts(field) {
    const { path, label, type, hint, required, beside } = field
    const id = this.fieldID(path)
    const messages = this.state.errors.get(path) ?? []
    const described = [messages.length > 0 && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ')
    const attributes = {
      id, 'aria-describedby': described || undefined, 'aria-invalid': messages.length > 0 ? 'true' : undefined,
      'aria-required': required ? 'true' : undefined, ...path === this.props.fields[0]?.path && { 'data-first': '' },
    }
    const name = h('label', { for: id }, label, required && h('span', { class: 'muted', 'aria-hidden': 'true' }, ' *'))
    const control = field.control ? field.control(this, id, attributes) : this.control(field, attributes)
    return [
      type === 'check' ? [control, name] : [name, beside ? h('div', { class: 'row tight' }, control, beside(this)) : control],
      hint && h('p', { class: 'hint', id: `${id}-hint` }, hint),
      messages.length > 0 && h('p', { class: 'fault', id: `${id}-error` }, messages.join(' ')),
    ]
  }

  /** @param {Field} field @param {Record<string, any>} attributes */
  control({ path, type = 'text', choices = [], placeholder, inputmode, class: kind }, attributes) {
    const value = this.state.values[path] ?? ''
    /** @param {{currentTarget: {value: string}}} event */
    const typed = event => this.set(path, event.currentTarget.value)
    const text = { ...attributes, class: kind, placeholder, inputMode: inputmode, autocomplete: 'off', spellcheck: false, value: String(value), onInput: typed }
    switch (type) {
      case 'long': return h('textarea', { ...text, rows: 4 })
      case 'choice': return h('select', { ...attributes, value: String(value), onChange: typed }, options(choices, String(value)))
      case 'check': return h('input', { ...attributes, type: 'checkbox', checked: value === true, onChange: event => this.set(path, event.currentTarget.checked) })
      case 'time': return h('input', { ...text, type: 'datetime-local', step: 1 })
      case 'password': return h('input', { ...text, type: this.state.shown ? 'text' : 'password' })
    }
    return h('input', { ...text, type: 'text' })
  }

  render() {
    const { fields, action, cancel, layout } = this.props
    const { errors, busy, restored } = this.state
    return h('form', { noValidate: true, onSubmit: (/** @type {Event} */ event) => void this.submit(event) },
      restored && h('p', { class: 'note' }, 'Your previous input was restored. ', button('Discard', () => this.discard(), { kind: 'quiet' })),
      h('div', { role: 'alert' }, errors.size > 0 && this.summary()),
      layout ? layout(this) : h('div', { class: 'form grid' }, fields.map(({ path }) => this.field(path))),
      h('div', { class: 'row end' },
        cancel && button('Cancel', cancel),
        h('button', { type: 'submit', class: 'primary', 'aria-disabled': busy ? 'true' : undefined }, action)))
  }

  summary() {
    return h('ul', { class: 'summary' }, [...this.state.errors].map(([path, messages]) => {
      const label = this.props.fields.find(field => field.path === path)?.label
      return h('li', { key: path }, label ? h('button', { type: 'button', class: 'quiet', onClick: () => this.focus(path) }, label) : path,
        label || path ? ': ' : '', messages.join(' '))
    }))
  }
}

/** The messages of an error by path. @param {unknown} error */
function errorsOf(error) {
  const errors = error instanceof Failure && error.status === 400 ? messagesOf(error.body) : new Map()
  if (errors.has('error')) { // the control API's, which may begin with positions: body: line 1: status: must be …
    /** @type {Map<string, string[]>} */
    const found = new Map()
    for (const text of (errors.get('error')?.[0] ?? '').split(/\n(?=body: line \d+: )/)) {
      const [, path = '', message = text] = /^body: line \d+: ([a-z_]+): ([^]*)$/.exec(text) ?? []
      found.set(path, [...found.get(path) ?? [], message])
    }
    return found
  }
  return errors.size > 0 ? errors : new Map([['', [error instanceof Error ? error.message : String(error)]]])
}

/** @param {string} draft @returns {Values} */
function load(draft) {
  try {
    return JSON.parse(sessionStorage.getItem(`draft: ${draft}`) ?? '{}')
  } catch {
    return {}
  }
}

/** @param {string} draft @param {Values} values */
function store(draft, values) {
  if (Object.keys(values).length > 0) sessionStorage.setItem(`draft: ${draft}`, JSON.stringify(values))
  else sessionStorage.removeItem(`draft: ${draft}`)
}
