import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeSet, complement, everybody, intersect, union } from './code-set.ts'
import { utf8Sequences } from './utf8.ts'

const utf8 = new TextEncoder()
const code = fc.oneof(
  fc.nat(0x900),
  fc.nat(0x10ffff),
  fc.constantFrom(0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff),
)
const set = fc
  .array(fc.tuple(code, fc.nat(0x3000)), { maxLength: 4 })
  .map((ranges) => codeSet(...ranges.flatMap(([low, length]) => [low, Math.min(low + length, 0x10ffff)])))

const has = (ranges: readonly number[], code: number): boolean =>
  ranges.some((low, i) => i % 2 === 0 && code >= low && code <= ranges[i + 1]!)
const isSurrogate = (code: number) => code >= 0xd800 && code <= 0xdfff

test('the sequences match the bytes of a character exactly when it is in the set', () => {
  fc.assert(
    fc.property(set, fc.array(code, { minLength: 1, maxLength: 30 }), (ranges, codes) => {
      const sequences = utf8Sequences(ranges)
      const borders = ranges.flatMap((code) => [code - 1, code, code + 1])
      for (const code of [...codes, ...borders]) {
        if (code < 0 || code > 0x10ffff || isSurrogate(code)) continue
        const bytes = utf8.encode(String.fromCodePoint(code))
        const matching = sequences.filter(
          (sequence) =>
            sequence.length === bytes.length &&
            sequence.every(([low, high], i) => bytes[i]! >= low && bytes[i]! <= high),
        )
        expect(matching).toHaveLength(has(ranges, code) ? 1 : 0)
      }
    }),
    { numRuns: 500, seed: 4 },
  )
})

test('sets are sets', () => {
  fc.assert(
    fc.property(set, set, fc.array(code, { minLength: 20, maxLength: 20 }), (a, b, codes) => {
      for (const code of [...codes, ...a, ...b]) {
        const isChar = code <= 0x10ffff && !isSurrogate(code)
        expect(has(union(a, b), code)).toBe(has(a, code) || has(b, code))
        expect(has(intersect(a, b), code)).toBe(has(a, code) && has(b, code))
        expect(has(complement(a), code)).toBe(isChar && !has(a, code))
      }
      expect(intersect(everybody, a)).toEqual(a)
    }),
    { numRuns: 300, seed: 5 },
  )
})
