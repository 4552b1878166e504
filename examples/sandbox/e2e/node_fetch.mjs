// Creates a periodic agent with Node's fetch, reads it back, and prints it.
// Needs IBLAI_BASE_URL, IBLAI_API_KEY, IBLAI_ORG and IBLAI_USERNAME.

const { IBLAI_BASE_URL, IBLAI_API_KEY, IBLAI_ORG, IBLAI_USERNAME } = process.env

/**
 * @param {string} method
 * @param {string} path ends in a slash, as all paths of the service do
 * @param {unknown} [body]
 */
async function ask(method, path, body) {
  const response = await fetch(`${IBLAI_BASE_URL}/api/ai-mentor/orgs/${IBLAI_ORG}/users/${IBLAI_USERNAME}${path}`, {
    method,
    headers: { Authorization: `Api-Token ${IBLAI_API_KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error', // a redirect would make a GET of every method
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

const mentors = await ask('GET', '/')
const created = await ask('POST', '/periodic-agents/', {
  mentor: mentors.results[0].unique_id,
  title: 'Morning digest',
  prompt: 'Summarize what is due this week.',
  task: { crontab: { minute: '0', hour: '8', day_of_week: 'mon-fri' } },
})
const agent = await ask('GET', `/periodic-agents/${created.id}/`)
if (agent.title !== created.title) throw new Error('the service tells another agent')
console.log(JSON.stringify(created))
