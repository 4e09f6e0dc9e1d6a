import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Piece, type SpecialToken, specialSplitter } from './special.ts'

/** The definition, as llama.cpp has it: token after token, the longest first, in every piece of text that is left. */
function naive(text: string, tokens: readonly SpecialToken[]): Piece[] {
  const size = (token: SpecialToken) => new TextEncoder().encode(token.text).length
  let pieces: Piece[] = [text]
  for (const token of [...tokens].sort((a, b) => size(b) - size(a) || a.id - b.id)) {
    pieces = pieces.flatMap((piece) => {
      if (typeof piece === 'number') return [piece]
      const found: Piece[] = []
      let rest = piece
      for (let at = rest.indexOf(token.text); at >= 0; at = rest.indexOf(token.text)) {
        const before = rest.slice(0, at)
        found.push(token.stripsLeft ? before.trimEnd() : before, token.id)
        rest = rest.slice(at + token.text.length)
        if (token.stripsRight) rest = rest.trimStart()
      }
      return [...found, rest]
    })
  }
  return pieces.filter((piece) => piece !== '')
}

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '<', '>', ' ', 'é'), minLength: 1, maxLength: 4 })
const tokensOf = (strips: fc.Arbitrary<boolean>) =>
  fc
    .uniqueArray(fc.record({ text: letters, stripsRight: strips }), {
      selector: ({ text }) => text,
      maxLength: 6,
    })
    .map((list) => list.map((token, id): SpecialToken => ({ id, ...token })))
const texts = fc.string({ unit: fc.constantFrom('a', 'b', '<', '>', ' ', 'é', 'ab', '<a>'), maxLength: 24 })

test.each([
  ['that take nothing with them', fc.constant(false)],
  ['that take the white space after them', fc.boolean()],
] as const)('finds tokens %s as the definition says', (_, strips) => {
  fc.assert(
    fc.property(texts, tokensOf(strips), (text, tokens) => {
      expect(specialSplitter(tokens)(text)).toEqual(naive(text, tokens))
    }),
    { numRuns: 4000, seed: 3 },
  )
})

test('longest first, not leftmost first', () => {
  const split = specialSplitter([
    { id: 1, text: 'abc' },
    { id: 2, text: 'bcde' },
  ])
  expect(split('abcde abc')).toEqual(['a', 2, ' ', 1])
  expect(split('')).toEqual([])
  expect(specialSplitter([])('abc')).toEqual(['abc'])
})

test('white space before a token goes with it', () => {
  const split = specialSplitter([{ id: 1, text: '<mask>', stripsLeft: true }])
  expect(split('a \n<mask> b <mask>')).toEqual(['a', 1, ' b', 1])
  expect(split('  <mask>')).toEqual([1])
})

test('a megabyte of beginnings, of one token, of many', () => {
  const runs = Array.from({ length: 24 }, (_, i) => ({ id: i, text: ' '.repeat(i + 2) }))
  const split = specialSplitter([...runs, { id: 99, text: '<|x|>' }])
  const started = performance.now()
  expect(split('<'.repeat(1e6))).toHaveLength(1)
  expect(split('<|x|>'.repeat(2e5))).toHaveLength(2e5)
  expect(split(' '.repeat(1e6))).toHaveLength(4e4)
  // Quadratic time would be hours.
  expect(performance.now() - started).toBeLessThan(15_000)
})
