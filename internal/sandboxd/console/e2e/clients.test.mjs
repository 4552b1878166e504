// The README's examples in other languages work: the blocks are run unchanged.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startSandbox } from './sandbox.mjs'

const run = promisify(execFile)
const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8')

/**
 * The README's only block in a language that contains a text.
 *
 * @param {string} language
 * @param {string} text
 */
function block(language, text) {
  const blocks = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, itsLanguage, code]) => itsLanguage === language && code?.includes(text))
    .map(([, , code]) => code ?? '')
  assert.equal(blocks.length, 1, `README.md has ${blocks.length} blocks of ${language} with ${text}`)
  return blocks[0] ?? ''
}

const programs = /** @type {[string, string[]][]} */ ([
  ['sh', ['-c', block('sh', '/periodic-agents/')]],
  [process.execPath, ['--input-type=module', '--eval', block('js', '/periodic-agents/')]],
])

test('curl and Node create the same agent', async t => {
  const sandbox = await startSandbox(t)
  const env = { ...process.env, ...await sandbox.environment() }
  const results = []
  for (const [command, args] of programs) {
    const { stdout } = await run(command, args, { env })
    const { id, task: { id: taskID, name, ...task }, ...agent } = JSON.parse(stdout)
    assert.ok(id > 0 && taskID > 0 && name)
    results.push({ ...agent, task })
  }
  assert.deepEqual(results[0], results[1])
  assert.equal(results[0]?.title, 'Morning digest')
  assert.deepEqual(results[0].task.crontab, { minute: '0', hour: '8', day_of_week: 'mon-fri', day_of_month: '*', month_of_year: '*' })

  // If the service rejects the request, both fail and print the response.
  for (const [command, args] of programs) {
    await assert.rejects(run(command, args, { env: { ...env, IBLAI_API_KEY: 'wrong' } }), ({ stdout }) => /Invalid token/.test(stdout))
  }
})
