/** The bars against any answer: what is stopped early would not have passed at its end either, and no evidence never passes. */
import type { JSONSchema7, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ResolvedEscalate } from '../policy/index.ts'
import { prompt } from '../testing/models.ts'
import { callText, saying } from './agreement.ts'
import { validity } from './schema.ts'
import type { AnswerSoFar } from './signal.ts'
import { Watch } from './watch.ts'

const bar = (signal: string, threshold: number | null): ResolvedEscalate => ({
  signal,
  threshold,
  samples: signal === 'agreement' ? 3 : 0,
  certificate: null,
  combination: null,
})

const token = (logprob: number | null, margin: number | null): LanguageModelV4StreamPart => ({
  type: 'text-delta',
  id: '0',
  delta: 'x',
  ...(logprob === null
    ? {}
    : { providerMetadata: { edgewise: { logprob, ...(margin === null ? {} : { margin }) } } }),
})

function answerOf(parts: readonly LanguageModelV4StreamPart[], mean: number | null = null): AnswerSoFar {
  return {
    call: { prompt: prompt('x') },
    parts,
    text: parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join(''),
    complete: true,
    reportedMeanLogprob: mean,
    inputTokens: 7,
    outputTokens: parts.length,
    signal: new AbortController().signal,
    sample: async () => [],
  }
}

const logprob = fc.double({ min: -8, max: 0, noNaN: true })
const tokens = fc.array(fc.tuple(logprob, fc.double({ min: 0, max: 8, noNaN: true })), { maxLength: 12 })

describe('stopping early', () => {
  test('never stops an answer that would have passed', async () => {
    const bars = fc.constantFrom('meanLogprob', 'minLogprob', 'margin', 'length')
    await fc.assert(
      fc.asyncProperty(
        bars,
        logprob,
        tokens,
        fc.option(fc.integer({ min: 1, max: 20 })),
        async (name, level, said, most) => {
          const threshold = name === 'margin' ? -level : name === 'length' ? Math.round(-level) : level
          // An answer has at most as many tokens as it was asked for.
          const parts = said.slice(0, most ?? said.length).map(([logprob, margin]) => token(logprob, margin))
          const call = { prompt: prompt('x'), ...(most === null ? {} : { maxOutputTokens: most }) }
          const watch = new Watch([bar(name, threshold)], call, {})
          const stopped = parts.map((part) => watch.part(part)).find((verdict) => verdict !== null)
          const whole = new Watch([bar(name, threshold)], call, {})
          for (const part of parts) whole.part(part)
          const atTheEnd = await whole.verdict(answerOf(parts))
          if (stopped !== undefined) {
            expect(stopped.pass).toBe(false)
            expect(atTheEnd.pass).toBe(false)
          }
        },
      ),
      { seed: 11, numRuns: 500 },
    )
  })

  test('the least token and the least margin are known as soon as they are seen', () => {
    const watch = new Watch([bar('minLogprob', -2), bar('margin', 0.5)], { prompt: prompt('x') }, {})
    expect(watch.part(token(-1, 3))).toBeNull()
    expect(watch.part(token(-1, 0.4))).toMatchObject({
      signals: [{ name: 'margin', value: 0.4, pass: false }],
    })
    expect(watch.part(token(-2.5, 3))).toMatchObject({ signals: [{ name: 'minLogprob', value: -2.5 }] })
  })
})

describe('what certificates see', () => {
  const certified = (name: string, threshold: number, certificate = 'c') => ({
    ...bar(name, threshold),
    certificate,
  })
  const call = { prompt: prompt('x') }

  test('no other bar stops an answer whose certificate would miss its signal, and its own may', () => {
    const watch = new Watch([bar('minLogprob', -2), certified('margin', 0.5)], call, {})
    expect(watch.part(token(-9, 3))).toBeNull()
    expect(watch.part(token(-9, 0.1))).toMatchObject({ signals: [{ name: 'margin', value: 0.1 }] })
    const both = new Watch([certified('minLogprob', -2, 'a'), certified('margin', 0.5, 'b')], call, {})
    expect(both.part(token(-9, 0.1))).toBeNull()
  })

  test('its signal is there though another bar was missed, and no costly one is asked for that', async () => {
    let asked = 0
    const mine = () => {
      asked++
      return 1
    }
    const bars = [bar('minLogprob', -2), certified('margin', 0.5), bar('mine', 0)]
    const watch = new Watch(bars, call, { mine })
    const parts = [token(-9, 0.7)]
    watch.part(parts[0]!)
    expect(await watch.verdict(answerOf(parts))).toEqual({
      pass: false,
      signals: [
        { name: 'minLogprob', value: -9, threshold: -2, pass: false },
        { name: 'margin', value: 0.7, threshold: 0.5, pass: true },
      ],
      certificate: null,
      note: 'least logprob -9.00, the bar is -2.00',
    })
    expect(asked).toBe(0)
  })

  test('what only looks never judges, and sees what certificates and audits want', () => {
    const looking = { judges: false }
    const watch = new Watch([bar('length', 1), certified('margin', 0.5)], call, {}, looking)
    const parts = [token(-9, 0.1), token(-1, 3)]
    for (const part of parts) expect(watch.part(part)).toBeNull()
    expect(watch.seen(answerOf(parts))).toEqual([{ name: 'margin', value: 0.1, threshold: 0.5, pass: false }])
    const audited = new Watch([], call, {}, { ...looking, audited: true })
    for (const part of parts) audited.part(part)
    expect(audited.seen(answerOf(parts)).map(({ name, value, pass }) => [name, value, pass])).toEqual([
      ['meanLogprob', -5, null],
      ['minLogprob', -9, null],
      ['margin', 0.1, null],
    ])
  })
})

describe('the verdict', () => {
  test('all bars must be reached, and their certificates go with it', async () => {
    const bars = [
      { ...bar('meanLogprob', -1), certificate: 'c1' },
      { ...bar('minLogprob', -2), certificate: 'c2' },
    ]
    const judge = async (...logprobs: number[]) => {
      const watch = new Watch(bars, { prompt: prompt('x') }, {})
      const parts = logprobs.map((value) => token(value, null))
      for (const part of parts) watch.part(part)
      return watch.verdict(answerOf(parts))
    }
    expect(await judge(-0.5, -0.5)).toMatchObject({ pass: true, certificate: 'c1 c2' })
    expect(await judge(-0.1, -2.5)).toMatchObject({ pass: false, certificate: null })
  })

  test.each(['meanLogprob', 'minLogprob', 'margin', 'schema', 'agreement', 'mine'])(
    'without evidence %s does not pass',
    async (name) => {
      const watch = new Watch(
        [bar(name, name === 'schema' ? null : 0)],
        { prompt: prompt('x') },
        { mine: () => Number.NaN },
      )
      const parts = [token(null, null)]
      watch.part(parts[0]!)
      expect(await watch.verdict(answerOf(parts))).toMatchObject({ pass: false, signals: [] })
    },
  )

  test('what the device reports of the whole goes before what was added up', async () => {
    const watch = new Watch([bar('meanLogprob', -1)], { prompt: prompt('x') }, {})
    const parts = [token(-3, null)]
    expect((await watch.verdict(answerOf(parts, -0.5))).signals).toMatchObject([{ value: -0.5, pass: true }])
  })

  test('a receipt is JSON: minus infinity is the lowest number', async () => {
    const watch = new Watch([bar('meanLogprob', -1)], { prompt: prompt('x') }, {})
    const { signals } = await watch.verdict(answerOf([], Number.NEGATIVE_INFINITY))
    expect(signals[0]!.value).toBe(-Number.MAX_VALUE)
  })
})

test('what is said the same way is the same', () => {
  expect(saying(' Paris. ')).toBe(saying('paris'))
  expect(saying('"Paris"')).toBe(saying('"Paris"'))
  expect(saying('{"b": 1, "a": [2]}')).toBe(saying('{"a":[2],"b":1}'))
  expect(saying('yes')).not.toBe(saying('no'))
  // Never throws, and is its own form.
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(typeof saying(text)).toBe('string')
    }),
    { seed: 3 },
  )
})

test('tool calls are the same by name and values, however their input is written', () => {
  const call = (input: string, toolName = 'f') => saying(callText({ toolName, input }))
  expect(call('{"a":1,"b":{"d":2,"c":3}}')).toBe(call('{ "b": {"c": 3, "d": 2}, "a": 1 }'))
  expect(call('{"a":1}')).not.toBe(call('{"a":2}'))
  expect(call('{"a":1}')).not.toBe(call('{"a":1}', 'g'))
  expect(call('not json')).toBe('f not json')
})

test('JSON of a schema: a schema that cannot be read holds nothing back', () => {
  const valid = (text: string, schema?: JSONSchema7) =>
    validity({
      call: { prompt: prompt('x'), responseFormat: { type: 'json', ...(schema && { schema }) } },
      text,
      parts: [],
    })
  expect(valid('[1]', { type: 'array', items: { type: 'number' } })).toBe(1)
  expect(valid('["1"]', { type: 'array', items: { type: 'number' } })).toBe(0)
  expect(valid('{')).toBe(0)
  expect(valid('1', { $ref: '#/nowhere' })).toBe(1)
})
