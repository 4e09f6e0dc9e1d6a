import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chainsOf } from './chains.ts'

const written = (text: string) => [...chainsOf(text)].flat().map(({ start, end }) => text.slice(start, end))

test('all chains from a place on, the longest first', () => {
  expect(written('is 123-45-6789.').slice(0, 3)).toEqual(['is 123-45-6789', 'is 123-45', 'is 123'])
  expect(written('is 123-45-6789.').slice(3)).toEqual(['123-45-6789', '123-45', '123', '45-6789', '6789'])
  expect(written('HK A123456(3)')).toContain('A123456(3)')
  expect(written('see A123456(3')).toEqual(['A123456'])
  expect(written('a word and 12')).toEqual([])
})

test('groups, code', () => {
  const [[chain]] = [...chainsOf('ab 12 34 56 c')] as never as [[object]]
  expect(chain).toEqual({ start: 0, end: 13, groups: '2 2 2 2 1', code: 'AB123456C' })
})

test('in any text a chain has no letter or digit next to it, and a long row loses none', () => {
  const bits = fc.constantFrom(
    '1',
    '22',
    '333',
    'A',
    'bb',
    'word',
    'é',
    ' ',
    '-',
    '.',
    '(',
    ')',
    '/',
    '_',
    '\n',
  )
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 300 }), (parts) => {
      const text = parts.join('')
      const found = [...chainsOf(text)].flat()
      const starts = new Set(found.map(({ start }) => start))
      for (const { start, end, groups, code } of found) {
        expect(text.slice(Math.max(0, start - 1), start)).not.toMatch(/[\p{L}\p{N}_]/u)
        if (!groups.includes('(')) expect(text.slice(end, end + 1)).not.toMatch(/[\p{L}\p{N}_]/u)
        expect(code.length).toBe(groups.match(/\d+/g)!.reduce((sum, length) => sum + Number(length), 0))
      }
      for (const { index } of text.matchAll(/(?<![\p{L}\p{N}_])\d{3,26}(?![\p{L}\p{N}_])/gu))
        expect(starts).toContain(index)
    }),
    { numRuns: 500, seed: 4 },
  )
})
