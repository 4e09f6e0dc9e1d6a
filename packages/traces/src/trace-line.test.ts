/** What a line may hold, what is refused with which words, and that nothing is lost between writing and reading. */
import type { TraceItem } from '@edgewise/evidence'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyItem } from './testing/arbitrary-item.ts'
import { formatTraceLine, parseTraceLine } from './trace-line.ts'

const place = { file: 'trace.jsonl', line: 7 }
const read = (value: unknown): TraceItem => parseTraceLine(JSON.stringify(value), place)

/** Of a line that is not taken: what is said. */
function refusal(text: string): string {
  try {
    parseTraceLine(text, place)
  } catch (error) {
    expect(error).toMatchObject({ name: 'TraceError', code: 'trace_bad_line', place })
    return (error as Error).message.replace('trace.jsonl, line 7', '@')
  }
  throw new Error(`it was taken: ${text}`)
}
const refused = (value: unknown): string => refusal(JSON.stringify(value))
const withModel = (outcome: unknown): unknown => ({ id: 'a', task: 'qa', models: { m: outcome } })

test('a whole line, and one with nothing in it that can be left out', () => {
  expect(
    read({
      id: 'a',
      task: 'qa',
      at: '2026-08-05T11:30:00.5+02:00',
      prompt: 'Who?',
      models: {
        small: {
          correct: true,
          signals: { meanLogprob: -0.25 },
          inputTokens: 9,
          outputTokens: 0,
          latencyMs: 4,
        },
        large: { score: 0.5, costUsd: 1e-4, quantisation: 'Q4_K_M', template: 'ab' },
      },
    }),
  ).toEqual({
    id: 'a',
    task: 'qa',
    at: '2026-08-05T09:30:00.500Z',
    prompt: 'Who?',
    promptDigest: null,
    models: {
      small: {
        score: 1,
        signals: { meanLogprob: -0.25 },
        inputTokens: 9,
        outputTokens: 0,
        costUsd: null,
        latencyMs: 4,
        quantisation: null,
        template: null,
      },
      large: {
        score: 0.5,
        signals: {},
        inputTokens: null,
        outputTokens: null,
        costUsd: 1e-4,
        latencyMs: null,
        quantisation: 'Q4_K_M',
        template: 'ab',
      },
    },
  })
  expect(read(withModel({}))).toMatchObject({ at: null, prompt: null, models: { m: { score: null } } })
  expect(read(withModel({ correct: false })).models.m!.score).toBe(0)
  expect(read({ id: 'a', task: 'qa', models: {} }).models).toEqual({})
})

test('what is written is read back, and one line', () => {
  fc.assert(
    fc.property(anyItem, (item) => {
      const line = formatTraceLine(item)
      expect(line).not.toMatch(/[\r\n]/)
      expect(parseTraceLine(line, place)).toEqual(item)
    }),
    { seed: 1, numRuns: 500 },
  )
})

test('right and wrong are written as such, scores between as numbers, the unknown not at all', () => {
  const item = read({ id: 'a', task: 'qa', models: { m: { score: 1 }, n: { score: 0.5 }, o: {} } })
  expect(formatTraceLine(item)).toBe(
    '{"id":"a","task":"qa","models":{"m":{"correct":true},"n":{"score":0.5},"o":{}}}',
  )
})

test('an item that could not be read back is not written', () => {
  const item = read(withModel({ score: 1 }))
  const m = item.models.m!
  for (const broken of [
    { ...item, id: '' },
    { ...item, at: 'yesterday' },
    { ...item, prompt: 'secret', promptDigest: 'a'.repeat(64) },
    { ...item, models: { m: { ...m, score: Number.NaN } } },
    { ...item, models: { m: { ...m, costUsd: -1 } } },
    { ...item, models: { m: { ...m, latencyMs: Number.POSITIVE_INFINITY } } },
    { ...item, models: { m: { ...m, inputTokens: 0.5 } } },
    { ...item, models: { ['__proto__']: m } },
  ])
    expect(() => formatTraceLine(broken)).toThrow(/^an item to be written, /)
})

test('numbers out of range, and what is none', () => {
  const score =
    '@, models.m.score: must be a number from 0, wrong, to 1, right: leave it out where nobody knows it'
  for (const value of [-0.01, 1.01, '1', true, null]) expect(refused(withModel({ score: value }))).toBe(score)
  expect(refusal('{"id":"a","task":"qa","models":{"m":{"score":1e999}}}')).toBe(score)
  expect(refusal('{"id":"a","task":"qa","models":{"m":{"score":NaN}}}')).toMatch(/^@: is no whole JSON value/)
  const amount = 'must be a finite number from 0: leave it out where nobody knows it'
  for (const key of ['costUsd', 'latencyMs'])
    for (const value of [-1e-9, null, '0'])
      expect(refused(withModel({ [key]: value }))).toBe(`@, models.m.${key}: ${amount}`)
  for (const key of ['inputTokens', 'outputTokens'])
    for (const value of [-1, 0.5, 2 ** 53])
      expect(refused(withModel({ [key]: value }))).toMatch(
        `@, models.m.${key}: must be a whole number from 0`,
      )
  expect(refused(withModel({ signals: { margin: null } }))).toBe(
    '@, models.m.signals.margin: must be a finite number',
  )
  expect(refused(withModel({ signals: [] }))).toBe('@, models.m.signals: must be an object of numbers')
  expect(refused(withModel({ correct: 1 }))).toBe('@, models.m.correct: must be true or false')
  expect(refused(withModel({ correct: true, score: 1 }))).toMatch(
    '@, models.m.correct: must not stand beside',
  )
})

test('times', () => {
  for (const at of [
    '2026-08-05',
    '2026-08-05T09:30:00',
    '5 Aug 2026',
    '2026-02-30T00:00:00Z',
    1785920000,
    '',
  ])
    expect(refused({ id: 'a', task: 'qa', at, models: {} })).toBe(
      '@, at: must be an ISO 8601 time with its zone, 2026-08-05T09:30:00Z',
    )
})

test('prompts and digests', () => {
  const digest = 'ab'.repeat(32)
  expect(read({ id: 'a', task: 'qa', promptDigest: digest, models: {} }).promptDigest).toBe(digest)
  expect(refused({ id: 'a', task: 'qa', promptDigest: digest.toUpperCase(), models: {} })).toMatch(
    '@, promptDigest: must be',
  )
  expect(refused({ id: 'a', task: 'qa', prompt: '', promptDigest: digest, models: {} })).toMatch(
    '@, promptDigest: must not stand beside the prompt',
  )
  expect(read({ id: 'a', task: 'qa', prompt: '', models: {} }).prompt).toBe('')
})

test('keys: no others, none missing, none that is no name', () => {
  expect(refused({ ...(withModel({}) as object), label: 'x' })).toBe(
    '@, label: is no key of an item: take it out',
  )
  expect(refused(withModel({ right: true }))).toBe('@, models.m.right: is no key of an outcome: take it out')
  expect(refused({ task: 'qa', models: {} })).toBe('@, id: must be a text that is not empty')
  expect(refused({ id: 'a', task: '', models: {} })).toBe('@, task: must be a text that is not empty')
  expect(refused({ id: 'a', task: 'qa' })).toBe('@, models: must be an object with an outcome for each model')
  expect(refused(withModel(null))).toBe('@, models.m: must be an outcome, a JSON object')
  expect(refused([])).toBe('@: must be an item, a JSON object')
  for (const text of [
    '{"id":"a","task":"qa","models":{"__proto__":{"score":1}}}',
    '{"id":"a","task":"qa","models":{"m":{"signals":{"__proto__":1}}}}',
  ])
    expect(refusal(text)).toMatch(/__proto__: cannot be a name: rename it$/)
  for (const text of [
    '{"id":"a","task":"qa","models":{},"__proto__":{"polluted":1}}',
    '{"id":"a","task":"qa","models":{"m":{"__proto__":{"score":1}}}}',
  ])
    expect(refusal(text)).toMatch(/__proto__: is no key of an/)
  const { models } = read({ id: 'a', task: 'qa', models: { constructor: { score: 1 }, toString: {} } })
  expect(Object.keys(models)).toEqual(['constructor', 'toString'])
  expect(refused({ id: 'a', task: 'qa', models: { '': {} } })).toMatch(/^@, models\.: /)
})

test('names of keys are shortened and without control characters; prompts are never said again', () => {
  expect(refused(withModel({ '\u001b[2J': 1 }))).toMatch(/^@, models\.m\.\?\[2J: /)
  expect(refused(withModel({ ['x'.repeat(1e6)]: 1 })).length).toBeLessThan(200)
  const prompt = 'my secret'
  for (const text of [
    JSON.stringify({ id: 'a', task: 'qa', prompt: [prompt], models: {} }),
    JSON.stringify({ id: 'a', task: 'qa', prompt, models: { m: { score: prompt } } }),
    `{"id":"a","task":"qa","prompt":"${prompt}`,
    `{"prompt":${prompt}}`,
    prompt,
  ])
    expect(refusal(text)).not.toContain('secret')
})
