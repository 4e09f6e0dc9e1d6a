import { describe, expect, test } from 'vitest'
import { BadOptionError, ContextLengthError, DisposedError } from '../errors.ts'
import { naivePass } from '../testing/naive-logits.ts'
import { type RandomModelOptions, randomModel } from '../testing/random-model.ts'
import { openModel } from './model.ts'

const tokensOf = (count: number): number[] => Array.from({ length: count }, (_, i) => (i * 37 + 11) % 270)

/**
 * What PyTorch 2 gives in double precision for randomModel({ layers: 2, tied: false, seed: 5 }) and tokensOf(20), by
 * scaled_dot_product_attention(..., is_causal=False): the first six logits at three places.
 */
const torch = new Map([
  [0, [1.8924, -3.8139, 0.3976, 1.1759, -0.4544, -1.7153]],
  [7, [-3.3575, -0.7187, 1.3961, 0.9898, 0.8268, 1.0274]],
  [19, [2.9162, 1.4702, 0.45, 1.9403, 3.8185, -2.4205]],
])

describe.each(['reference', 'wasm'] as const)('on %s', (backend) => {
  test('the logits are those of PyTorch without a causal mask', async () => {
    using model = await openModel(randomModel({ layers: 2, tied: false, seed: 5 }), { backend })
    const logits = model.encode(tokensOf(20), [...torch.keys()])
    const vocab = model.tokenizer.size
    expect(logits).toHaveLength(3 * vocab)
    // Keys and values are kept as halves here, not there.
    for (const [i, row] of [...torch.values()].entries()) {
      row.forEach((value, id) => {
        expect(Math.abs(logits[i * vocab + id]! - value)).toBeLessThan(0.01)
      })
    }
  })

  const options: RandomModelOptions[] = [
    { type: 'f32', tied: false },
    { type: 'q8_0' },
    { architecture: 'gemma3', window: 6, layers: 3 },
    { architecture: 'qwen2', biases: true },
  ]
  test.each(options)('%o agrees with formulas in double precision', async (given) => {
    const bytes = randomModel({ layers: 1, heads: 2, kvHeads: 1, ...given })
    using model = await openModel(bytes, { backend })
    const tokens = tokensOf(11)
    const naive = naivePass(bytes, tokens, false)
    const wanted = [0, 3, 4, 10]
    const logits = model.encode(tokens, wanted)
    const expected = wanted.flatMap((at) => naive.logits(at))
    const off = Math.max(...expected.map((value, i) => Math.abs(value - logits[i]!)))
    expect(off).toBeLessThan(given.type === 'f32' ? 1e-4 : 0.03)
    // It would not be so by chance: a causal pass gives another answer but at the end.
    const causal = naivePass(bytes, tokens).logits(0)
    expect(Math.max(...causal.map((value, i) => Math.abs(value - logits[i]!)))).toBeGreaterThan(0.1)
  })

  test('a place gives the same bits whichever others are wanted, and after other calls', async () => {
    using model = await openModel(randomModel({ type: 'q8_0', contextLength: 128 }), { backend })
    const vocab = model.tokenizer.size
    for (const count of [1, 2, 7, 128]) {
      const tokens = tokensOf(count)
      const all = model.encode(tokens, [...tokens.keys()])
      for (const wanted of [
        [0],
        [count - 1],
        [count >> 2, count >> 1].filter((at, i) => i === 0 || at > 0),
      ]) {
        const some = model.encode(tokens, [...new Set(wanted)])
        const expected = [...new Set(wanted)].flatMap((at) => [...all.subarray(at * vocab, (at + 1) * vocab)])
        expect([...some]).toEqual(expected)
      }
    }
  })

  test('a session on its way does not notice, and a single token is as a session has it', async () => {
    using model = await openModel(randomModel({ type: 'f16' }), { backend })
    using session = model.session()
    using other = model.session()
    const first = session.forward([5])
    expect(model.encode([5], [0])).toEqual(first)
    other.forward([5])
    let turns = 0
    const scored = await session.run(tokensOf(30), async () => {
      turns++
      model.encode(tokensOf(128), [3, 64, 127])
    })
    expect(turns).toBeGreaterThan(3)
    expect(scored.logits).toEqual(other.forward(tokensOf(30)))
  })

  test('the states of a single token are those a session has, and differ by what stands behind', async () => {
    using model = await openModel(randomModel({ type: 'q8_0' }), { backend })
    using session = model.session()
    let state = new Float32Array()
    await session.states(
      [5],
      0,
      async () => {},
      (seen) => (state = seen.slice()),
    )
    expect(model.encodeStates([5], [0])).toEqual(state)
    const [one, two] = [model.encodeStates([5, 6], [0, 1]), model.encodeStates([5, 7], [0])]
    expect(one).toHaveLength(2 * model.config.dim)
    expect(one.slice(0, model.config.dim)).not.toEqual(two)
  })
})

test('threads change no bit', async () => {
  const bytes = randomModel({ type: 'q8_0', dim: 256, hiddenDim: 512, heads: 8, kvHeads: 4 })
  const run = async (threads: number): Promise<Float32Array> => {
    using model = await openModel(bytes, { backend: 'wasm', threads })
    return model.encode(tokensOf(128), [1, 50, 51, 127])
  }
  expect(await run(3)).toEqual(await run(1))
})

test('bad input is refused by name', async () => {
  const model = await openModel(randomModel({ contextLength: 20 }), { backend: 'reference' })
  const { size } = model.tokenizer
  expect(() => model.encode([], [0])).toThrow(/no token to run/)
  expect(() => model.encode([1, size], [0])).toThrow(/out of range/)
  expect(() => model.encode(tokensOf(21), [0])).toThrow(ContextLengthError)
  for (const wanted of [[], [2], [-1], [0.5], [Number.NaN], [1, 0], [0, 0]]) {
    expect(() => model.encode([1, 2], wanted)).toThrow(BadOptionError)
  }
  using long = await openModel(randomModel(), { backend: 'reference' })
  expect(() => long.encode(tokensOf(129), [0])).toThrow(ContextLengthError)
  model[Symbol.dispose]()
  expect(() => model.encode([1], [0])).toThrow(DisposedError)
})
