import { expect, test } from 'vitest'
import { BadAdapterError } from '../errors.ts'
import { readGguf, tensorBytes } from '../gguf/read.ts'
import { type TensorType, tensorTypes } from '../gguf/types.ts'
import { type GgufTensor, writeGguf } from '../gguf/write.ts'
import { readConfig } from '../model/config.ts'
import { dequantize } from '../quant/quant.ts'
import { randomAdapter } from '../testing/random-adapter.ts'
import { randomModel } from '../testing/random-model.ts'
import { mergeAdapter, mergeRows, planMerge } from './merge.ts'

function valuesOf(file: Uint8Array, name: string): Float32Array {
  const tensor = readGguf(file).tensors.get(name)!
  const values = new Float32Array(tensor.rows * tensor.cols)
  dequantize(tensor.type, tensorBytes(file, tensor), values)
  return values
}

/** How far a step of a type is, relative to the largest value of a block. */
const steps: Partial<Record<TensorType, number>> = {
  f32: 1e-6,
  f16: 1e-3,
  bf16: 8e-3,
  q8_0: 0.01,
  q4_0: 0.15,
  q6_k: 0.04,
  q4_k: 0.15,
}

test.each(Object.keys(steps) as TensorType[])(
  '%s: W + scale * b a, in the type it had; all else as it was',
  (type) => {
    const wide = tensorTypes[type].block > 64
    const bytes = randomModel({ type, layers: 2, ...(wide && { dim: 256, hiddenDim: 256 }) })
    const config = readConfig(readGguf(bytes).metadata)
    const adapter = randomAdapter(config, 2, 3, ['attn_k', 'ffn_down'])
    const merged = mergeAdapter(bytes, adapter)
    const [before, after] = [readGguf(bytes), readGguf(merged)]
    expect(after.metadata).toEqual(before.metadata)
    expect([...after.tensors.values()]).toEqual([...before.tensors.values()])
    for (const { name } of before.tensors.values()) {
      const [old, now] = [valuesOf(bytes, name), valuesOf(merged, name)]
      const part = adapter.parts.get(name.replace('.weight', ''))
      if (!part) {
        expect(now).toEqual(old)
        continue
      }
      const { a, b, rank, cols, scale } = part
      const expected = old.map((value, i) => {
        const [row, col] = [Math.floor(i / cols), i % cols]
        let gain = 0
        for (let r = 0; r < rank; r++) gain += b[row * rank + r]! * a[r * cols + col]!
        return value + scale * gain
      })
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      now.forEach((value, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThan(steps[type]! * largest)
      })
      expect(now).not.toEqual(old)
    }
  },
)

test('rows merged a few at a time are those merged at once', () => {
  const bytes = randomModel({ type: 'q8_0' })
  const gguf = readGguf(bytes)
  const adapter = randomAdapter(readConfig(gguf.metadata))
  const whole = mergeAdapter(bytes, adapter)
  const { tensors } = planMerge(gguf, adapter)
  for (const tensor of tensors) {
    const { rows, size } = tensor.from
    const row = size / rows
    const file = new Uint8Array(tensorBytes(bytes, tensor.from))
    for (let first = 0; first < rows; first += 5) {
      const merged = mergeRows(tensor, file.slice(first * row, (first + 5) * row), first)
      const at = tensor.offset + first * row
      expect(merged).toEqual(whole.subarray(at, at + merged.length))
    }
  }
})

test('an adapter of another model is refused, and numbers that overflow are not written', () => {
  const bytes = randomModel({ type: 'f16' })
  const config = readConfig(readGguf(bytes).metadata)
  const other = readConfig(readGguf(randomModel({ layers: 3 })).metadata)
  expect(() => mergeAdapter(bytes, randomAdapter(other))).toThrow(BadAdapterError)
  const { parts, ...rest } = randomAdapter(config)
  const huge = { ...rest, parts: new Map([...parts].map(([name, part]) => [name, { ...part, scale: 1e39 }])) }
  expect(() => mergeAdapter(bytes, huge)).toThrow(/cannot be merged/)
})

test('a base whose tensors are not what its header says is refused; only `.weight` is changed', () => {
  const bytes = randomModel({ type: 'f32' })
  const { metadata, tensors } = readGguf(bytes)
  const adapter = randomAdapter(readConfig(metadata), 1, 2, ['ffn_up'])
  const changed = (change: (tensor: GgufTensor) => GgufTensor[]): Uint8Array => {
    const all = [...tensors.values()].map((tensor) => ({ ...tensor, bytes: tensorBytes(bytes, tensor) }))
    return writeGguf({ metadata, tensors: all.flatMap(change) })
  }
  const turned = changed((tensor) =>
    tensor.name === 'blk.0.ffn_up.weight' ? [{ ...tensor, dims: tensor.dims.toReversed() }] : [tensor],
  )
  expect(() => mergeAdapter(turned, adapter)).toThrow(/ffn_up\.weight of \[96,64\].*has it as \[64,96\]/)
  const lacking = changed((tensor) => (tensor.name === 'blk.1.ffn_up.weight' ? [] : [tensor]))
  expect(() => mergeAdapter(lacking, adapter)).toThrow(/no such tensor/)
  const beside = { name: 'blk.0.ffn_up', type: 'f32', dims: [4], bytes: new Uint8Array(16).fill(1) } as const
  const more = changed((tensor) => (tensor.name === 'blk.0.ffn_up.weight' ? [tensor, beside] : [tensor]))
  const merged = mergeAdapter(more, adapter)
  expect(valuesOf(merged, 'blk.0.ffn_up')).toEqual(valuesOf(more, 'blk.0.ffn_up'))
  expect(valuesOf(merged, 'blk.0.ffn_up.weight')).not.toEqual(valuesOf(more, 'blk.0.ffn_up.weight'))
})
