/** One step against PyTorch in double precision: logits, loss, every gradient, and the weights after AdamW. */
import { describe, expect, test } from 'vitest'
import { logitsOf } from './evaluate.ts'
import { adapterLayout, paddedRank } from './lora.ts'
import { Network } from './network.ts'
import { Optimizer } from './optimizer.ts'
import { addGradient } from './step.ts'
import golden from './testing/golden.json' with { type: 'json' }
import { made, madeModel } from './testing/made.ts'
import type { Trainable } from './trainable.ts'
import type { TrainingSequence } from './types.ts'
import type { Trained } from './weights.ts'

const sequences = golden.sequences as readonly TrainingSequence[]

/** As the script samples a tensor: length, sum, eight numbers spread over it. */
function sample(x: ArrayLike<number>): number[] {
  const all = Array.from(x)
  const spread = Array.from({ length: 8 }, (_, i) => all[Math.trunc((i * (all.length - 1)) / 7)]!)
  return [Math.hypot(...all), all.reduce((sum, value) => sum + value, 0), ...spread]
}

/** Within a share of the tensor's length: single numbers may be sums of larger ones that cancel. */
function expectNear(got: ArrayLike<number>, wanted: readonly number[], share: number, what: string): void {
  const tolerance = share * Math.max(wanted[0]!, 1e-3)
  for (const [i, value] of sample(got).entries()) {
    // The sum of n numbers errs with all of them.
    const slack = i === 1 ? Math.sqrt(got.length) : 1
    expect(Math.abs(value - wanted[i]!), `${what}, ${i}: ${value}, not ${wanted[i]}`).toBeLessThan(
      tolerance * slack,
    )
  }
}

const open = (model: Trainable, trained: Trained): Network =>
  new Network(model, { trained, threads: 1, longest: 16, tokens: 64 })

test('logits', async () => {
  const model = await madeModel(true)
  const last = logitsOf(model, sequences[0]!.ids).at(-1)!
  for (const [i, value] of golden.logits.entries()) expect(last[i]).toBeCloseTo(value, 5)
})

describe.each(['tied', 'untied'] as const)('%s', (form) => {
  test('loss, gradients and one step of AdamW', async () => {
    const model = await madeModel(form === 'tied')
    using network = open(model, { kind: 'all' })
    const wanted = golden[form]
    const { loss } = addGradient(network, sequences)
    expect(loss).toBeCloseTo(wanted.loss, 5)
    const arena = network.weights.trained!
    const optimizer = new Optimizer(network.room, arena)
    const length = optimizer.length()
    expect(length / wanted.length).toBeCloseTo(1, 5)
    const part = (base: number, name: string): Float32Array => {
      const { offset, rows, cols } = model.layout.entries.get(name)!
      return network.room.floats(base + 4 * offset, rows * cols)
    }
    expect(Object.keys(wanted.gradients).sort()).toEqual([...model.layout.entries.keys()].sort())
    for (const [name, values] of Object.entries(wanted.gradients)) {
      expectNear(part(arena.gradients, name), values, 1e-5, name)
    }
    optimizer.update(1, golden.rate, Math.min(1, 1 / length))
    for (const [name, values] of Object.entries(wanted.after))
      expectNear(part(arena.values, name), values, 1e-6, name)
  })
})

test('adapters, of a rank that is padded', async () => {
  const model = await madeModel(true)
  const { lora } = golden
  const layout = adapterLayout(model.layout, lora)
  using network = open(model, { kind: 'adapters', lora, layout })
  const { room } = network
  const arena = network.weights.trained!
  const padded = paddedRank(lora.rank)
  const wide = (at: number, rows: number): number[] =>
    Array.from(room.floats(at, rows * padded)).filter((_, i) => i % padded < lora.rank)
  for (const [name, { rows, cols, a, b }] of layout.entries) {
    room.floats(arena.values + 4 * a, lora.rank * cols).set(made(`${name}.a`, lora.rank * cols))
    const values = made(`${name}.b`, rows * lora.rank)
    const to = room.floats(arena.values + 4 * b, rows * padded)
    for (const [i, value] of values.entries())
      to[Math.floor(i / lora.rank) * padded + (i % lora.rank)] = value
  }
  const { loss } = addGradient(network, sequences)
  expect(loss).toBeCloseTo(golden.lowRank.loss, 5)
  const wanted: Record<string, { a: number[]; b: number[] }> = golden.lowRank.gradients
  expect(Object.keys(wanted).sort()).toEqual([...layout.entries.keys()].sort())
  for (const [name, { rows, cols, a, b }] of layout.entries) {
    expectNear(room.floats(arena.gradients + 4 * a, lora.rank * cols), wanted[name]!.a, 1e-5, `${name} a`)
    expectNear(wide(arena.gradients + 4 * b, rows), wanted[name]!.b, 1e-5, `${name} b`)
  }
  const gradients = room.floats(arena.gradients, arena.size)
  const counted = [...layout.entries.values()].reduce(
    (sum, { rows, cols }) => sum + padded * (rows + cols),
    0,
  )
  expect(gradients.subarray(counted).every((value) => value === 0)).toBe(true)
})
