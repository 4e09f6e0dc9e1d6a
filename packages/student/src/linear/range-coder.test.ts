import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contexts, RangeReader, RangeWriter } from './range-coder.ts'

test('what is written is read, bit by bit and number by number', () => {
  const item = fc.oneof(
    fc.record({ bit: fc.integer({ min: 0, max: 1 }), at: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ plain: fc.integer({ min: 0, max: 255 }) }),
    fc.record({ number: fc.integer({ min: 0, max: 2 ** 30 - 2 }) }),
  )
  fc.assert(
    fc.property(fc.array(item, { maxLength: 3000 }), (items) => {
      const writer = new RangeWriter()
      const [bits, numbers] = [contexts(4), contexts(31)]
      for (const item of items)
        if ('bit' in item) writer.bit(bits, item.at, item.bit)
        else if ('plain' in item) writer.plain(item.plain, 8)
        else writer.number(numbers, 0, item.number)
      const reader = new RangeReader(writer.bytes())
      const [ownBits, ownNumbers] = [contexts(4), contexts(31)]
      for (const item of items)
        if ('bit' in item) expect(reader.bit(ownBits, item.at)).toBe(item.bit)
        else if ('plain' in item) expect(reader.plain(8)).toBe(item.plain)
        else expect(reader.number(ownNumbers, 0)).toBe(item.number)
      expect(reader.left).toBe(0)
    }),
  )
})

test('a carry runs through bytes that are held', () => {
  // Bits that are 1 against all odds push the lower end up to the next carry again and again.
  const writer = new RangeWriter()
  const at = contexts(1)
  const bits = Array.from({ length: 200_000 }, (_, i) => (i % 997 === 0 ? 1 : 0))
  for (const bit of bits) writer.bit(at, 0, bit)
  const bytes = writer.bytes()
  expect(bytes.length).toBeLessThan(1200)
  const reader = new RangeReader(bytes)
  const own = contexts(1)
  expect(bits.every((bit) => reader.bit(own, 0) === bit)).toBe(true)
})

test('asking for more than there is is one error', () => {
  expect(() => new RangeReader(new Uint8Array(3))).toThrow('ends too early')
  const reader = new RangeReader(new Uint8Array(6))
  expect(() => {
    for (let i = 0; i < 100; i++) reader.plain(8)
  }).toThrow(expect.objectContaining({ code: 'linear_invalid' }))
})
