// The file of Preact that the console serves is that of npm, whose hash package-lock.json has, with its licence.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

test('preact.js is the published file with its licence', () => {
  const root = dirname(createRequire(import.meta.url).resolve('preact/package.json'))
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const licence = readFileSync(join(root, 'LICENSE'), 'utf8').trim()
  const code = readFileSync(join(root, 'dist/preact.mjs'), 'utf8').replace(/\n?\/\/# sourceMappingURL=.*\n?$/, '\n')
  const served = readFileSync(new URL('../assets/preact.js', import.meta.url), 'utf8')
  assert.equal(served, `/*!\nPreact ${version}, https://preactjs.com\n\n${licence}\n*/\n${code}`)
})
