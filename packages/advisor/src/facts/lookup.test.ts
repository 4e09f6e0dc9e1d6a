import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AdvisorError } from '../errors.ts'
import { facts } from './facts.ts'
import { deviceOf, modelOf, nearest, priceOf, quantisationOf, storedBits } from './lookup.ts'

const message = (look: () => unknown): string => {
  try {
    look()
  } catch (error) {
    if (error instanceof AdvisorError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'found'
}

describe('lookups', () => {
  it('find each row of the bundled facts by its id', () => {
    for (const device of facts.devices) expect(deviceOf(facts, device.id)).toBe(device)
    for (const model of facts.models) expect(modelOf(facts, model.id)).toBe(model)
    for (const kind of facts.quantisations) expect(quantisationOf(facts, kind.id)).toBe(kind)
    for (const price of facts.prices) expect(priceOf(facts, price.id)).toBe(price)
  })

  it('name the nearest ids for one that is not there', () => {
    expect(message(() => deviceOf(facts, 'iPhone 17 Pro'))).toMatch(
      /^unknown_device: no device "iPhone 17 Pro" in the facts: did you mean iphone-17pro, /,
    )
    expect(message(() => modelOf(facts, 'llama3.2:1b'))).toMatch(/unknown_model: .* mean llama-3\.2-1b,/)
    expect(message(() => quantisationOf(facts, 'q4_k_m'))).toMatch(/unknown_quantisation: .* mean Q4_K_M,/)
    expect(nearest(facts.prices, 'claude-haiku-4.5')[0]).toBe('claude-4.5-haiku')
    expect(nearest(facts.devices, 'MacBook Air M2')[0]).toBe('m2')
    expect(nearest(facts.devices, 'Samsung Galaxy S24')[0]).toBe('galaxy-s24')
    expect(message(() => priceOf(facts, 'gpt5-nano'))).toMatch(/unknown_price: .* mean gpt-5-nano,/)
  })

  it('say so where the facts hold nothing at all', () => {
    expect(message(() => deviceOf({ ...facts, devices: [] }, 'm1'))).toContain('add it to your own')
  })

  it('propose up to three ids that exist, whatever was asked', () => {
    fc.assert(
      fc.property(fc.string(), (asked) => {
        const near = nearest(facts.devices, asked)
        expect(near).toHaveLength(3)
        for (const id of near) expect(deviceOf(facts, id).id).toBe(id)
      }),
    )
  })

  it('take the wider blocks where rows are narrow', () => {
    const kind = quantisationOf(facts, 'Q4_K_M')
    expect(storedBits(kind, modelOf(facts, 'llama-3.2-1b'))).toBe(kind)
    expect(storedBits(kind, modelOf(facts, 'smollm2-135m')).headBits).toBe(8.5)
    expect(storedBits(quantisationOf(facts, 'F16'), modelOf(facts, 'smollm2-135m')).bodyBits).toBe(16)
  })
})
