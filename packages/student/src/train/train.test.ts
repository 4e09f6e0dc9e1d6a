/** Whole runs: what is learned, that it is the same in every bit, and what is refused. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  adaptable,
  mergeAdapter,
  openModel,
  ReferenceBackend,
  readAdapter,
  readGguf,
  writeAdapter,
} from '@edgewise/engine'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomModel } from '../../../engine/src/testing/random-model.ts'
import { evaluateLoss, logitsOf } from './evaluate.ts'
import { freshModel } from './fresh.ts'
import { parametersOf } from './layout.ts'
import { adapterLayout, initialAdapters } from './lora.ts'
import { Network } from './network.ts'
import { addGradient } from './step.ts'
import { runOptions, sequencesOf, tinyModel } from './testing/tiny.ts'
import { train } from './train.ts'
import { openTrainable } from './trainable.ts'
import type { TrainingOptions, TrainingSequence } from './types.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgewise-train-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function weightsAfter(options: Partial<TrainingOptions> = {}): Promise<Float32Array> {
  const model = await tinyModel()
  await train(model, sequencesOf(60), { ...runOptions, ...options })
  return model.weights
}

test('the same seed gives the same weights with one thread and with three, another seed others', async () => {
  const one = await weightsAfter()
  expect(await weightsAfter({ threads: 3 })).toEqual(one)
  expect(await weightsAfter({ seed: 6 })).not.toEqual(one)
})

test('a few sequences are learned by heart', async () => {
  const model = await tinyModel()
  const sequences = sequencesOf(8)
  const before = evaluateLoss(model, sequences, { threads: 1 })
  const told: number[] = []
  const result = await train(model, sequences, {
    ...runOptions,
    epochs: 300,
    rate: 5e-3,
    onStep: ({ loss }) => told.push(loss),
  })
  expect(before).toBeGreaterThan(5)
  expect(result.loss).toBeLessThan(0.02)
  expect(evaluateLoss(model, sequences, { threads: 1 })).toBeLessThan(0.02)
  expect(told).toEqual(result.losses)
  expect(result.losses).toHaveLength(result.steps)
  expect(result.tokens).toBe(300 * sequences.reduce((sum, { ids }) => sum + ids.length - 1, 0))
  expect(result.flops).toBeGreaterThan(0)
})

test('packed sequences give the loss and the gradient that each gives alone', async () => {
  const model = await tinyModel()
  const sequences = sequencesOf(7)
  const gradient = (
    all: readonly TrainingSequence[],
  ): { loss: number; values: Float32Array; weight: number } => {
    using network = new Network(model, { trained: { kind: 'all' }, threads: 1, longest: 20, tokens: 200 })
    const { loss } = addGradient(network, all)
    const { gradients, size } = network.weights.trained!
    const weight = all.reduce((sum, { weights }) => sum + weights.reduce((a, b) => a + b), 0)
    return { loss, values: network.room.floats(gradients, size).slice(), weight }
  }
  const packed = gradient(sequences)
  const alone = sequences.map((sequence) => gradient([sequence]))
  const mean = (of: (one: (typeof alone)[0]) => number): number =>
    alone.reduce((sum, one) => sum + (one.weight / packed.weight) * of(one), 0)
  expect(packed.loss).toBeCloseTo(
    mean(({ loss }) => loss),
    5,
  )
  const worst = packed.values.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - mean(({ values }) => values[i]!))),
    0,
  )
  expect(worst).toBeLessThan(1e-6)
})

test('adapters of a rank far above the width have the same gradient whatever room there is', async () => {
  const shape = { layers: 1, dim: 32, hiddenDim: 512, heads: 4, kvHeads: 2, contextLength: 64, name: 'wide' }
  const model = await freshModel(shape, 1, randomModel())
  const lora = { rank: 300, alpha: 300, targets: ['ffn_gate', 'ffn_up', 'ffn_down'] }
  const layout = adapterLayout(model.layout, lora)
  const gradient = (tokens: number): Float32Array => {
    const trained = { kind: 'adapters', lora, layout } as const
    using network = new Network(model, { trained, threads: 1, longest: 20, tokens })
    const { values, gradients, size } = network.weights.trained!
    // B too is not zero, so that A has a gradient.
    const numbers = initialAdapters(layout, lora, 3).map((value, i) => value + 0.01 * Math.sin(i))
    network.room.floats(values, size).set(numbers)
    addGradient(network, sequencesOf(1))
    return network.room.floats(gradients, size).slice()
  }
  const [little, much] = [gradient(20), gradient(2000)]
  expect(Math.max(...little.subarray(0, 1000))).toBeGreaterThan(0.001)
  expect(little.findIndex((value, i) => value !== much[i])).toBe(-1)
})

test('epochs that nobody can wait for are refused before anything is laid out for them', async () => {
  const many = train(await tinyModel(), sequencesOf(4), { ...runOptions, epochs: 5e9 })
  await expect(many).rejects.toThrow('epochs is 5000000000: at most 10000')
})

test('pieces: a step larger than a pass is the same step', async () => {
  const model = await tinyModel()
  const sequences = sequencesOf(250)
  const total = sequences.reduce((sum, { ids }) => sum + ids.length - 1, 0)
  expect(total).toBeGreaterThan(2048)
  const result = await train(model, sequences, { ...runOptions, epochs: 1, batchTokens: 10_000 })
  expect(result.steps).toBe(1)
  expect(result.tokens).toBe(total)
  expect(result.losses[0]).toBeCloseTo(evaluateLoss(await tinyModel(), sequences, { threads: 1 }), 5)
})

test.each([
  // The engine keeps keys and values as halves: where there are none to speak of, nothing but the order of sums is left.
  ['but for halves', 2e-2, []],
  ['without values', 1e-4, ['blk.0.attn_v.weight', 'blk.1.attn_v.weight']],
])('logits are those of the engine, %s', async (_, tolerance, empty) => {
  const model = await openTrainable(randomModel({ tied: false, ropeFactors: true, headDim: 12 }))
  for (const name of empty) model.tensor(name).fill(0)
  const ids = [5, 9, 44, 100, 7, 3, 200, 31]
  const own = logitsOf(model, ids)
  using engine = await openModel(model.gguf(), { backend: new ReferenceBackend() })
  const session = engine.session()
  for (const [at, id] of ids.entries()) {
    const other = session.forward([id])
    const worst = own[at]!.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0)
    expect(worst).toBeLessThan(tolerance)
  }
})

test('a file keeps its metadata, order and values; quantised it opens in the engine', async () => {
  const file = randomModel({ hiddenDim: 96, tied: false, ropeFactors: true })
  const model = await openTrainable(file)
  const [from, to] = [readGguf(file), readGguf(model.gguf())]
  expect([...to.tensors.keys()]).toEqual([...from.tensors.keys()])
  for (const [key, value] of from.metadata) expect(to.metadata.get(key)).toEqual(value)
  expect((await openTrainable(model.gguf())).weights).toEqual(model.weights)
  using quantised = await openModel(model.gguf('q8_0'), { backend: new ReferenceBackend() })
  expect(quantised.tensors.get('blk.0.ffn_up.weight')!.type).toBe('q8_0')
  expect(quantised.tokenizer.encode('the')).toEqual(model.tokenizer.encode('the'))
})

test('adapters learn, and the model stays', async () => {
  const model = await tinyModel()
  await train(model, sequencesOf(40), { ...runOptions, epochs: 30, rate: 5e-3 })
  const sequences = sequencesOf(8, 10)
  const kept = model.weights.slice()
  const options = {
    ...runOptions,
    epochs: 200,
    rate: 1e-2,
    lora: { rank: 6, alpha: 12, targets: adaptable },
  }
  const { adapter, losses, loss } = await train(model, sequences, options)
  expect(model.weights).toEqual(kept)
  expect(adapter!.parts.size).toBe(14)
  // The embeddings stay, and as they are the head too, they bound how sure the model can be.
  expect(loss).toBeLessThan(0.75 * losses[0]!)
  const read = await readAdapter(writeAdapter(adapter!))
  expect(read).toEqual(adapter)
  const merged = await openTrainable(mergeAdapter(model.gguf(), read))
  expect(evaluateLoss(merged, sequences, { threads: 1 })).toBeCloseTo(loss, 1)
  const threads = await train(model, sequences, { ...options, threads: 2 })
  expect(threads.adapter).toEqual(adapter)
})

test('an aborted run leaves a checkpoint, and goes on to the same weights', async () => {
  const checkpoint = join(folder, 'aborted')
  const abort = new AbortController()
  const whole = await weightsAfter()
  const onStep = ({ step }: { step: number }): void => {
    if (step === 7) abort.abort(new Error('enough'))
  }
  await expect(weightsAfter({ checkpoint, signal: abort.signal, onStep })).rejects.toThrow('enough')
  expect(await readdir(checkpoint)).toEqual(['step-7.checkpoint'])
  const model = await tinyModel()
  // Two threads now: what goes on is the run, not the process.
  const result = await train(model, sequencesOf(60), { ...runOptions, checkpoint, threads: 2 })
  expect(result.resumedAt).toBe(7)
  expect(model.weights).toEqual(whole)
  const again = await train(await tinyModel(), sequencesOf(60), { ...runOptions, checkpoint })
  expect(again).toMatchObject({ resumedAt: result.steps, losses: result.losses })
})

test('what cannot be trained is refused', async () => {
  const refuse = (file: Uint8Array): Promise<unknown> => openTrainable(file)
  await expect(refuse(randomModel({ architecture: 'qwen3' }))).rejects.toMatchObject({
    code: 'model_untrainable',
  })
  await expect(refuse(randomModel({ biases: true }))).rejects.toThrow(/attn_q\.bias/)
  await expect(refuse(randomModel({ hiddenDim: 98 }))).rejects.toThrow(/hiddenDim of 98/)
  const layers = new Map([['llama.block_count', { type: 'uint32', value: 3000 }]] as const)
  await expect(refuse(randomModel({ metadata: layers }))).rejects.toThrow(/3000 layers by its header/)
  const tooLarge = { layers: 1, dim: 1e6, hiddenDim: 1e6, heads: 4, kvHeads: 4, contextLength: 8, name: 'x' }
  await expect(freshModel(tooLarge, 1, randomModel())).rejects.toMatchObject({ code: 'model_untrainable' })
  const cap = { type: 'float32', value: 30 } as const
  const capped = randomModel({ metadata: new Map([['llama.final_logit_softcapping', cap]]) })
  await expect(refuse(capped)).rejects.toThrow(/caps its scores/)
  const damaged = randomModel()
  new DataView(damaged.buffer).setUint32(damaged.length - 4, 0x7fc00000, true)
  await expect(refuse(damaged)).rejects.toThrow(/not finite/)
  const model = await tinyModel()
  const untrained = (sequences: TrainingSequence[]): Promise<unknown> => train(model, sequences, runOptions)
  await expect(untrained([])).rejects.toMatchObject({ code: 'examples_invalid' })
  const bad: [TrainingSequence, RegExp][] = [
    [{ ids: [1], weights: [1] }, /1 tokens/],
    [{ ids: new Array(66).fill(1), weights: new Array(66).fill(1) }, /the model reads 64/],
    [{ ids: [1, 9999], weights: [1, 1] }, /the token 9999/],
    [{ ids: [1, 2], weights: [1] }, /1 weights for 2/],
    [{ ids: [1, 2], weights: [1, Number.NaN] }, /the weight NaN/],
    [{ ids: [1, 2], weights: [1, 1e308] }, /the weight 1e\+308/],
    [{ ids: [1, 2], weights: [1, 1e-320] }, /the weight 1e-320/],
    [{ ids: new Array(2), weights: [1, 1] }, /the token undefined/],
    [{ ids: [1, 2], weights: [1, 0] }, /no token whose weight/],
    [
      { ids: [1, 2], weights: [1, 1], teacher: [{ at: 2, ids: [1], probabilities: [1] }] },
      /outside of 1 to 1/,
    ],
    [
      { ids: [1, 2], weights: [1, 1], teacher: [{ at: 1, ids: [1, 1], probabilities: [0.5, 0.5] }] },
      /distinct/,
    ],
    [
      { ids: [1, 2], weights: [1, 1], teacher: [{ at: 1, ids: [1, 3], probabilities: [0.9, 0.9] }] },
      /sum to 1.8/,
    ],
  ]
  await expect(untrained(bad.map(([sequence]) => sequence))).rejects.toMatchObject({
    code: 'examples_invalid',
    issues: bad.map(([, message], i) =>
      expect.stringMatching(new RegExp(`^sequence ${i + 1}: .*${message.source}`)),
    ),
  })
  await expect(
    train(model, sequencesOf(2), { ...runOptions, lora: { rank: 2, alpha: 2, targets: ['attn_x'] } }),
  ).rejects.toMatchObject({ code: 'adapter_invalid' })
  expect(parametersOf(model.shape)).toBe(model.parameters)
  const large = Object.create(model, { parameters: { value: 26e6 } })
  await expect(train(large, sequencesOf(2), runOptions)).rejects.toThrow(/take lora/)
})

test('a loss that is no number ends the run', async () => {
  const model = await tinyModel()
  model.tensor('output_norm.weight')[0] = Number.NaN
  await expect(train(model, sequencesOf(5), runOptions)).rejects.toMatchObject({ code: 'training_diverged' })
  expect(() => evaluateLoss(model, sequencesOf(5), { threads: 1 })).toThrow(/the loss is NaN/)
})
