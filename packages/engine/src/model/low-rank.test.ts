import { describe, expect, test } from 'vitest'
import { mergeAdapter } from '../adapter/merge.ts'
import { readPeft } from '../adapter/peft.ts'
import { BadAdapterError } from '../errors.ts'
import { readGguf } from '../gguf/read.ts'
import { PrefixCache } from '../prefix/prefix-cache.ts'
import { naiveLogits } from '../testing/naive-logits.ts'
import { randomAdapter, sinePeft } from '../testing/random-adapter.ts'
import { type RandomModelOptions, randomModel } from '../testing/random-model.ts'
import { readConfig } from './config.ts'
import { openModel } from './model.ts'

const configOf = (bytes: Uint8Array) => readConfig(readGguf(bytes).metadata)
const tokensOf = (count: number): number[] => Array.from({ length: count }, (_, i) => (i * 37 + 11) % 270)
const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)

describe.each(['reference', 'wasm'] as const)('on %s', (backend) => {
  test('a PEFT adapter gives the logits of PEFT', async () => {
    const bytes = randomModel({ tied: false, seed: 5 })
    const adapter = await readPeft(sinePeft(configOf(bytes)), configOf(bytes))
    using model = await openModel(bytes, { backend, adapters: [adapter] })
    using session = model.session()
    const all = session.forward(tokensOf(20), true)
    const vocab = model.tokenizer.size
    // PEFT 0.21.2 with transformers 5.24, in double precision, for the same weights; keys and values are halves here.
    for (const [at, expected] of [
      [0, [1.3595, 3.6106, -0.4114, 2.586, 1.6764, -0.5432, -1.5142, 0.7686]],
      [19, [0.1032, -3.2317, 2.2353, 1.7444, 2.682, 0.5218, -1.5238, 2.0613]],
    ] as const) {
      expect(farthest(expected, all.subarray(at * vocab))).toBeLessThan(0.01)
    }
    using plain = await openModel(bytes, { backend })
    using without = plain.session()
    expect(farthest(without.forward(tokensOf(20)), all.subarray(19 * vocab))).toBeGreaterThan(1)
  })

  const families: RandomModelOptions[] = [
    { tied: false },
    { architecture: 'qwen2', biases: true },
    { architecture: 'qwen3' },
    { architecture: 'gemma3', window: 6 },
  ]
  test.each(families)('%o: beside the weights it does what it does within them', async (given) => {
    const bytes = randomModel({ ...given, layers: 2 })
    const adapter = randomAdapter(configOf(bytes), 3)
    using model = await openModel(bytes, { backend, adapters: [adapter] })
    using merged = await openModel(mergeAdapter(bytes, adapter), { backend })
    using one = model.session()
    using other = merged.session()
    const logits = one.forward(tokensOf(12))
    expect(farthest(logits, other.forward(tokensOf(12)))).toBeLessThan(0.01)
    expect(farthest(logits, naiveLogits(mergeAdapter(bytes, adapter), tokensOf(12)))).toBeLessThan(0.03)
  })

  test('a quantised base stays as it is: the adapter adds to it what it adds to an exact one', async () => {
    const options = { layers: 1, seed: 4 }
    const exact = randomModel(options)
    const { parts, ...rest } = randomAdapter(configOf(exact), 9, 2)
    const scaled = (scale: number) => ({
      ...rest,
      parts: new Map([...parts].map(([name, part]) => [name, { ...part, scale }])),
    })
    const logits = async (bytes: Uint8Array, scale: number): Promise<Float32Array> => {
      using model = await openModel(bytes, { backend, adapters: [scaled(scale)] })
      using session = model.session()
      return session.forward([7])
    }
    const gain = async (bytes: Uint8Array): Promise<Float32Array> => {
      const before = await logits(bytes, 0)
      return (await logits(bytes, 20)).map((value, i) => value - before[i]!)
    }
    const truth = await gain(exact)
    for (const [type, share] of [
      ['q8_0', 0.05],
      ['q4_0', 0.4],
    ] as const) {
      const bytes = randomModel({ ...options, type })
      const gained = await gain(bytes)
      const off = Math.hypot(...gained.map((value, i) => value - truth[i]!)) / Math.hypot(...truth)
      expect(off).toBeLessThan(share)
      using plain = await openModel(bytes, { backend })
      using session = plain.session()
      expect(await logits(bytes, 0)).toEqual(session.forward([7]))
    }
  })

  test('several adapters add up, and a token gives the same bits alone and among others', async () => {
    const bytes = randomModel({ type: 'q8_0' })
    const config = configOf(bytes)
    const [one, other] = [randomAdapter(config, 1, 4), randomAdapter(config, 2, 3, ['attn_q', 'ffn_down'])]
    using model = await openModel(bytes, { backend, adapters: [one, other] })
    using whole = model.session()
    using single = model.session()
    const all = whole.forward(tokensOf(9), true)
    const vocab = model.tokenizer.size
    for (const [i, token] of tokensOf(9).entries()) {
      expect(single.forward([token])).toEqual(all.subarray(i * vocab, (i + 1) * vocab))
    }
    const f32 = randomModel()
    using sum = await openModel(f32, { backend, adapters: [one, other] })
    using merged = await openModel(mergeAdapter(mergeAdapter(f32, one), other), { backend })
    using a = sum.session()
    using b = merged.session()
    expect(farthest(a.forward(tokensOf(9)), b.forward(tokensOf(9)))).toBeLessThan(0.01)
    expect(sum.name).toBe('random + random 1 + random 2')
  })
})

test('threads change no bit', async () => {
  const bytes = randomModel({ type: 'q8_0', dim: 256, hiddenDim: 512, heads: 8, kvHeads: 4 })
  const adapter = randomAdapter(configOf(bytes), 1, 16)
  const run = async (threads: number): Promise<Float32Array> => {
    using model = await openModel(bytes, { backend: 'wasm', threads, adapters: [adapter] })
    using session = model.session()
    return session.forward(tokensOf(100))
  }
  expect(await run(3)).toEqual(await run(1))
})

test('bytes a token reads count the adapter; prefixes of one adapter are no prefixes of another', async () => {
  const bytes = randomModel({ type: 'q8_0' })
  const config = configOf(bytes)
  const open = async (...seeds: number[]) => {
    const model = await openModel(bytes, {
      backend: 'reference',
      adapters: seeds.map((seed) => randomAdapter(config, seed)),
    })
    const fingerprint = await new PrefixCache(model).fingerprint()
    const { bytesPerToken } = model
    model[Symbol.dispose]()
    return { bytesPerToken, fingerprint: Buffer.from(fingerprint).toString('hex') }
  }
  const all = [await open(), await open(1), await open(2), await open(1, 2)]
  expect(new Set(all.map(({ fingerprint }) => fingerprint)).size).toBe(4)
  expect(await open(1)).toEqual(all[1])
  const added = 2 * 4 * 4 * (4 * (64 + 64) + 2 * (32 + 64) - 2 * 128 + 3 * (64 + 96))
  expect(all[1]!.bytesPerToken - all[0]!.bytesPerToken).toBe(added)
})

test('an adapter for a matrix that two have is checked for both', async () => {
  const bytes = randomModel()
  const good = randomAdapter(configOf(bytes))
  const wide = randomAdapter(configOf(randomModel({ hiddenDim: 128 })))
  await expect(openModel(bytes, { backend: 'reference', adapters: [good, wide] })).rejects.toThrow(
    BadAdapterError,
  )
})
