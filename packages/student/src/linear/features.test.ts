/** Files of heads rest on features: the golden digest says when they change, and then files need another name. */
import { sortedJson } from '@edgewise/evidence'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { featuresOf, PLACES, wordsOf } from './features.ts'
import { knownOf, rowOf } from './known.ts'

const texts = [
  'What is my balance?',
  'Straße 12 straße',
  'ＷＨＡＴ ’s up',
  'मेरा बैलेंस',
  '我的余额是多少',
  'a a a b',
  '…',
]

test('the features of texts stay what files know', () => {
  const all = texts.map(featuresOf).map(({ places, values, words }) => [[...places], [...values], words])
  let hash = 0
  for (const letter of sortedJson(all)) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0
  expect(all[0]![0]).toHaveLength(24)
  expect(hash).toBe(3830080585)
})

test('words keep their marks and digits, whatever their width and case', () => {
  expect(wordsOf('मेरा Straße, ＷＨＡＴ—12')).toEqual(['मेरा', 'straße', 'what', '12'])
})

describe('rows', () => {
  test('have length 1, or none; words and pieces weigh the same', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), (texts) => {
        const features = texts.map(featuresOf)
        const known = knownOf(features, 2)
        for (const one of features) {
          const { values, unknown } = rowOf(one, known)
          expect(unknown).toBe(one.places.length === 0 ? 1 : 0)
          if (values.length > 0) expect(Math.hypot(...values)).toBeCloseTo(1, 4)
          for (const place of one.places) expect(place).toBeLessThan(PLACES)
        }
      }),
    )
  })

  test('count what is not known', () => {
    const known = knownOf([featuresOf('rain today')], 2)
    expect(rowOf(featuresOf('rain today'), known).unknown).toBe(0)
    expect(rowOf(featuresOf('zzz'), known)).toMatchObject({ unknown: 1, values: new Float32Array() })
    expect(rowOf(featuresOf('rain zzz'), known).unknown).toBeGreaterThan(0.3)
  })

  test('of long texts only the beginning is read', () => {
    expect(featuresOf(`${'x '.repeat(2000)}${'y '.repeat(1e5)}`)).toEqual(featuresOf('x '.repeat(2000)))
  })
})
