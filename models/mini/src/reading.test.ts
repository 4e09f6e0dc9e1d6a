import { turns } from '@edgewise/engine'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { protocolOf, type Unit } from './protocol.ts'
import { LONGEST, read, windows } from './reading.ts'
import { tinyMini } from './testing/tiny-mini.ts'

test('windows judge each unit once, in order, and fit a pass', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 120 }), (lengths) => {
      const units = lengths.map(
        (length): Unit => ({
          start: 0,
          end: 1,
          text: ' x',
          blank: false,
          ids: new Array<number>(length).fill(1),
        }),
      )
      let judged = 0
      for (const { from, to, first, last } of windows(units)) {
        expect(first).toBe(judged)
        expect(from).toBeLessThanOrEqual(first)
        expect(to).toBeGreaterThanOrEqual(last)
        // A unit counts as 32 tokens at most.
        const tokens = lengths.slice(from, to).reduce((sum, length) => sum + Math.min(length, 32), 0)
        expect(tokens).toBeLessThanOrEqual(LONGEST - 2)
        judged = last
      }
      expect(judged).toBe(units.length)
    }),
    { numRuns: 300, seed: 1 },
  )
})

test('a unit is judged by all that stands around it, in the pass that is asked for, or not at all', async () => {
  using mini = await tinyMini(1)
  const protocol = protocolOf(mini.model.tokenizer)
  const reader = { model: mini.model, protocol, turn: turns() }
  const [one, other] = await Promise.all(
    ['the word  \n of an', 'the word  \n of the'].map((text) =>
      read(reader, 'redact', protocol.units(text), { each: protocol.piiTypes.ids }),
    ),
  )
  expect(one!.whole).toEqual([])
  expect(one!.units[0]).not.toEqual(other!.units[0])
  const units = protocol.units('the word  \n of an')
  for (const [i, scores] of one!.units.entries()) {
    expect(scores === undefined).toBe(units[i]!.blank)
    const sum = scores?.reduce((total, score) => total + Math.exp(score), 0)
    if (sum !== undefined) expect(sum).toBeCloseTo(1, 6)
  }
  const { whole, units: judged } = await read(reader, 'intent', [], { whole: [9, 10] })
  expect(judged).toEqual([])
  expect(whole).toHaveLength(2)
})
