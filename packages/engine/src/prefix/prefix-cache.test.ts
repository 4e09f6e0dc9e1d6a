import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { BadOptionError, NumericError } from '../errors.ts'
import {
  type GeneratedToken,
  type GenerateOptions,
  type GenerationEnd,
  generate,
} from '../generate/generate.ts'
import { readGguf, tensorBytes } from '../gguf/read.ts'
import type { TensorType } from '../gguf/types.ts'
import { writeGguf } from '../gguf/write.ts'
import { type Model, openModel } from '../model/model.ts'
import { type RandomModelOptions, randomModel } from '../testing/random-model.ts'
import { PrefixCache } from './prefix-cache.ts'

const model = await openModel(randomModel({ seed: 2 }))
afterAll(() => model[Symbol.dispose]())
const system = Array.from({ length: 100 }, (_, i) => (37 * i + 11) % 260)
const ask = (last: number): number[] => [...system, last, 40, 41]
/** Bytes of keys and values of a position of that model: 2 layers, keys and values, 2 heads of 16 halves. */
const POSITION = 2 * 2 * 2 * 16 * 2
const greedy: GenerateOptions = { maxTokens: 8, stopTokens: [] }

async function collect(
  source: Model | PrefixCache,
  prompt: readonly number[],
  options: GenerateOptions = greedy,
): Promise<{ tokens: GeneratedToken[]; end: GenerationEnd }> {
  const tokens: GeneratedToken[] = []
  const stream = generate(source, prompt, options)
  for (;;) {
    const { value, done } = await stream.next()
    if (done) return { tokens, end: value }
    tokens.push(value)
  }
}

test('a call has what earlier ones ran, and answers as if it had run all', async () => {
  const cache = new PrefixCache(model)
  const first = await collect(cache, ask(1))
  expect(first.end.cachedTokens).toBe(0)
  const other = await collect(cache, ask(2))
  expect(other.end.cachedTokens).toBe(system.length)
  expect(other.tokens).toEqual((await collect(model, ask(2))).tokens)
  const again = await collect(cache, ask(1))
  expect(again.end.cachedTokens).toBe(ask(1).length - 1)
  expect(again.tokens).toEqual(first.tokens)
  // The conversation goes on: all of the answer but its last token has run.
  const next = [...ask(1), ...first.tokens.map(({ id }) => id), 7, 8]
  const second = await collect(cache, next)
  expect(second.end.cachedTokens).toBe(next.length - 3)
  expect(second.tokens).toEqual((await collect(model, next)).tokens)
  cache.clear()
  expect((await collect(cache, next)).end.cachedTokens).toBe(0)
})

test('calls at once profit from one another and do not disturb each other', async () => {
  const cache = new PrefixCache(model)
  const options = { ...greedy, maxTokens: 20 }
  const streams = [1, 2, 3, 4].map((last) => ({ last, ids: [] as number[], cached: -1, open: true }))
  const running = streams.map((stream) => generate(cache, ask(stream.last), options))
  for (let round = 0; streams.some(({ open }) => open); round++) {
    for (const [i, stream] of streams.entries()) {
      // Each begins two tokens after the one before.
      if (round < 2 * i || !stream.open) continue
      const { value, done } = await running[i]!.next()
      if (done) Object.assign(stream, { open: false, cached: value.cachedTokens })
      else stream.ids.push(value.id)
    }
  }
  for (const { last, ids, cached } of streams) {
    expect(ids).toEqual((await collect(model, ask(last), options)).tokens.map(({ id }) => id))
    expect(cached).toBe(last === 1 ? 0 : system.length)
  }
})

test('whatever runs at once, is broken off or has to go: the tokens are those of a call alone', async () => {
  const alone = new Map<string, number[]>()
  const expected = async (prompt: readonly number[]): Promise<number[]> => {
    const key = prompt.join()
    const known = alone.get(key) ?? (await collect(model, prompt)).tokens.map(({ id }) => id)
    alone.set(key, known)
    return known
  }
  const call = fc.record({
    shared: fc.constantFrom(0, 5, 20, 40),
    rest: fc.array(fc.constantFrom(50, 51), { minLength: 1, maxLength: 3 }),
    brokenOffAfter: fc.constantFrom(1, 3, 100, 100),
  })
  const positions = fc.constantFrom(0, 10, 30, 60, 1000)
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { minLength: 1, maxLength: 8 }),
      positions,
      fc.infiniteStream(fc.nat(2)),
      async (calls, kept, turns) => {
        const cache = new PrefixCache(model, { maxBytes: kept * POSITION })
        const waiting = [...calls]
        const running: {
          prompt: number[]
          stream: ReturnType<typeof generate>
          ids: number[]
          left: number
        }[] = []
        while (waiting.length + running.length > 0) {
          const turn = turns.next().value!
          if (running.length < 3 && waiting.length > 0 && (turn === 0 || running.length === 0)) {
            const { shared, rest, brokenOffAfter } = waiting.shift()!
            const prompt = [...system.slice(0, shared), ...rest]
            running.push({ prompt, stream: generate(cache, prompt, greedy), ids: [], left: brokenOffAfter })
          }
          const [one] = running.splice(turn % running.length, 1)
          const step = await one!.stream.next()
          if (step.done) expect(one!.ids).toEqual(await expected(one!.prompt))
          else {
            one!.ids.push(step.value.id)
            if (--one!.left > 0) running.push(one!)
            else await one!.stream.return(undefined as never)
          }
          expect(cache.heldBytes).toBeLessThanOrEqual(cache.maxBytes)
        }
      },
    ),
    { seed: 3, numRuns: 40 },
  )
})

const types: TensorType[] = [
  ...(['f32', 'f16', 'bf16', 'q4_0', 'q4_1', 'q5_0', 'q5_1', 'q8_0', 'iq4_nl', 'mxfp4'] as const),
  ...(['q2_k', 'q3_k', 'q4_k', 'q5_k', 'q6_k', 'iq4_xs'] as const),
]
const shapes: [string, RandomModelOptions][] = [
  ...types.map((type): [string, RandomModelOptions] => [type, { type }]),
  ['gemma3, with windows', { type: 'q4_k', architecture: 'gemma3', headDim: 64, window: 24 }],
  ['heads of 128', { type: 'q4_k', headDim: 128 }],
]

// The reference's arithmetic does not know how many tokens there are: one shape shows that its cache gives back what it took.
describe.each(['wasm', 'reference'] as const)('on %s', (backend) => {
  const here = backend === 'wasm' ? shapes : shapes.filter(([name]) => name.startsWith('gemma3'))
  test.each(here)('%s: logits are the same in every bit wherever the text was cut', async (_, options) => {
    const file = randomModel({ dim: 256, hiddenDim: 256, ...options })
    using model = await openModel(file, { backend })
    const prompt = system.slice(0, 45)
    using whole = model.session()
    const expected = whole.forward(prompt)
    for (const cut of [1, 19, 32, 44]) {
      const cache = new PrefixCache(model)
      using first = model.session()
      first.prefill([...prompt.slice(0, cut), 3, 4])
      cache.keep(first)
      using session = cache.session(prompt)
      expect(session.tokens).toEqual(prompt.slice(0, cut))
      expect(session.forward(prompt.slice(cut))).toEqual(expected)
    }
  })
})

test('a prompt that was broken off is kept as far as it ran', async () => {
  using slow = await openModel(randomModel({ layers: 4, dim: 256, hiddenDim: 512, contextLength: 1000 }), {
    backend: 'reference',
  })
  const cache = new PrefixCache(slow)
  const long = Array.from({ length: 400 }, (_, i) => i % 270)
  // A pass has some ten turns: it is broken off in the second.
  let turns = 0
  const signal = {
    get aborted() {
      return turns > 20
    },
    throwIfAborted() {
      if (++turns > 20) throw new Error('aborted')
    },
  } as AbortSignal
  await expect(collect(cache, long, { signal })).rejects.toThrow(/aborted/)
  using session = cache.session(long)
  expect(session.length).toBeGreaterThan(0)
  expect(session.length).toBeLessThan(long.length - 1)
  const far = session.length + 1
  using fresh = slow.session()
  expect(session.forward(long.slice(session.length, far))).toEqual(fresh.forward(long.slice(0, far)))
})

test('an answer that nobody reads on is kept, too', async () => {
  const cache = new PrefixCache(model)
  let given = 0
  for await (const _ of generate(cache, ask(1), greedy)) if (++given === 4) break
  using session = cache.session([...ask(1), 0])
  expect(session.length).toBe(ask(1).length)
  expect(cache.heldBytes / POSITION).toBe(ask(1).length + 3)
})

test('numbers that are none are not kept', async () => {
  const file = randomModel()
  const gguf = readGguf(file)
  const tensors = [...gguf.tensors.values()].map((tensor) => {
    const bytes = tensorBytes(file, tensor).slice()
    return { ...tensor, bytes: tensor.name === 'output_norm.weight' ? bytes.fill(0xff) : bytes }
  })
  using damaged = await openModel(writeGguf({ metadata: gguf.metadata, tensors }))
  const cache = new PrefixCache(damaged)
  await expect(collect(cache, system)).rejects.toThrow(NumericError)
  expect(cache.heldBytes).toBe(0)
})

test('a refused call leaves what is kept as it was', async () => {
  const cache = new PrefixCache(model)
  await collect(cache, ask(1))
  const held = cache.heldBytes
  await expect(collect(cache, [...system, -1])).rejects.toThrow(BadOptionError)
  await expect(collect(cache, [])).rejects.toThrow(BadOptionError)
  await expect(collect(cache, ask(2), { maxTokens: 0 })).rejects.toThrow(BadOptionError)
  expect(cache.heldBytes).toBe(held)
})

test('the bound: two contexts when not given, none at 0, the beginning of what is longer', async () => {
  expect(new PrefixCache(model).maxBytes).toBe(2 * 256 * POSITION)
  using large = await openModel(randomModel({ contextLength: 2 ** 21 }))
  expect(new PrefixCache(large).maxBytes).toBe(256 * 2 ** 20)
  const none = new PrefixCache(model, { maxBytes: 0 })
  await collect(none, ask(1))
  expect((await collect(none, ask(1))).end.cachedTokens).toBe(0)
  const some = new PrefixCache(model, { maxBytes: 50 * POSITION + 1 })
  await collect(some, ask(1))
  expect(some.heldBytes).toBe(50 * POSITION)
  const { end, tokens } = await collect(some, ask(1))
  expect(end.cachedTokens).toBe(50)
  expect(tokens).toEqual((await collect(model, ask(1))).tokens)
  expect(() => new PrefixCache(model, { maxBytes: Number.NaN })).toThrow(BadOptionError)
  expect(() => new PrefixCache(model, { maxBytes: -1 })).toThrow(BadOptionError)
})

test('where the host has no memory for what is to be kept, the call is answered all the same', async () => {
  const cache = new PrefixCache(model)
  const session = cache.session.bind(cache)
  cache.session = (prompt) => {
    const made = session(prompt)
    made.copyOut = () => {
      throw new RangeError('Array buffer allocation failed')
    }
    return made
  }
  expect((await collect(cache, ask(1))).tokens).toHaveLength(8)
  expect(cache.heldBytes).toBe(0)
})

describe('saved and restored', () => {
  const open = (options: RandomModelOptions = {}) => openModel(randomModel({ seed: 2, ...options }))

  test('by another process of the same model: the same tokens', async () => {
    const cache = new PrefixCache(model)
    const first = await collect(cache, ask(1))
    await collect(cache, ask(2))
    const bytes = (await cache.save(system))!
    using later = await open()
    const restored = new PrefixCache(later)
    expect(await restored.restore(bytes)).toEqual(system)
    const answer = await collect(restored, ask(1))
    expect(answer.end.cachedTokens).toBe(system.length)
    expect(answer.tokens).toEqual(first.tokens)
    expect(restored.heldBytes).toBeGreaterThan(0)
  })

  test('only what is known as a whole is saved', async () => {
    const cache = new PrefixCache(model)
    await collect(cache, ask(1))
    expect(await cache.save([])).toBeUndefined()
    expect(await cache.save([...system, 99])).toBeUndefined()
    expect(await cache.save(ask(1))).toBeDefined()
  })

  test.each<[string, RandomModelOptions, string]>([
    ['other weights of the same shape', { seed: 3 }, 'other_model'],
    [
      'another name',
      { metadata: new Map([['general.name', { type: 'string', value: 'b' }]]) },
      'other_model',
    ],
    ['another type', { type: 'q8_0' }, 'other_model'],
    ['one layer more', { layers: 3 }, 'other_model'],
  ])('%s: refused', async (_, options, problem) => {
    const cache = new PrefixCache(model)
    await collect(cache, ask(1))
    const bytes = (await cache.save(system))!
    using other = await open(options)
    const restored = new PrefixCache(other)
    expect(await restored.restore(bytes)).toBe(problem)
    expect(restored.heldBytes).toBe(0)
  })

  test('another backend’s arithmetic is not this one’s', async () => {
    using other = await openModel(randomModel({ seed: 2 }), { backend: 'reference' })
    const [here, there] = [new PrefixCache(model), new PrefixCache(other)]
    expect(await here.fingerprint()).toEqual(await new PrefixCache(model).fingerprint())
    expect(await here.fingerprint()).not.toEqual(await there.fingerprint())
  })
})
