/** Of the ledger only calls of those who agreed, answered by the cloud, are taken, redacted. */
import { memoryLedger, type Receipt } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { answersFromLedger } from './from-ledger.ts'

const at = '2026-08-05T09:30:00.000Z'
const until = '2999-01-01T00:00:00.000Z'
const attempt = {
  place: 'cloud',
  model: 'gpt',
  outcome: 'answered',
  costUsd: 0.002,
  inputTokens: 9,
  outputTokens: 2,
}
const receipt = (id: string, changes: object = {}): Receipt =>
  ({
    id,
    at,
    task: 'triage',
    user: 'digest',
    place: 'cloud',
    model: 'gpt',
    attempts: [attempt],
    costUsd: 0.002,
    signals: [],
    cache: null,
    rehearsal: false,
    error: null,
    ...changes,
  }) as unknown as Receipt

const asked = (text: string, more: object[] = []): string =>
  JSON.stringify([
    { role: 'system', content: 'be brief' },
    { role: 'user', content: [{ type: 'text', text }] },
    ...more,
  ])

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

test('answers with consent, and with what their users said of them', async () => {
  const ledger = memoryLedger()
  const put = (id: string, prompt: string | null, changes: object = {}): void => {
    ledger.put(receipt(id, changes))
    if (prompt !== null) ledger.keepContent(id, { prompt, answer: 'for anna@example.com' }, until)
  }
  put('kept', asked('mail anna@example.com'))
  put('no consent', null)
  put('device', asked('x'), { place: 'device' })
  put('rehearsed', asked('x'), { rehearsal: true })
  put('failed', asked('x'), { error: 'cloud_failed' })
  put('cached', asked('x'), { cache: { kind: 'exact', of: 'kept', ageSeconds: 1, similarity: 1 } })
  put('conversation', asked('x', [{ role: 'user', content: [{ type: 'text', text: 'y' }] }]))
  put('other task', asked('x'), { task: 'chat' })
  put('other teacher', asked('x'), { model: 'claude' })
  put('broken', 'no JSON')
  ledger.judge({ receiptId: 'kept', at, by: 'user', device: null, cloud: 0, shadow: null })
  ledger.judge({ receiptId: 'kept', at, by: 'function', device: null, cloud: 1, shadow: null })
  const answers = await all(answersFromLedger(ledger, { task: 'triage', teacher: 'gpt' }))
  expect(answers).toEqual([
    {
      id: 'kept',
      text: 'mail [EMAIL_ADDRESS_1]',
      answer: 'for [EMAIL_ADDRESS_1]',
      teacher: 'gpt',
      sample: 0,
      costUsd: 0.002,
      inputTokens: 9,
      outputTokens: 2,
      at: Date.parse(at),
      user: 'digest',
      feedback: 0,
      probabilities: null,
    },
  ])
})

test('a finder of names that fails lets nothing through', async () => {
  const ledger = memoryLedger()
  ledger.put(receipt('kept'))
  ledger.keepContent('kept', { prompt: asked('call Anna'), answer: 'ok' }, until)
  const names = { id: 'n', recall: null, find: async () => Promise.reject(new Error('broken')) }
  await expect(all(answersFromLedger(ledger, { task: 'triage', names }))).rejects.toThrow('broken')
})
