import { expect, test } from 'vitest'
import { B, bm25, K1 } from './bm25.ts'

const turn = async (): Promise<void> => {}

test('the formula, by hand', async () => {
  const passages = ['cat dog dog', 'cat', 'bird']
  const [first, second, third] = await bm25('dog cat dog', passages, turn)
  const average = 5 / 3
  const idf = (n: number): number => Math.log(1 + (3 - n + 0.5) / (n + 0.5))
  const part = (count: number, length: number): number =>
    (count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / average))
  expect(first).toBeCloseTo(idf(1) * part(2, 3) + idf(2) * part(1, 3), 12)
  expect(second).toBeCloseTo(idf(2) * part(1, 1), 12)
  expect(third).toBe(0)
})

test('nothing to search in or for', async () => {
  expect(await bm25('dog', [], turn)).toEqual([])
  expect(await bm25('?', ['a', ''], turn)).toEqual([0, 0])
})
