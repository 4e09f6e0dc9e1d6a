/** Near texts are found exactly: what comparing every pair finds, and nothing else. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gramsOf, jaccard, NearTexts, normalised } from './near.ts'

const words = fc.array(fc.constantFrom('card', 'cards', 'where', 'is', 'my', 'new', 'lost', 'the'), {
  minLength: 0,
  maxLength: 6,
})
const texts = fc.array(
  words.map((list) => list.join(' ')),
  { maxLength: 25 },
)

test('the first near text, as comparing every pair has it', () => {
  fc.assert(
    fc.property(texts, fc.constantFrom(0.3, 0.5, 0.8, 1), (list, threshold) => {
      const index = new NearTexts(list, threshold)
      for (const [i, text] of list.entries()) {
        const near = list
          .slice(0, i)
          .findIndex((other) => jaccard(gramsOf(text), gramsOf(other)) >= threshold)
        expect(index.find(text)).toBe(near === -1 ? null : near)
        index.add(text)
      }
    }),
    { seed: 8, numRuns: 300 },
  )
})

test('case, punctuation and white space are no difference', () => {
  expect(normalised('  Wo ist\tMEINE   Karte?! ')).toBe('wo ist meine karte')
  expect(jaccard(gramsOf('Where is my card?'), gramsOf('where is  my card'))).toBe(1)
  expect(jaccard(gramsOf('a'), gramsOf('b'))).toBe(0)
  const index = new NearTexts([], 0.7)
  index.add('I lost my card yesterday evening')
  expect(index.find('I lost my cards yesterday evening')).toBe(0)
  expect(index.find('I lost my phone in the morning')).toBeNull()
  expect(index.fresh().find('I lost my card yesterday evening')).toBeNull()
})

test('signs and vowel marks tell texts apart', () => {
  for (const [one, other] of [
    ['👍', '👎'],
    ['???', '!'],
    ['की', 'का'],
    ['', '…'],
  ] as const)
    expect(normalised(one)).not.toBe(normalised(other))
})
