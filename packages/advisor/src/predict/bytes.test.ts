import { expect, test } from 'vitest'
import { facts } from '../facts/facts.ts'
import { modelOf, quantisationOf, storedBits } from '../facts/lookup.ts'
import { bytesOf, cacheBytes, promptFlops } from './bytes.ts'

const bytes = (id: string, quantisation: string, runtime = 'llamacpp', file: number | null = null) => {
  const model = modelOf(facts, id)
  return bytesOf(model, storedBits(quantisationOf(facts, quantisation), model), runtime, file)
}

test('of a tied model all is read; of an untied one not the embedding', () => {
  const tied = bytes('llama-3.2-1b', 'F16')
  expect(tied.weights).toBe(tied.file)
  expect(tied.file).toBe(2 * 1_235_814_400)
  const untied = bytes('llama-3.1-8b', 'F16')
  expect(untied.file - untied.weights).toBe(2 * 128_256 * 4096)
})

test('ExecuTorch stores the embedding of a quantised model beside its head: the published 1.136 GB', () => {
  const { file, weights } = bytes('llama-3.2-1b', 'SpinQuant', 'executorch')
  expect(Math.abs(file / 1.136e9 - 1)).toBeLessThan(0.005)
  expect(file - weights).toBe(128_256 * 2048)
  expect(bytes('llama-3.2-1b', 'F16', 'executorch').file).toBe(2 * 1_235_814_400)
})

test('embeddings a layer lie in the file and are not read', () => {
  const { file, weights } = bytes('gemma-3n-e2b', 'Q4_0')
  expect(weights / file).toBeLessThan(0.6)
})

test('the size that is known is the measure, and its parts keep their shares', () => {
  const computed = bytes('llama-3.1-8b', 'Q4_K_M')
  const known = bytes('llama-3.1-8b', 'Q4_K_M', 'llamacpp', 5e9)
  expect(known.file).toBe(5e9)
  expect(known.weights / known.file).toBeCloseTo(computed.weights / computed.file, 12)
})

test('keys and values: 32,768 bytes a token of Llama 3.2 1B; of Gemma 3 270M 18,432 in the window and 3,072 beyond it', () => {
  expect(cacheBytes(modelOf(facts, 'llama-3.2-1b'), 1)).toBe(32_768)
  const gemma = modelOf(facts, 'gemma-3-270m')
  expect(cacheBytes(gemma, 512)).toBe(512 * 18_432)
  expect(cacheBytes(gemma, 513) - cacheBytes(gemma, 512)).toBe(3072)
})

test('a prompt costs two operations a weight, and attention on top of that grows with its square', () => {
  const model = modelOf(facts, 'llama-3.2-1b')
  expect(promptFlops(model, 1)).toBe(2 * 973_146_112 + 2 * 16 * 2048)
  expect(promptFlops(model, 2000)).toBeGreaterThan(2 * promptFlops(model, 1000))
})
