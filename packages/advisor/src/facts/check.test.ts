import { describe, expect, it } from 'vitest'
import { checkFacts } from './check.ts'
import { countMatrices, countsExactly } from './count.ts'
import { facts } from './facts.ts'
import { deviceOf, modelOf, priceOf, quantisationOf } from './lookup.ts'
import type { Facts, Measurement } from './types.ts'

const none: Facts = { version: 'test', devices: [], models: [], quantisations: [], prices: [], own: [] }
const messages = (changed: Partial<Facts>): readonly string[] =>
  checkFacts({ ...none, ...changed })
    .filter(({ kind }) => kind === 'disagrees')
    .map(({ table, id, message }) => `${table} ${id}: ${message}`)

describe('the bundled facts', () => {
  const issues = checkFacts(facts)

  it('do not disagree', () => {
    expect(issues.filter(({ kind }) => kind === 'disagrees')).toEqual([])
  })

  it('are claimed in so many rows', () => {
    const claimed = (table: string): number =>
      issues.filter((issue) => issue.kind === 'claimed' && issue.table === table).length
    expect([claimed('devices'), claimed('models'), claimed('quantisations'), claimed('prices')]).toEqual([
      44, 2, 1, 0,
    ])
  })

  it('have as many rows as their tables say, each with a source and a date', () => {
    const { devices, models, quantisations, prices } = facts
    expect([devices.length, models.length, quantisations.length, prices.length]).toEqual([96, 29, 22, 135])
    for (const row of [...devices, ...models, ...quantisations, ...prices]) {
      expect(row.source.length).toBeGreaterThan(3)
      expect(row.asOf).toMatch(/^2026-\d\d-\d\d$/)
      expect(['published', 'computed', 'claimed']).toContain(row.basis)
      for (const value of Object.values(row))
        if (typeof value === 'number') expect(value).toBeGreaterThanOrEqual(0)
    }
  })

  it('count to the last parameter in all models but the two with embeddings a layer', () => {
    expect(facts.models.filter((model) => !countsExactly(model)).map(({ id }) => id)).toEqual([
      'gemma-4-e2b',
      'gemma-3n-e2b',
    ])
    expect(modelOf(facts, 'llama-3.1-8b').parameters).toBe(8_030_261_248)
    expect(modelOf(facts, 'qwen2.5-7b').parameters).toBe(7_615_616_512)
    expect(modelOf(facts, 'gemma-2-9b').parameters).toBe(9_241_705_984)
  })
})

describe('a figure that was changed is found', () => {
  const m1 = deviceOf(facts, 'pixel-6a')
  const llama = modelOf(facts, 'llama-3.1-8b')
  const q4 = quantisationOf(facts, 'Q4_0')
  const nano = priceOf(facts, 'gpt-5-nano')

  it('of a device', () => {
    expect(messages({ devices: [{ ...m1, bandwidthGBs: 68.3 }] })).toEqual([
      'devices pixel-6a: 64 bits x 6400 MT/s / 8 is 51.2 GB/s, and the row has 68.3',
    ])
    expect(messages({ devices: [{ ...m1, usableBytes: m1.memoryBytes + 1 }] })[0]).toMatch(/an app may use/)
    expect(messages({ devices: [{ ...m1, basis: 'computed', bus: null }] })[0]).toMatch(/no bus/)
    expect(messages({ devices: [m1, m1] })).toEqual(['devices pixel-6a: this id is there twice'])
  })

  it('of a model', () => {
    expect(messages({ models: [{ ...llama, parameters: llama.parameters + 1 }] })[0]).toMatch(/does not give/)
    expect(messages({ models: [{ ...llama, tied: true }] })[0]).toMatch(/does not give/)
    expect(messages({ models: [{ ...llama, kvHeads: 5 }] })[0]).toMatch(/32 heads cannot share 5/)
    // A published number that is too small for the matrices, of the body and of the whole.
    const published = { ...llama, basis: 'published' } as const
    const { bodyParameters } = countMatrices(llama)
    expect(messages({ models: [{ ...published, bodyParameters: bodyParameters / 2 }] })[0]).toMatch(
      /its body has/,
    )
    expect(messages({ models: [{ ...published, parameters: bodyParameters }] })[0]).toMatch(
      /it has .* and body/,
    )
    expect(messages({ models: [{ ...published, window: { tokens: 512, layers: 33 } }] })[0]).toMatch(
      /33 layers/,
    )
    // One that is larger may hold what the shape does not name.
    expect(messages({ models: [{ ...published, parameters: 2 * llama.parameters }] })).toEqual([])
  })

  it('of a quantisation', () => {
    expect(messages({ quantisations: [{ ...q4, bodyBits: 4 }] })[0]).toMatch(/are 4.5 bits a weight/)
    expect(messages({ quantisations: [{ ...quantisationOf(facts, 'Q4_K_M'), bodyBits: 4.4 }] })[0]).toMatch(
      /blocks of 256 values in 144 bytes are 4.5/,
    )
    expect(messages({ quantisations: [{ ...q4, headBits: 4 }] })[0]).toMatch(/its head has 4/)
  })

  it('of a price', () => {
    expect(messages({ prices: [{ ...nano, cachedInputPerMTok: 1 }] })[0]).toMatch(/cached input costs \$1/)
    expect(messages({ prices: [{ ...nano, outputPerMTok: 0.01 }] })[0]).toMatch(/output costs \$0.01/)
    expect(messages({ prices: [{ ...nano, outputPerMTok: 4000 }] })[0]).toMatch(/another unit/)
  })
})

describe('a measurement', () => {
  const row: Measurement = {
    id: 'ours',
    device: 'pixel-6a',
    runtime: 'llama.cpp',
    backend: 'cpu',
    model: 'llama-3.2-1b',
    quantisation: 'Q4_K_M',
    fileBytes: 807_694_464,
    promptTokens: 256,
    outputTokens: 128,
    prefillTps: 100,
    decodeTps: 20,
    firstTokenMs: 2600,
    peakBytes: null,
    source: 'our lab',
    asOf: '2026-11-20',
    basis: 'measured',
  }
  const said = (changed: Partial<Measurement>): readonly string[] =>
    messages({ ...facts, own: [{ ...row, ...changed }] })

  it('that can be is not told', () => {
    expect(said({})).toEqual([])
  })

  it('of what is not in the facts is, with the nearest', () => {
    expect(said({ device: 'pixel6a' })[0]).toMatch(/no device "pixel6a" .* did you mean pixel-6a,/)
    expect(said({ model: 'llama-1b' })[0]).toMatch(/no model "llama-1b"/)
    expect(said({ quantisation: 'q4km' })[0]).toMatch(/did you mean Q4_K_M,/)
    expect(said({ model: null })).toEqual([])
  })

  it('that is faster than the memory, or than its own prompt, is', () => {
    expect(said({ decodeTps: 200 })[0]).toMatch(/read 162 GB\/s, and the memory gives 51.2/)
    expect(said({ firstTokenMs: 1000 })[0]).toMatch(/before the 2560 ms/)
    expect(said({ prefillTps: null, decodeTps: null, firstTokenMs: null })[0]).toMatch(/nothing was measured/)
  })
})
