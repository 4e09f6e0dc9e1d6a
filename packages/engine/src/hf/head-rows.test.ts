import { expect, test } from 'vitest'
import { interleaveHeads } from './head-rows.ts'

test('interleaving heads turns rotate-half RoPE into neighbouring pairs', () => {
  const headDim = 6
  const row = Float32Array.from({ length: 2 * headDim }, (_, i) => Math.sin(i + 1))
  const angle = (pair: number) => 0.7 / (pair + 1)
  const half = headDim / 2
  const rotatedHalf = row.map((x, i) => {
    const inHead = i % headDim
    const pair = inHead % half
    const partner = inHead < half ? -row[i + half]! : row[i - half]!
    return x * Math.cos(angle(pair)) + partner * Math.sin(angle(pair))
  })
  const paired = interleaveHeads(row, headDim, 1)
  const rotatedPairs = paired.map((x, i) => {
    const pair = Math.floor((i % headDim) / 2)
    const partner = i % 2 === 0 ? -paired[i + 1]! : paired[i - 1]!
    return x * Math.cos(angle(pair)) + partner * Math.sin(angle(pair))
  })
  expect(rotatedPairs).toEqual(interleaveHeads(rotatedHalf, headDim, 1))
})
