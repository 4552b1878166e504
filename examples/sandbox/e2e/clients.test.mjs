// The README's small clients in other languages do the same.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startSandbox } from './sandbox.mjs'
import { small } from './seeds.mjs'

const run = promisify(execFile)

test('curl and Node create the same agent', async t => {
  const sandbox = await startSandbox(t, small)
  const here = new URL('.', import.meta.url).pathname
  const env = { ...process.env, ...await sandbox.environment() }
  const results = []
  for (const [command, file] of [['sh', 'create_agent.sh'], [process.execPath, 'node_fetch.mjs']]) {
    const { stdout } = await run(command, [here + file], { env })
    const { id, task, ...agent } = JSON.parse(stdout)
    const { id: taskID, name, ...when } = task
    assert.ok(id > 0 && taskID > 0 && name)
    results.push({ ...agent, task: when })
  }
  assert.deepEqual(results[0], results[1])
  assert.equal(results[0].title, 'Morning digest')
  assert.deepEqual(results[0].task.crontab, { minute: '0', hour: '8', day_of_week: 'mon-fri', day_of_month: '*', month_of_year: '*' })

  // Both fail, and say why, where the service refuses.
  for (const [command, file] of [['sh', 'create_agent.sh'], [process.execPath, 'node_fetch.mjs']]) {
    await assert.rejects(run(command, [here + file], { env: { ...env, IBLAI_API_KEY: 'wrong' } }), /40[13]/)
  }
})
