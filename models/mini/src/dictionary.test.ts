import fc from 'fast-check'
import { expect, test } from 'vitest'
import { candidates } from './candidates.ts'
import { dictionary } from './dictionary.ts'

/** Optimal string alignment by its recursive definition (Boytsov 2011, section 2.2). */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length
  const [restA, restB] = [a.slice(1), b.slice(1)]
  const swapped = a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0]
  return Math.min(
    distance(restA, restB) + (a[0] === b[0] ? 0 : 1),
    distance(restA, b) + 1,
    distance(a, restB) + 1,
    swapped ? distance(a.slice(2), b.slice(2)) + 1 : Number.POSITIVE_INFINITY,
  )
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })

test('near finds exactly the words within the limit', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), word, fc.nat(3), (words, wrong, limit) => {
      const all = [...new Set(words)].map((w) => ({ word: w, distance: distance(w, wrong) }))
      const want = all.filter((near) => near.distance <= limit)
      const inOrder = (a: { word: string }, b: { word: string }) => (a.word < b.word ? -1 : 1)
      expect(dictionary(words).near(wrong, limit).sort(inOrder)).toEqual(want.sort(inOrder))
    }),
    { numRuns: 200, seed: 1 },
  )
})

test('has is exact', () => {
  const words = dictionary(['the', "don't", 'the'])
  expect([words.size, words.has('the'), words.has('th'), words.has("don't")]).toEqual([2, true, false, true])
  expect(dictionary([]).near('x', 2)).toEqual([])
})

const texts = (wrong: string) => candidates(words, wrong).map((candidate) => candidate.text)
const words = dictionary([
  'the',
  'then',
  'of',
  'word',
  'world',
  "don't",
  'can',
  'ca',
  "can't",
  'i',
  'monday',
  'receive',
  'a',
  'an',
  'lot',
  'html',
  'mrs',
])

test.each([
  ['teh', ['the']],
  ['recieve', ['receive', 'Receive']],
  ['Recieve', ['Receive']],
  ['WROLD', ['WORLD', 'WORD']],
  ['ofthe', ['of the']],
  ['Alot', ['A lot']],
  ['wo rd', ['word']],
  ['the The', ['the']],
  ['dont', ["don't", "Don't"]],
  ['CANT', ["CAN'T"]],
  ['monday', ['Monday']],
  ['i', ['I']],
  ['anna', ['Anna']],
  ['mrs', ['Mrs']],
])('%s may become %j', (wrong, right) => {
  const found = texts(wrong)
  expect(found[0]).toBe(wrong)
  expect(found).toEqual(expect.arrayContaining(right))
})

test('an abbreviation that is known has no other form, one that is not may have', () => {
  expect(texts('html')).toEqual(['html'])
  expect(texts('htmk')).toContain('html')
})

test('short words may change by one letter only, and nothing is invented', () => {
  expect(texts('thz')).toEqual(expect.arrayContaining(['the']))
  expect(texts('Zzz')).toEqual(['Zzz'])
  expect(texts('xx yy')).toEqual(['xx yy'])
  expect(texts('X'.repeat(10_000))).toEqual(['X'.repeat(10_000)])
})

test('what lacks its apostrophe becomes nothing else', () => {
  expect(candidates(words, 'cant')).toEqual(['cant', "can't", "Can't"].map((text) => ({ text, edits: 0 })))
})

test('edits are counted, and case is none', () => {
  const edits = (wrong: string) => Object.fromEntries(candidates(words, wrong).map((c) => [c.text, c.edits]))
  expect(edits('wrold')).toMatchObject({ wrold: 0, Wrold: 0, world: 1, word: 2 })
  expect(edits('ofthe')).toMatchObject({ 'of the': 1 })
})
