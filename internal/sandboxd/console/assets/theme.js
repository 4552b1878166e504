// @ts-check
// Light or dark, as the system has it or as it was chosen.

import { h } from './element.js'
import { update } from './store.js'

const CHOICE = 'ibl.ai sandbox: theme'

/** Applies the choice. */
export function applyTheme() {
  document.documentElement.dataset['theme'] = localStorage.getItem(CHOICE) ?? 'system'
}

export function themeSelect() {
  return [
    h('label', { class: 'unseen', for: 'theme' }, 'Theme'),
    h('select', {
      id: 'theme', value: localStorage.getItem(CHOICE) ?? 'system',
      onChange: (/** @type {any} */ event) => {
        localStorage.setItem(CHOICE, event.currentTarget.value)
        applyTheme()
        update()
      },
    }, [['system', 'System'], ['light', 'Light'], ['dark', 'Dark']].map(([value, name]) => h('option', { key: value, value }, name))),
  ]
}
