/** What a teacher costs is known before it is asked: by the policy's price, else by the facts', else not at all. */
import { startRehearsal } from '@edgewise/rehearsal'
import type { Policy, Rule } from 'edgewise'
import { afterAll, expect, test } from 'vitest'
import { openTeacher } from './distill-teacher.ts'

const cloud = await startRehearsal({ firstTokenMs: 1, script: { version: 1, rules: [{ answer: 'yes' }] } })
afterAll(() => cloud.close())

const open = (
  model: string,
  rule: Rule = { place: 'cloud-only' },
  price?: { inputPerMTok: number; outputPerMTok: number },
) => {
  const policy: Policy = {
    version: 1,
    cloud: { baseURL: cloud.baseURL, model, retries: 1, ...(price && { price }) },
    tasks: { ask: rule },
    default: { place: 'device-only' },
  }
  return openTeacher({ name: 'ask', rule, policy, instructions: null }, 10)
}

test("the policy's price, both tries, every byte a token and the longest answer", async () => {
  using opened = await open('some-model', { place: 'cloud-only' }, { inputPerMTok: 2, outputPerMTok: 8 })
  const text = 'is it größer?'
  const most = opened.teacher.mostUsd(text)!
  expect(most).toBeCloseTo((2 * (2 * (256 + Buffer.byteLength(text)) + 8 * 10)) / 1e6, 12)
  const reply = await opened.teacher.ask(text, 0, new AbortController().signal)
  expect(reply.answer).toBe('yes')
  expect(reply.costUsd!).toBeGreaterThan(0)
  expect(reply.costUsd!).toBeLessThan(most)
})

test('an answer that was cut off is none, and has its price', async () => {
  const answer = 'one two three four five six seven eight nine ten eleven twelve '.repeat(4)
  const script = { version: 1, rules: [{ answer }] } as const
  await using long = await startRehearsal({ firstTokenMs: 1, script })
  const policy: Policy = {
    version: 1,
    cloud: { baseURL: long.baseURL, model: 'm', retries: 0, price: { inputPerMTok: 2, outputPerMTok: 8 } },
    tasks: { ask: { place: 'cloud-only' } },
    default: { place: 'device-only' },
  }
  const task = { name: 'ask', rule: policy.tasks.ask!, policy, instructions: null }
  using opened = await openTeacher(task, 10)
  const error = await opened.teacher
    .ask('x', 0, new AbortController().signal)
    .catch((error: unknown) => error)
  expect(error).toMatchObject({ code: 'answer_cut_off', costUsd: expect.any(Number) })
})

test("the facts' price of a model whose policy has none; nothing for one that nobody knows", async () => {
  using known = await open('gpt-5-nano')
  expect(known.price).toEqual({ inputPerMTok: 0.05, outputPerMTok: 0.4 })
  const { costUsd, inputTokens, outputTokens } = await known.teacher.ask('x', 0, new AbortController().signal)
  expect(costUsd).toBeCloseTo((0.05 * inputTokens! + 0.4 * outputTokens!) / 1e6, 12)
  using unknown = await open('nobody-knows-it')
  expect(unknown.teacher.mostUsd('x')).toBeNull()
})

test('redaction may make a prompt longer, and what may not leave is asked of nobody', async () => {
  using plain = await open('gpt-5-nano')
  using redacted = await open('gpt-5-nano', { place: 'cloud-only', privacy: 'redacted' })
  expect(redacted.teacher.mostUsd('x'.repeat(1000))!).toBeGreaterThan(
    plain.teacher.mostUsd('x'.repeat(1000))!,
  )
  await expect(open('gpt-5-nano', { place: 'device-only' })).rejects.toMatchObject({
    code: 'evaluate_private',
  })
})
