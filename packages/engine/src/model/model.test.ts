import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { Backend } from '../backend/backend.ts'
import { ReferenceBackend } from '../backend/reference.ts'
import { createWasmBackend } from '../backend/wasm/backend.ts'
import {
  BackendUnavailableError,
  BadGgufError,
  BadOptionError,
  ContextLengthError,
  DisposedError,
  EngineError,
  UnsupportedError,
} from '../errors.ts'
import { argmax } from '../generate/sample.ts'
import type { MetadataValue } from '../gguf/metadata.ts'
import { readGguf, tensorBytes } from '../gguf/read.ts'
import type { TensorType } from '../gguf/types.ts'
import { writeGguf } from '../gguf/write.ts'
import { disposable } from '../testing/disposable.ts'
import { naiveLogits } from '../testing/naive-logits.ts'
import { type RandomModelOptions, randomModel } from '../testing/random-model.ts'
import { openModel } from './model.ts'

const types = ['f32', 'f16', 'q8_0', 'q4_0'] as const
/** 75 tokens: more than two chunks, and not a multiple of one. */
const prompt = Array.from({ length: 75 }, (_, i) => (i * 37 + 11) % 270)

const wasm = await createWasmBackend().then(
  (backend) => backend,
  (error: unknown) => {
    if (error instanceof BackendUnavailableError) return undefined
    throw error
  },
)
wasm?.dispose()
const backends: [string, () => Promise<Backend>][] = [['reference', async () => new ReferenceBackend()]]
if (wasm) backends.push(['wasm', createWasmBackend])

describe.each(backends)('on %s', (name, create) => {
  describe.each(types)('%s', (type) => {
    test.each([true, false])(
      'a prompt in chunks, token by token and with every position agree; tied: %s',
      async (tied) => {
        using backend = disposable(await create())
        using model = await openModel(randomModel({ type, tied }), { backend: backend.backend })
        const vocab = model.tokenizer.size
        const bound = noise(name, type)
        using whole = model.session()
        const last = whole.forward(prompt)
        expect(last).toHaveLength(vocab)
        using every = model.session()
        const all = every.forward(prompt, true)
        expect(all).toHaveLength(vocab * prompt.length)
        close(all.subarray(-vocab), last, bound)
        using single = model.session()
        for (const [i, token] of prompt.entries()) {
          close(single.forward([token]), all.subarray(i * vocab, (i + 1) * vocab), bound)
        }
        using pieces = model.session()
        pieces.prefill(prompt.slice(0, 33))
        pieces.prefill(prompt.slice(33, 34))
        close(pieces.forward(prompt.slice(34)), last, bound)
        expect(pieces.tokens).toEqual(prompt)
        expect(pieces.length).toBe(75)
      },
    )
  })

  test('rewind forgets, and what comes after is as if it never was', async () => {
    using backend = disposable(await create())
    using model = await openModel(randomModel(), { backend: backend.backend })
    using session = model.session()
    session.forward(prompt)
    session.rewind(40)
    expect(session.tokens).toEqual(prompt.slice(0, 40))
    const again = session.forward([5, 6, 7])
    using fresh = model.session()
    close(again, fresh.forward([...prompt.slice(0, 40), 5, 6, 7]), 1e-3)
    expect(() => session.rewind(44)).toThrow(BadOptionError)
  })

  test('a cache grows past its first size without changing anything', async () => {
    using backend = disposable(await create())
    using model = await openModel(randomModel({ contextLength: 600 }), { backend: backend.backend })
    const long = Array.from({ length: 300 }, (_, i) => (i * 7) % 270)
    using grown = model.session()
    for (let at = 0; at < 300; at += 50) grown.prefill(long.slice(at, at + 50))
    using whole = model.session()
    whole.prefill(long)
    close(grown.forward([9]), whole.forward([9]), 1e-3)
  })

  test.each(types)('%s agrees with a naive forward pass in double precision', async (type) => {
    const bytes = randomModel({ type, layers: 1, tied: false, heads: 2, kvHeads: 1 })
    using backend = disposable(await create())
    using model = await openModel(bytes, { backend: backend.backend })
    using session = model.session()
    const tokens = prompt.slice(0, 12)
    const expected = naiveLogits(bytes, tokens)
    const logits = session.forward(tokens)
    // Double precision rounds the way f32 does but in rare cases, and twelve tokens through one layer have few.
    const bound = type.startsWith('q') ? 0.02 : 1e-4
    const off = Math.max(...expected.map((value, i) => Math.abs(value - logits[i]!)))
    expect(off).toBeLessThan(bound)
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1)
  })
})

describe.skipIf(!wasm)(
  `reference and wasm${wasm ? '' : ' (skipped: this host has no WebAssembly backend)'}`,
  () => {
    test.each(types)('%s: greedy tokens are the same where the choice is clear', async (type) => {
      const bytes = randomModel({ type, seed: 3 })
      using reference = await openModel(bytes, { backend: 'reference' })
      using fast = await openModel(bytes, { backend: 'wasm' })
      using slowSession = reference.session()
      using fastSession = fast.session()
      let tokens: readonly number[] = prompt
      let clear = 0
      for (let step = 0; step < 40; step++) {
        const expected = slowSession.forward(tokens)
        const actual = fastSession.forward(tokens)
        close(actual, expected, noise('wasm', type))
        const token = argmax(expected)
        const second = Math.max(...expected.filter((_, id) => id !== token))
        if (expected[token]! - second > 2 * noise('wasm', type)) {
          clear++
          expect(argmax(actual)).toBe(token)
        }
        tokens = [token]
      }
      expect(clear).toBeGreaterThan(15)
    })
  },
)

test('what a model tells about itself', async () => {
  using model = await openModel(randomModel({ type: 'q8_0' }), { backend: 'reference' })
  const vocab = model.tokenizer.size
  const layer = 2 * 64 * 64 + 2 * 32 * 64 + 3 * 96 * 64
  expect(model.name).toBe('random')
  expect(model.backend.name).toBe('reference')
  expect(model.contextLength).toBe(256)
  expect(model.config).toMatchObject({
    layers: 2,
    dim: 64,
    hiddenDim: 96,
    heads: 4,
    kvHeads: 2,
    headDim: 16,
    rope: { base: 10_000, scale: 1 },
  })
  expect(model.parameters).toBe(2 * (layer + 2 * 64) + 64 + vocab * 64)
  expect(model.bytesPerToken).toBe(((2 * layer + vocab * 64) / 32) * 34)
  using untied = await openModel(randomModel({ type: 'q8_0', tied: false }), { backend: 'reference' })
  expect(untied.bytesPerToken).toBe(model.bytesPerToken)
  expect(untied.parameters).toBe(model.parameters + vocab * 64)
})

test('limits are kept, and a refused call changes nothing', async () => {
  using model = await openModel(randomModel(), { backend: 'reference', contextLength: 10 })
  using session = model.session()
  session.forward([1, 2, 3])
  expect(() => session.forward(prompt.slice(0, 8))).toThrow(ContextLengthError)
  expect(() => session.forward([])).toThrow(BadOptionError)
  for (const token of [-1, model.tokenizer.size, 1.5, Number.NaN]) {
    expect(() => session.forward([4, token])).toThrow(/out of range/)
  }
  expect(session.tokens).toEqual([1, 2, 3])
  expect(session.forward([4, 5, 6, 7, 8, 9, 10])).toHaveLength(model.tokenizer.size)
  for (const contextLength of [0, 257, 1.5]) {
    await expect(openModel(randomModel(), { backend: 'reference', contextLength })).rejects.toThrow(
      BadOptionError,
    )
  }
})

test('nothing works after dispose', async () => {
  const model = await openModel(randomModel(), { backend: 'reference' })
  const session = model.session()
  const other = model.session()
  session[Symbol.dispose]()
  session[Symbol.dispose]()
  expect(() => session.forward([1])).toThrow(/the session was used after it was disposed/)
  expect(other.forward([1])).toHaveLength(model.tokenizer.size)
  model[Symbol.dispose]()
  expect(() => other.forward([1])).toThrow(/the model was used/)
  expect(() => other.rewind(0)).toThrow(DisposedError)
  expect(() => model.session()).toThrow(DisposedError)
  other[Symbol.dispose]()
  model[Symbol.dispose]()
})

test('what the forward pass does not do is refused by name', async () => {
  const refuse = async (options: RandomModelOptions, message: RegExp, errorClass: unknown): Promise<void> => {
    const opening = openModel(randomModel(options), { backend: 'reference' })
    await expect(opening).rejects.toThrow(message)
    await expect(opening).rejects.toBeInstanceOf(errorClass)
  }
  const metadata = (key: string, value: MetadataValue) => ({ metadata: new Map([[key, value]]) })
  const u32 = (value: number): MetadataValue => ({ type: 'uint32', value })
  const text = (value: string): MetadataValue => ({ type: 'string', value })
  await refuse(metadata('general.architecture', text('mamba')), /"mamba"/, UnsupportedError)
  await refuse(metadata('llama.rope.scaling.type', text('yarn')), /"yarn"/, UnsupportedError)
  await refuse(metadata('llama.expert_count', u32(8)), /llama.expert_count is 8/, UnsupportedError)
  await refuse(
    metadata('llama.rope.dimension_count', u32(8)),
    /dimension_count is 8: only 16/,
    UnsupportedError,
  )
  await refuse(
    metadata('llama.attention.head_count_kv', u32(3)),
    /not a multiple of head_count_kv, 3/,
    BadGgufError,
  )
  await refuse(metadata('llama.attention.head_count', u32(6)), /key_length is 10.66/, BadGgufError)
  await refuse(metadata('llama.block_count', u32(3)), /blk.2.attn_norm.weight is missing/, BadGgufError)
  await refuse(metadata('llama.block_count', u32(1)), /blk.1.attn_norm.weight has no place/, UnsupportedError)
  for (const architecture of ['llama', 'gemma3'] as const) {
    const metadata = new Map([[`${architecture}.block_count`, u32(2 ** 31 - 1)]])
    const options = { architecture, metadata, ...(architecture === 'gemma3' && { window: 6 }) }
    await refuse(options, /block_count is 2147483647, not 1 to 10000/, BadGgufError)
  }
  await refuse(
    metadata('llama.feed_forward_length', u32(128)),
    /blk.0.ffn_gate.weight is \[96, 64\]/,
    BadGgufError,
  )
  await refuse(metadata('llama.context_length', u32(0)), /context_length is 0/, BadGgufError)
})

test.skipIf(!wasm)(
  'a model whose heads wasm cannot run is refused at once, or auto takes the reference',
  async () => {
    const bytes = randomModel({ dim: 60, heads: 10, kvHeads: 2 })
    await expect(openModel(bytes, { backend: 'wasm' })).rejects.toThrow(UnsupportedError)
    await expect(openModel(bytes, { backend: 'wasm' })).rejects.toThrow(/heads of 6 numbers/)
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    using plain = await openModel(bytes)
    expect(plain.backend.name).toBe('reference')
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/plain TypeScript.*heads of 6 numbers/)]])
    warn.mockRestore()
    using session = plain.session()
    expect(session.forward([1, 2, 3])).toHaveLength(plain.tokenizer.size)
    using model = await openModel(randomModel())
    expect(model.backend.name).toBe('wasm')
  },
)

test('a tensor the forward pass would not use is refused, not ignored', async () => {
  const file = randomModel()
  const gguf = readGguf(file)
  const tensors = [...gguf.tensors.values()].map((tensor) => ({
    ...tensor,
    bytes: tensorBytes(file, tensor),
  }))
  const bias = {
    name: 'blk.0.attn_q_norm.bias',
    type: 'f32',
    dims: [64],
    bytes: new Uint8Array(256),
  } as const
  const bytes = writeGguf({ metadata: gguf.metadata, tensors: [...tensors, bias] })
  await expect(openModel(bytes)).rejects.toThrow(/blk.0.attn_q_norm.bias has no place/)
})

test('a damaged model opens or gives a typed error', async () => {
  const bytes = randomModel()
  // The metadata and the tensor list; the data behind them may be anything.
  const header =
    bytes.length - [...readGguf(bytes).tensors.values()].reduce((sum, tensor) => sum + tensor.size, 0)
  const change = fc.tuple(fc.nat(header - 1), fc.nat(255))
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const damaged = bytes.slice()
      for (const [at, value] of changes) damaged[at] = value
      try {
        using model = await openModel(damaged, { backend: 'reference' })
        using session = model.session()
        session.forward([1, 2])
      } catch (error) {
        if (!(error instanceof EngineError)) throw error
      }
    }),
    { numRuns: 300, seed: 15 },
  )
})

/**
 * How far logits (about 2 in size) may lie apart that come from the same numbers by sums in another order. A difference in the
 * last bit can turn a rounding the other way, which turns others: of keys and values to halves, and of activations where weights
 * are not f32. Then it is the noise of eight bits, or of a half's eleven. The reference sums in one order whatever the chunk.
 */
function noise(backend: string, type: TensorType): number {
  if (backend !== 'wasm') return 1e-3
  if (type === 'f32') return 5e-3
  return type === 'f16' ? 0.02 : 0.2
}

function close(actual: Float32Array, expected: Float32Array, bound: number): void {
  expect(actual).toHaveLength(expected.length)
  const off = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0)
  expect(off).toBeLessThan(bound)
}
