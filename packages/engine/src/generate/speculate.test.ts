import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ReferenceBackend } from '../backend/reference.ts'
import { createWasmBackend } from '../backend/wasm/backend.ts'
import { compileConstraint } from '../constrain/compile.ts'
import { BackendUnavailableError, BadOptionError } from '../errors.ts'
import type { MetadataValue } from '../gguf/metadata.ts'
import { type Model, openModel } from '../model/model.ts'
import { plantedDrafter } from '../testing/planted-drafter.ts'
import { randomModel } from '../testing/random-model.ts'
import { DraftModel } from './draft-model.ts'
import type { Drafter } from './drafter.ts'
import {
  type GeneratedToken,
  type GenerateOptions,
  type GenerationEnd,
  generate,
  generateAt,
} from './generate.ts'
import type { Pace } from './pace.ts'
import { seededRandom } from './random.ts'

const model = await openModel(randomModel({ seed: 2 }), { backend: new ReferenceBackend() })
const { tokenizer } = model
const prompt = tokenizer.encode('hello the world, hello the low world')

/** Every draft is run, `length` tokens of it. */
const always = (length: number): Pace => ({
  ask: (_, most) => Math.min(most, length),
  choose: (_, offered) => offered,
  judged() {},
  passed() {},
})

interface Outcome {
  readonly tokens: readonly GeneratedToken[]
  /** What the session held when each token was given, and at the end. */
  readonly held: readonly number[]
  readonly heldTokens: readonly number[]
  readonly end: GenerationEnd
}

async function outcome(
  options: GenerateOptions,
  pace: Pace = always(4),
  from: readonly number[] = prompt,
  source: Model = model,
): Promise<Outcome> {
  using session = source.session()
  const tokens: GeneratedToken[] = []
  const held: number[] = []
  const stream = generateAt(session, from, options, pace)
  for (;;) {
    const { value, done } = await stream.next()
    held.push(session.length)
    if (done) return { tokens, held, heldTokens: [...session.tokens], end: value }
    tokens.push(value)
  }
}

const plain = (options: GenerateOptions, from = prompt, source = model): Promise<Outcome> =>
  outcome({ ...options, draft: false }, always(4), from, source)

/** All that is told of two generations, but how long they took and what was drafted. */
function expectSame(actual: Outcome, expected: Outcome): void {
  expect(actual.tokens).toEqual(expected.tokens)
  expect(actual.held).toEqual(expected.held)
  expect(actual.heldTokens).toEqual(expected.heldTokens)
  const { finishReason, promptTokens, cachedTokens, completionTokens } = expected.end
  expect(actual.end).toMatchObject({ finishReason, promptTokens, cachedTokens, completionTokens })
}

const planted = (ids: readonly number[], acceptance: number, seed = 1): Drafter =>
  plantedDrafter({ promptTokens: prompt.length, ids, acceptance, vocabulary: tokenizer.size, seed })

const idsOf = ({ tokens }: Outcome): number[] => tokens.map(({ id }) => id)

const person = {
  type: 'object',
  properties: {
    name: { type: 'string', maxLength: 12 },
    tags: { type: 'array', items: { enum: ['he', 'the', 'world'] }, maxItems: 3 },
  },
  required: ['name', 'tags'],
  additionalProperties: false,
}
const constraints = [
  compileConstraint({ jsonSchema: person, whitespace: 'compact' }, tokenizer),
  compileConstraint({ jsonSchema: person }, tokenizer),
  compileConstraint({ regex: '(he|world|lo)+' }, tokenizer),
]

test('with drafts, right ones and wrong ones, nothing is different but the number of passes', async () => {
  const sampling = fc.record(
    {
      temperature: fc.constantFrom(0, 0.5, 1, 3),
      topK: fc.integer({ min: 1, max: 40 }),
      topP: fc.constantFrom(0.3, 0.8, 0.95, 1),
      minP: fc.constantFrom(0, 0.02),
      repetitionPenalty: fc.constantFrom(1, 1.3, 0.8),
      repetitionWindow: fc.constantFrom(0, 4, 64),
      stop: fc.constantFrom<readonly string[]>([], ['e'], ['lo', ' w'], ['\u0000']),
      stopTokens: fc.constantFrom<readonly number[]>([], [2], [40, 90, 101, 120]),
    },
    { requiredKeys: [] },
  )
  const drafts = fc.record({
    acceptance: fc.constantFrom(0, 0.5, 0.8, 1),
    length: fc.integer({ min: 1, max: 9 }),
    isLookup: fc.boolean(),
    constraint: fc.constantFrom(undefined, undefined, ...constraints),
  })
  const cases = fc.tuple(sampling, fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1, max: 40 }), drafts)
  let [accepted, wrong] = [0, 0]
  await fc.assert(
    fc.asyncProperty(cases, async ([sampled, seed, length, { constraint, ...draft }]) => {
      const { stop, ...rest } = sampled
      const guided = constraint
        ? { constraint, stopTokens: [2], maxTokens: constraint.minTokens + length }
        : { stop: stop ?? [], maxTokens: length }
      const options: GenerateOptions = { ...rest, seed, ...guided }
      const expected = await plain(options)
      expect(expected.end).toMatchObject({ draftTokens: 0, acceptedDraftTokens: 0 })
      const drafter = planted(idsOf(expected), draft.acceptance, seed)
      const actual = await outcome(
        draft.isLookup ? options : { ...options, draft: drafter },
        always(draft.length),
      )
      expectSame(actual, expected)
      accepted += actual.end.acceptedDraftTokens
      wrong += actual.end.draftTokens - actual.end.acceptedDraftTokens
    }),
    { numRuns: 150, seed: 21 },
  )
  expect(accepted).toBeGreaterThan(500)
  expect(wrong).toBeGreaterThan(500)
})

test('right drafts save passes: one pass gives as many tokens as it was given, and one', async () => {
  const options = { maxTokens: 40, stopTokens: [] }
  const ids = idsOf(await plain(options))
  using session = model.session()
  let passes = 0
  const verify = session.verify.bind(session)
  session.verify = (tokens, draft) => {
    passes++
    return verify(tokens, draft)
  }
  const stream = generateAt(session, prompt, { ...options, draft: planted(ids, 1) }, always(3))
  let step = await stream.next()
  while (!step.done) step = await stream.next()
  // The first token is of the prompt's pass; of the last pass only what is left is drafted.
  expect(passes).toBe(Math.ceil(39 / 4))
  expect(step.value).toMatchObject({ draftTokens: 29, acceptedDraftTokens: 29, completionTokens: 40 })
})

test('a text that repeats itself is drafted from its own tokens without being told', async () => {
  const loop = Array.from({ length: 60 }, (_, i) => [70, 105, 262, 90, 33][i % 5]!)
  const options = { maxTokens: 40, stopTokens: [], temperature: 0 }
  const expected = await plain(options, loop)
  const actual = await outcome(options, always(4), loop)
  expectSame(actual, expected)
  expect(actual.end.draftTokens).toBeGreaterThan(0)
})

test('a drafter that is wrong without end, gives too much or nothing changes no token', async () => {
  const options = { maxTokens: 20, stopTokens: [], temperature: 1, seed: 4 }
  const expected = await plain(options)
  const random = seededRandom(3)
  const drafters: Drafter[] = [
    planted(idsOf(expected), 0),
    { propose: () => ({ ids: [] }) },
    { propose: () => ({ ids: Array.from({ length: 500 }, () => 7), matched: 3 }) },
    { propose: async (_, most) => ({ ids: Array.from({ length: most }, () => Math.floor(random() * 200)) }) },
    { propose: (text, most) => ({ ids: text.slice(-most) }) },
  ]
  for (const draft of drafters) {
    const actual = await outcome({ ...options, draft }, always(6))
    expectSame(actual, expected)
    expect(actual.end.draftTokens).toBeLessThanOrEqual(6 * 20)
  }
})

test('ids that are none are a typed error, and the session stays as it was', async () => {
  for (const id of [-1, tokenizer.size, 0.5, Number.NaN]) {
    using session = model.session()
    const draft: Drafter = { propose: () => ({ ids: [5, id] }) }
    const stream = generateAt(session, prompt, { draft, stopTokens: [] }, always(4))
    await stream.next()
    const refused = stream.next()
    await expect(refused).rejects.toThrow(BadOptionError)
    await expect(refused).rejects.toThrow(`the drafter proposed the token ${id}`)
    expect(session.tokens).toEqual(prompt)
  }
})

test('an end of the context is met at the same token', async () => {
  using small = await openModel(randomModel({ seed: 2 }), {
    backend: new ReferenceBackend(),
    contextLength: prompt.length + 9,
  })
  const options = { stopTokens: [], temperature: 2, seed: 1 }
  const expected = await plain(options, prompt, small)
  expect(expected.end).toMatchObject({ finishReason: 'length', completionTokens: 9 })
  for (const acceptance of [0, 0.7, 1]) {
    const draft = planted(idsOf(expected), acceptance)
    expectSame(await outcome({ ...options, draft }, always(7), prompt, small), expected)
  }
})

test('an abort in the middle of accepted drafts throws its reason and leaves what was given', async () => {
  const reason = new Error('enough')
  const ids = idsOf(await plain({ maxTokens: 30, stopTokens: [] }))
  for (let at = 1; at < 9; at++) {
    using session = model.session()
    const controller = new AbortController()
    const options = { stopTokens: [], draft: planted(ids, 1), signal: controller.signal }
    const stream = generateAt(session, prompt, options, always(5))
    for (let i = 0; i < at; i++) await stream.next()
    controller.abort(reason)
    await expect(stream.next()).rejects.toBe(reason)
    expect(session.tokens).toEqual([...prompt, ...ids.slice(0, at - 1)])
    // What was run ahead of the text is forgotten: the session goes on from what it holds.
    using fresh = model.session()
    fresh.prefill(session.tokens)
    expect(session.forward([9])).toEqual(fresh.forward([9]))
  }
})

test('two generations that take turns on one model do not see each other', async () => {
  const all = [0, 1].map((seed) => ({ maxTokens: 24, stopTokens: [], temperature: 1.5, seed }))
  const expected = await Promise.all(all.map((options) => plain(options)))
  const actual = await Promise.all(
    all.map((options, i) => outcome({ ...options, draft: planted(idsOf(expected[i]!), 0.7) }, always(3))),
  )
  for (const [i, one] of actual.entries()) expectSame(one, expected[i]!)
})

describe('a smaller model drafts', () => {
  const open = (options: Parameters<typeof randomModel>[0]) =>
    openModel(randomModel(options), { backend: new ReferenceBackend() })

  test('the same model is always right, another one changes no token', async () => {
    using twin = await open({ seed: 2 })
    using other = await open({ seed: 3, layers: 1, dim: 32, hiddenDim: 32 })
    const options = { maxTokens: 30, stopTokens: [] }
    const expected = await plain(options)
    using sure = new DraftModel(twin, model)
    const right = await outcome({ ...options, draft: sure })
    expectSame(right, expected)
    expect(right.end.acceptedDraftTokens).toBe(right.end.draftTokens)
    expect(right.end.draftTokens).toBe(30 - 1 - Math.ceil(29 / 5))
    using unsure = new DraftModel(other, model)
    for (const seed of [1, 2]) {
      const sampled = { ...options, temperature: 1, seed }
      expectSame(await outcome({ ...sampled, draft: unsure }), await plain(sampled))
    }
  })

  test('a context shorter than the text leaves it without an idea, not without an answer', async () => {
    using twin = await openModel(randomModel({ seed: 2 }), {
      backend: new ReferenceBackend(),
      contextLength: prompt.length + 8,
    })
    using draft = new DraftModel(twin, model)
    const options = { maxTokens: 20, stopTokens: [] }
    const actual = await outcome({ ...options, draft })
    expectSame(actual, await plain(options))
    expect(actual.end.acceptedDraftTokens).toBeGreaterThan(0)
    expect(actual.end.acceptedDraftTokens).toBeLessThan(10)
  })

  test('another vocabulary is refused by name', async () => {
    const tokens = model.metadata.get('tokenizer.ggml.tokens')!
    const changed = { ...tokens, value: (tokens.value as string[]).with(40, 'elsewhere') } as MetadataValue
    using stranger = await open({
      metadata: new Map([
        ['general.name', { type: 'string', value: 'stranger' }],
        ['tokenizer.ggml.tokens', changed],
      ]),
    })
    const refused = () => new DraftModel(stranger, model)
    expect(refused).toThrow(BadOptionError)
    expect(refused).toThrow(/stranger cannot draft for random: their vocabularies differ/)
  })
})

const wasm = await createWasmBackend().catch((error: unknown) => {
  if (error instanceof BackendUnavailableError) return undefined
  throw error
})
wasm?.dispose()

describe.skipIf(!wasm)('on the wasm backend, by type of weights', () => {
  test.each(['q4_0', 'q8_0', 'q4_k', 'f16'] as const)('%s: the tokens are the same', async (type) => {
    const shape = { layers: 1, dim: 256, hiddenDim: 256, seed: 5 }
    using fast = await openModel(randomModel({ ...shape, type }), { backend: 'wasm', threads: 1 })
    const options = { maxTokens: 60, stopTokens: [], temperature: 0.8, seed: 6 }
    const expected = await plain(options, prompt, fast)
    for (const length of [1, 3, 7]) {
      const draft = planted(idsOf(expected), 0.8, length)
      const actual = await outcome({ ...options, draft }, always(length), prompt, fast)
      expectSame(actual, expected)
      expect(actual.end.acceptedDraftTokens).toBeGreaterThan(20)
    }
  })
})

test('left to itself, generate gives the tokens of plain decoding', async () => {
  for (const seed of [1, 2, 3]) {
    const options = { maxTokens: 60, stopTokens: [], temperature: 0.3, seed }
    const given: number[] = []
    for await (const { id } of generate(model, prompt, options)) given.push(id)
    expect(given).toEqual(idsOf(await plain(options)))
  }
})
