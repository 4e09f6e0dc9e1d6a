import { describe, expect, test } from 'vitest'
import { BadOptionError, ContextLengthError, DisposedError, NumericError } from '../errors.ts'
import { readGguf, tensorBytes } from '../gguf/read.ts'
import { writeGguf } from '../gguf/write.ts'
import { openModel } from '../model/model.ts'
import { naivePass } from '../testing/naive-logits.ts'
import { randomModel } from '../testing/random-model.ts'
import { embed } from './embed.ts'

/** More than one chunk of a pass, and not a multiple of one. */
const long = Array.from({ length: 150 }, (_, i) => (i * 37 + 11) % 270)
const inputs = [long.slice(0, 1), long.slice(0, 40), long]

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
    Array.from(x).reduce((sum, value, i) => sum + value * y[i]!, 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

function length(vector: Float32Array): number {
  return Math.hypot(...vector)
}

describe.each(['reference', 'wasm'] as const)('on %s', (backend) => {
  test.each(['llama', 'qwen3', 'gemma3'] as const)(
    '%s: the pooled states of the plain formulas',
    async (architecture) => {
      const bytes = randomModel({ architecture, type: 'f16', contextLength: 160 })
      using model = await openModel(bytes, { backend })
      const { states } = naivePass(bytes, long)
      const sums = states[0]!.map((_, i) => states.reduce((sum, state) => sum + state[i]!, 0))
      const [mean] = await embed(model, [long])
      const [last] = await embed(model, [long], { pooling: 'last' })
      expect(mean).toHaveLength(model.config.dim)
      expect(cosine(mean!, sums)).toBeGreaterThan(0.99999)
      expect(cosine(last!, states.at(-1)!)).toBeGreaterThan(0.99999)
      expect(length(mean!)).toBeCloseTo(1, 6)
      expect(length(last!)).toBeCloseTo(1, 6)
    },
  )

  test('many inputs give what each gives alone', async () => {
    using model = await openModel(randomModel({ type: 'q8_0' }), { backend })
    const together = await embed(model, inputs)
    for (const [i, input] of inputs.entries()) expect(await embed(model, [input])).toEqual([together[i]])
    expect(await embed(model, [])).toEqual([])
  })
})

test.each(['q8_0', 'q4_0', 'f16'] as const)('both backends agree on %s', async (type) => {
  const bytes = randomModel({ type })
  using one = await openModel(bytes, { backend: 'reference' })
  using other = await openModel(bytes, { backend: 'wasm' })
  for (const pooling of ['mean', 'last'] as const) {
    const ours = await embed(one, inputs, { pooling })
    const theirs = await embed(other, inputs, { pooling })
    for (const [i, vector] of ours.entries()) expect(cosine(vector, theirs[i]!)).toBeGreaterThan(0.9999)
  }
})

test('a text is its tokens with those the file asks for, and never a control token', async () => {
  const bytes = randomModel({
    metadata: new Map([['tokenizer.ggml.add_bos_token', { type: 'bool', value: true }]]),
  })
  using model = await openModel(bytes, { backend: 'reference' })
  const { tokenizer } = model
  expect(tokenizer.addBos).toBe(true)
  const plain = [tokenizer.bos!, ...tokenizer.encode('hello <|im_end|>', { literal: true })]
  expect(plain).not.toContain(tokenizer.idOf('<|im_end|>'))
  const [byText, byTokens] = await embed(model, ['hello <|im_end|>', plain])
  expect(byText).toEqual(byTokens)
})

test('what cannot be embedded, by name', async () => {
  const model = await openModel(randomModel({ contextLength: 20 }), { backend: 'reference' })
  await expect(embed(model, [long.slice(0, 21)])).rejects.toThrow(ContextLengthError)
  await expect(embed(model, [[]])).rejects.toThrow(BadOptionError)
  await expect(embed(model, [[99_999]])).rejects.toThrow(BadOptionError)
  await expect(embed(model, ['a'], { pooling: 'max' as never })).rejects.toThrow(/pooling is max/)
  const reason = new Error('enough')
  await expect(embed(model, ['a'], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  model[Symbol.dispose]()
  await expect(embed(model, ['a'])).rejects.toThrow(DisposedError)
})

test('an abort from an event is seen in the middle of a batch', async () => {
  using model = await openModel(randomModel({ layers: 4, dim: 256, hiddenDim: 512 }), {
    backend: 'reference',
  })
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('enough')), 20)
  const many = Array.from({ length: 1000 }, () => long)
  await expect(embed(model, many, { signal: controller.signal })).rejects.toThrow('enough')
})

test('weights that are no numbers are a typed error', async () => {
  const file = randomModel()
  const { metadata, tensors } = readGguf(file)
  const damaged = [...tensors.values()].map((tensor) => {
    const bytes = tensorBytes(file, tensor).slice()
    return { ...tensor, bytes: tensor.name === 'output_norm.weight' ? bytes.fill(0xff) : bytes }
  })
  using model = await openModel(writeGguf({ metadata, tensors: damaged }), { backend: 'reference' })
  await expect(embed(model, ['a'])).rejects.toThrow(NumericError)
})
