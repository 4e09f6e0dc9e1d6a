import { expect, test } from 'vitest'
import { facts } from '../facts/facts.ts'
import type { Measurement } from '../facts/types.ts'
import { fitLaws, lawNames, observedOf } from './fit-laws.ts'
import type { LawName } from './laws.ts'
import { isPromptCached, type Sound, sortOut } from './left-out.ts'

const row: Measurement = {
  id: '1',
  device: 'm1',
  runtime: 'llama.cpp',
  backend: 'gpu',
  model: 'llama-3.2-3b',
  quantisation: 'Q4_K_M',
  fileBytes: 2.019e9,
  promptTokens: 512,
  outputTokens: 128,
  prefillTps: null,
  decodeTps: 20,
  firstTokenMs: null,
  peakBytes: null,
  source: 'made up',
  asOf: '2026-11-26',
  basis: 'measured',
}

const reasonOf = (change: Partial<Measurement>): string | undefined =>
  sortOut([{ ...row, ...change }], facts).leftOut[0]?.reason

test('a row that can be is kept, and one without its size gets the size of its shape', () => {
  expect(reasonOf({})).toBeUndefined()
  const { sound } = sortOut([{ ...row, fileBytes: 0 }], facts)
  expect(Math.abs(sound[0]!.bytes.file / 2.019e9 - 1)).toBeLessThan(0.02)
})

test('each fault has its reason', () => {
  expect(reasonOf({ device: 'abacus' })).toBe('unknown device')
  expect(reasonOf({ model: null })).toBe('shape of the model not in the facts')
  expect(reasonOf({ model: 'lfm2' })).toBe('shape of the model not in the facts')
  expect(reasonOf({ quantisation: '' })).toBe('quantisation not stated')
  expect(reasonOf({ fileBytes: 0.9e9 })).toBe('size of the file contradicts the quantisation')
  expect(reasonOf({ decodeTps: 40 })).toBe('faster than the bandwidth allows')
  expect(reasonOf({ model: 'qwen2.5-14b', fileBytes: 0, quantisation: 'F16', decodeTps: 1 })).toBe(
    'larger than what an app may use',
  )
})

test('a prompt that took more operations than the GPU does was cached in part: only its decoding is used', () => {
  // 2 x 6.98e9 x 1,729 = 24e12 a second, and an M1 Max does 10.4e12.
  const cached = { ...row, device: 'm1-max', backend: 'gpu' as const, model: 'llama-3.1-8b', fileBytes: 0 }
  const soundOf = (prefillTps: number): Sound =>
    sortOut([{ ...cached, promptTokens: 51, firstTokenMs: 29.5, prefillTps }], facts).sound[0]!
  const fits = fitLaws([soundOf(500)], false)
  const lawsOf = (one: Sound): readonly LawName[] => lawNames.filter((law) => observedOf(law, one, fits))
  expect(isPromptCached(soundOf(1729))).toBe(true)
  expect(lawsOf(soundOf(1729))).not.toContain('prefill')
  expect(lawsOf(soundOf(1729))).not.toContain('firstToken')
  expect(lawsOf(soundOf(1729))).toContain('decode')
  expect(isPromptCached(soundOf(500))).toBe(false)
  expect(lawsOf(soundOf(500))).toEqual(expect.arrayContaining(['decode', 'prefill', 'firstToken']))
})

test("a prompt whose length is not stated has what its speed makes of the first token's time, else 512 tokens", () => {
  const short = { ...row, promptTokens: null, prefillTps: 24.25, firstTokenMs: 812 }
  const secondsOf = (change: Partial<Measurement>): number => {
    const { sound } = sortOut([{ ...short, ...change }], facts)
    return observedOf('prefill', sound[0]!, fitLaws(sound, false))!.seconds
  }
  expect(secondsOf({})).toBeCloseTo(20 / 24.25, 9)
  expect(secondsOf({ firstTokenMs: null })).toBeCloseTo(512 / 24.25, 9)
})

test('the same run is kept once, another one of the same device is another', () => {
  const rows = [row, { ...row, id: '2' }, { ...row, id: '3', decodeTps: 21 }]
  const { sound, leftOut } = sortOut(rows, facts)
  expect(sound.map((one) => one.row.id)).toEqual(['1', '3'])
  expect(leftOut).toEqual([{ id: '2', reason: 'the same run again' }])
})

test('no reason looks at how fast a row is, below what its bandwidth allows', () => {
  for (const decodeTps of [0.01, 1, 10, 30]) expect(reasonOf({ decodeTps })).toBeUndefined()
})
