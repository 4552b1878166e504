// @ts-check
// Light or dark, as the system has it or as was chosen.

import { byID } from './dom.js'

const CHOICE = 'ibl.ai sandbox: theme'

/** Makes the page look as was chosen last. */
export function startTheme() {
  const select = byID('theme', HTMLSelectElement)
  select.value = localStorage.getItem(CHOICE) ?? 'system'
  document.documentElement.dataset.theme = select.value
  select.addEventListener('change', () => {
    localStorage.setItem(CHOICE, select.value)
    document.documentElement.dataset.theme = select.value
  })
}
