// Seeds of the tests' sandboxes.

const DAY = 86_400_000

/** Markup that would run scripts. */
export const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script><a href="javascript:alert(3)">\u202Egpj.x</a>'

const accounts = [{ username: 'ada', admin: true, api_key: '5eed'.repeat(16) }, { username: 'bob' }]

/** One agent, which the test controls. */
export const small = {
  random_seed: 1,
  orgs: [{
    key: 'acme',
    accounts: [{ username: 'ada', admin: true }],
    agents: [{ title: 'Inbox watch', prompt: 'What came in?', task: { crontab: { minute: '*/5' } } }],
  }],
}

/** Agents with hostile texts. */
export const hostile = {
  orgs: [{
    key: 'acme',
    accounts: [{ username: HOSTILE.slice(0, 28), admin: true }],
    mentors: [{ name: HOSTILE }],
    agents: [{
      title: HOSTILE, description: HOSTILE, prompt: HOSTILE,
      task: { crontab: { minute: '0', hour: '8' } },
      callback_url: 'http://127.0.0.1:1/"><script>alert(4)</script>', callback_secret: HOSTILE,
      outcomes: [{ status: 'success', output: HOSTILE, log: HOSTILE }],
      logs: [{ start_time: '2026-01-04T08:00:00Z', end_time: '2026-01-04T08:00:03Z', content: `${HOSTILE}\n${'x'.repeat(5000)}` }],
    }],
  }],
}

/**
 * An ordinary platform with a week of past runs.
 *
 * @param {string} callback where its callbacks go
 */
export function ordinary(callback) {
  const start = Date.parse('2026-01-05T07:55:00Z')
  /**
   * @param {number} every in minutes
   * @param {number} days
   * @param {number} failing one of so many fails
   */
  const past = (every, days, failing) => {
    const logs = []
    for (let at = start - days * DAY, n = 1; at < start; at += every * 60_000, n++) {
      const begin = Math.ceil(at / (every * 60_000)) * every * 60_000
      const failed = n % failing === 0
      logs.push({
        start_time: new Date(begin).toISOString(),
        end_time: new Date(begin + 2000 + n % 5 * 900).toISOString(),
        status: failed ? 'error' : 'success',
        content: failed ? 'Asked the model.\nThe model did not answer within 60 seconds.' : 'Read 3 documents.\nAnswered.',
      })
    }
    return logs.filter(log => Date.parse(log.start_time) < start)
  }
  /** @param {string} status */
  const last = status => ({ start_time: '2026-01-05T07:54:20Z', status, ...status === 'running' ? {} : { end_time: '2026-01-05T07:54:31Z' }, content: 'Read 3 documents.' })
  const posted = { callback_url: callback, callback_secret: 'a-secret-of-the-tests' }
  return {
    random_seed: 1,
    orgs: [{
      key: 'acme',
      accounts,
      mentors: [
        { name: 'Study coach', unique_id: '497f6eca-6276-4993-bfeb-53cbbbba6f08' },
        { name: 'Librarian', unique_id: '0d6b5c58-0f6a-4b1c-9a59-3f1f0c4f7a11', is_featured: true },
      ],
      agents: [
        { title: 'Inbox watch', prompt: 'Which questions came in that nobody has answered?', mentor: 'Librarian', task: { crontab: { minute: '*/20' } }, logs: past(20, 7, 11) },
        { title: 'Morning digest', description: 'What is due, every working day.', prompt: 'Summarize what is due this week.', task: { crontab: { minute: '0', hour: '8', day_of_week: 'mon-fri' } }, ...posted, logs: past(1440, 7, 4) },
        { title: 'Reply drafts', prompt: 'Draft an answer to each of these questions.', task: { crontab: { minute: '*/30' } }, previous_agent: 'Inbox watch', logs: past(30, 7, 13) },
        { title: 'Reading list', prompt: 'What shall be read next?', mentor: 'Librarian', task: { crontab: { minute: '15', hour: '*/2' } }, logs: [...past(120, 7, 6), last('error')] },
        { title: 'Weekly report', prompt: 'How was the week?', task: { crontab: { minute: '0', hour: '7', day_of_week: 'mon' } }, ...posted, logs: [...past(10_080, 28, 9), last('running')] },
        { title: 'Exam reminder', prompt: 'Remind of the exam.', task: { crontab: { minute: '0', hour: '9', day_of_month: '20' }, one_off: true } },
        { title: 'Old digest', prompt: 'Summarize.', task: { crontab: { minute: '0', hour: '6' }, enabled: false } },
      ],
    }],
  }
}

/** A morning for the screenshot: runs of minutes, a chain, callbacks. */
export function morning() {
  /** @param {string} duration @param {string} [status] */
  const outcome = (duration, status = 'success') => ({ status, duration, output: 'Two essays are due on Friday.', log: 'Read 3 documents.' })
  return {
    random_seed: 1,
    clock: { start: '2026-01-05T07:00:00Z', speed: 0 },
    orgs: [{
      key: 'acme', accounts,
      agents: [
        { title: 'Inbox watch', prompt: 'Which questions came in?', task: { crontab: { minute: '*/20' } }, outcomes: [outcome('4m'), outcome('6m'), outcome('3m'), outcome('9m', 'error')] },
        { title: 'Reply drafts', prompt: 'Draft answers.', task: { crontab: { minute: '*/30' } }, previous_agent: 'Inbox watch', outcomes: [outcome('7m'), outcome('5m')] },
        { title: 'Morning digest', prompt: 'What is due?', task: { crontab: { minute: '0', hour: '7-12' } }, callback_url: 'inbox', callback_secret: 'a-secret-of-the-tests', outcomes: [outcome('12m'), outcome('18m'), outcome('10m', 'error')] },
        { title: 'Reading list', prompt: 'What to read next?', task: { crontab: { minute: '15', hour: '*/2' } }, callback_url: 'inbox', callback_secret: 'a-secret-of-the-tests', outcomes: [outcome('25m')] },
        { title: 'Weekly report', prompt: 'How was the week?', task: { crontab: { minute: '30', hour: '10', day_of_week: 'mon' } }, outcomes: [outcome('2h')] },
        { title: 'Every minute', prompt: 'Anything new?', task: { crontab: {} }, outcomes: [outcome('1s'), outcome('1s'), outcome('1s', 'error'), outcome('1s')] },
      ],
    }],
  }
}

/** 10,000 agents and 100,000 runs, within the last month. */
export function many() {
  const start = Date.parse('2026-01-05T07:55:00Z')
  const agents = []
  for (let a = 0; a < 10_000; a++) {
    const logs = []
    for (let run = 0; run < 10; run++) {
      const at = start - ((run * 10_000 + a) * 7919 % 100_000 + 1) * 25_920
      logs.push({ start_time: new Date(at).toISOString(), status: (a + run) % 11 === 0 ? 'error' : 'success', content: 'Answered.' })
    }
    agents.push({
      title: `Agent of course ${a}`, prompt: 'Summarize.',
      task: { crontab: { minute: String(a % 60), hour: '8' } },
      logs: logs.sort((x, y) => x.start_time.localeCompare(y.start_time)),
    })
  }
  return { orgs: [{ key: 'acme', accounts, agents }] }
}
