import fc from 'fast-check'
import { expect, test } from 'vitest'
import { byteOfUnit, textToAlphabet } from './byte-alphabet.ts'
import { TokenTable } from './token-table.ts'

const utf8 = new TextEncoder()

test('finds what was indexed, and nothing else', () => {
  const strings = fc.uniqueArray(fc.uint8Array({ maxLength: 6 }), { selector: String, maxLength: 60 })
  fc.assert(
    fc.property(strings, fc.uint8Array({ maxLength: 6 }), (all, other) => {
      const table = new TokenTable(Math.max(all.length, 1))
      for (const bytes of all) expect(table.index(table.addBytes(bytes))).toBeUndefined()
      table.seal()
      all.forEach((bytes, id) => {
        expect([...table.bytes(id)]).toEqual([...bytes])
        const padded = Uint8Array.of(7, ...bytes, 9)
        expect(table.find(padded, 1, 1 + bytes.length)).toBe(id)
      })
      expect(table.find(other, 0, other.length)).toBe(all.findIndex((bytes) => `${bytes}` === `${other}`))
    }),
    { numRuns: 500, seed: 5 },
  )
})

test('a token that is not indexed is not found; the second of two is told of the first', () => {
  const table = new TokenTable(3)
  table.addText('é€')
  expect([...table.bytes(0)]).toEqual([...utf8.encode('é€')])
  expect(table.find(utf8.encode('é€'), 0, 5)).toBe(-1)
  expect(table.index(table.addMapped(textToAlphabet(' x\n'), byteOfUnit)!)).toBeUndefined()
  expect(table.find(utf8.encode(' x\n'), 0, 3)).toBe(1)
  expect(table.addMapped('a b', byteOfUnit)).toBeUndefined()
  expect(table.index(table.addText(' x\n'))).toBe(1)
})
