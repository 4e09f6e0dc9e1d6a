/** Every family against formulas in double precision (testing/naive-logits.ts), and what families refuse. */
import { describe, expect, test } from 'vitest'
import { ReferenceBackend } from '../backend/reference.ts'
import { createWasmBackend } from '../backend/wasm/backend.ts'
import { BackendUnavailableError, BadGgufError, UnsupportedError } from '../errors.ts'
import type { MetadataValue } from '../gguf/metadata.ts'
import { disposable } from '../testing/disposable.ts'
import { naiveLogits } from '../testing/naive-logits.ts'
import { type RandomModelOptions, randomModel } from '../testing/random-model.ts'
import { openModel } from './model.ts'

const number = (value: number): MetadataValue => ({ type: 'uint32', value })
const real = (value: number): MetadataValue => ({ type: 'float32', value })
const small = { dim: 64, heads: 2, kvHeads: 1, hiddenDim: 96 } as const
/** As the naive forward pass has it for all layers. */
const oneBase = new Map([['gemma3.rope.freq_base', real(10_000)]])

const cases: Record<string, RandomModelOptions> = {
  llama: { ...small },
  'llama with factors of frequency': { ...small, ropeFactors: true },
  'llama with biases': { ...small, biases: true, tied: false },
  'qwen2 with biases': { ...small, architecture: 'qwen2', biases: true },
  qwen3: { ...small, architecture: 'qwen3', headDim: 40 },
  gemma3: { ...small, architecture: 'gemma3', layers: 7, headDim: 48, window: 5, metadata: oneBase },
  'gemma3 with capped scores and logits': {
    ...small,
    architecture: 'gemma3',
    window: 7,
    metadata: new Map([
      ['gemma3.attn_logit_softcapping', real(2)],
      ['gemma3.final_logit_softcapping', real(3)],
    ]),
  },
}
const tokens = Array.from({ length: 14 }, (_, i) => (i * 37 + 11) % 270)

describe.each(['reference', 'wasm'] as const)('on %s', (name) => {
  test.each(Object.entries(cases))('%s agrees with the formulas', async (_, options) => {
    const backend =
      name === 'reference'
        ? new ReferenceBackend()
        : await createWasmBackend().catch((error: unknown) => {
            if (error instanceof BackendUnavailableError) return new ReferenceBackend()
            throw error
          })
    using held = disposable(backend)
    const bytes = randomModel(options)
    using model = await openModel(bytes, { backend: held.backend })
    const expected = naiveLogits(bytes, tokens)
    using whole = model.session()
    using single = model.session()
    let last: Float32Array = new Float32Array(0)
    for (const token of tokens) last = single.forward([token])
    for (const logits of [whole.forward(tokens), last]) {
      const off = Math.max(...expected.map((value, i) => Math.abs(value - logits[i]!)))
      // GELU goes through a half, and a last bit may turn one of its roundings.
      expect(off).toBeLessThan(options.architecture === 'gemma3' ? 2e-3 : 2e-4)
    }
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1)
  })
})

test('the base of windowed layers is their own, and the pattern may come from the file', async () => {
  const open = async (metadata: [string, MetadataValue][]) => {
    using model = await openModel(
      randomModel({ ...small, architecture: 'gemma3', layers: 8, metadata: new Map(metadata) }),
      { backend: 'reference' },
    )
    return model.config
  }
  const base = await open([['gemma3.rope.freq_base', real(1e6)]])
  expect(base.rope.base).toBe(1e6)
  expect(base.window).toMatchObject({ size: 24, rope: { base: 10_000, scale: 1 } })
  expect(base.window?.layers).toEqual([true, true, true, true, true, false, true, true])
  const third = await open([['gemma3.attention.sliding_window_pattern', number(3)]])
  expect(third.window?.layers).toEqual([true, true, false, true, true, false, true, true])
  const flags = [true, false, true, false, true, false, true, false]
  const own = await open([
    ['gemma3.attention.sliding_window_pattern', { type: 'array', of: 'bool', value: flags }],
    ['gemma3.rope.freq_base_swa', real(5000)],
  ])
  expect(own.window).toMatchObject({ layers: flags, rope: { base: 5000 } })
  const linear = await open([
    ['gemma3.rope.scaling.type', { type: 'string', value: 'linear' }],
    ['gemma3.rope.scaling.factor', real(8)],
  ])
  expect(linear.rope.scale).toBe(1 / 8)
  expect(linear.window?.rope.scale).toBe(1)
  // A window that covers the context is none.
  expect((await open([['gemma3.attention.sliding_window', number(256)]])).window).toBeUndefined()
})

test('what a family does not do is refused by name', async () => {
  const refused = async (
    options: RandomModelOptions,
    key: string,
    value: MetadataValue,
    message: RegExp,
    errorClass: unknown = UnsupportedError,
  ): Promise<void> => {
    const opening = openModel(randomModel({ ...options, metadata: new Map([[key, value]]) }), {
      backend: 'reference',
    })
    await expect(opening).rejects.toThrow(message)
    await expect(opening).rejects.toBeInstanceOf(errorClass)
  }
  const list = (...value: number[]): MetadataValue => ({
    type: 'array',
    of: 'uint32',
    value: Uint32Array.from(value),
  })
  await refused({}, 'llama.attention.sliding_window', number(16), /sliding_window is 16.*without a window/)
  await refused({}, 'llama.feed_forward_length', list(96, 64), /differs from layer to layer/)
  await refused({}, 'llama.attention.causal', { type: 'bool', value: false }, /only decoders/)
  await refused({}, 'llama.logit_scale', real(4), /logit_scale is 4: only 1/)
  await refused({}, 'split.count', { type: 'uint16', value: 3 }, /one of 3 parts/)
  const gemma = { architecture: 'gemma3', layers: 2 } as const
  await refused(
    gemma,
    'gemma3.attention.sliding_window_pattern',
    { type: 'array', of: 'bool', value: [true] },
    /1 flags for 2 layers/,
    BadGgufError,
  )
  await refused(gemma, 'gemma3.final_logit_softcapping', real(-3), /not a positive number/, BadGgufError)
})

test('one value for every layer may be written as a list', async () => {
  const metadata = new Map<string, MetadataValue>([
    ['llama.feed_forward_length', { type: 'array', of: 'uint32', value: Uint32Array.of(96, 96) }],
  ])
  using model = await openModel(randomModel({ metadata }), { backend: 'reference' })
  expect(model.config.hiddenDim).toBe(96)
})
