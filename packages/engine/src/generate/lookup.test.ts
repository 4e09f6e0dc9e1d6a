import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LONGEST_MATCH, Lookup } from './lookup.ts'

const matched = (text: readonly number[], place: number): number => {
  let length = 0
  while (length < Math.min(place, LONGEST_MATCH) && text[place - 1 - length] === text.at(-1 - length))
    length++
  return length
}

test('a draft goes on where the last tokens stood before', () => {
  const lookup = new Lookup()
  const text = [1, 2, 3, 4, 5, 9, 8, 2, 3, 4]
  expect(lookup.propose(text, 3)).toEqual({ ids: [5, 9, 8], matched: 3 })
  text.push(5)
  expect(lookup.propose(text, 2)).toEqual({ ids: [9, 8], matched: 4 })
  text.push(77)
  expect(lookup.propose(text, 2)).toEqual({ ids: [], matched: 0 })
})

test('of several places the one with the longest match is taken, the latest of equal ones', () => {
  const text = [9, 1, 2, 3, 40, 7, 1, 2, 3, 50, 8, 1, 2, 3, 60, 7, 1, 2, 3]
  expect(new Lookup().propose(text, 1)).toEqual({ ids: [50], matched: 4 })
  expect(new Lookup().propose(text.with(15, 55), 1)).toEqual({ ids: [60], matched: 3 })
})

test('a copy of what is being written goes on with itself', () => {
  expect(new Lookup().propose([5, 6, 7, 5, 6, 7, 5], 7).ids).toEqual([6, 7, 5, 6, 7, 5, 6])
  expect(new Lookup().propose([5, 5], 3)).toEqual({ ids: [5, 5, 5], matched: 1 })
  expect(new Lookup().propose([5], 3).ids).toEqual([])
  expect(new Lookup().propose([], 3).ids).toEqual([])
})

test('whatever the text, a draft is a copy, and as good a one as a look at all places finds', () => {
  const texts = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 200 })
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 8 }), (all, most) => {
      const lookup = new Lookup()
      const text: number[] = []
      for (const [i, id] of all.entries()) {
        text.push(id)
        if (i % 3 === 1) continue
        const draft = lookup.propose(text, most)
        const places = Array.from(text.keys()).slice(1)
        const lengths = places.map((place) => matched(text, place))
        const longest = Math.max(0, ...lengths)
        expect(draft.ids).toHaveLength(longest > 0 ? most : 0)
        // Of many places with the same last tokens only the latest ones are looked at.
        if (longest <= 3 || text.length < 40) expect(draft.matched).toBe(longest)
        const copies = places.filter((_, at) => lengths[at] === draft.matched)
        const endless = (place: number) =>
          Array.from({ length: most }, (_, at) => text[place + (at % (text.length - place))])
        if (longest > 0) expect(copies.map(endless)).toContainEqual(draft.ids)
      }
    }),
    { numRuns: 300, seed: 8 },
  )
})

test('a token takes a bounded amount of reading, however long the text is', () => {
  for (const kinds of [1, 2, 40]) {
    let reads = 0
    const text: number[] = []
    const counted = new Proxy(text, {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads++
        return Reflect.get(target, key)
      },
    })
    const lookup = new Lookup()
    let most = 0
    for (let i = 0; i < 5000; i++) {
      text.push((i * i + (i >> 4)) % kinds)
      const before = reads
      lookup.propose(counted, 7)
      // When the index grows it is made anew, each time for twice the text.
      if ((text.length - 1) % 1024 !== 0) most = Math.max(most, reads - before)
    }
    expect(most).toBeLessThanOrEqual(2 * 17 * 32 + 40)
    expect(reads).toBeLessThan(5000 * 1200)
  }
})
