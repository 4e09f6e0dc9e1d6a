import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FEW, joinParts, type Parts } from './join.ts'
import { Merges } from './merges.ts'

class Ids implements Parts {
  readonly ids: number[]
  readonly #merges: Merges
  constructor(ids: readonly number[], merges: Merges) {
    this.ids = [...ids]
    this.#merges = merges
  }
  rank(left: number, right: number): number {
    return this.#merges.rank(this.ids[left]!, this.ids[right]!)
  }
  join(left: number, _right: number, rank: number): void {
    this.ids[left] = this.#merges.product(rank)
  }
}

function apply(ids: readonly number[], list: readonly (readonly [number, number, number])[]): number[] {
  const merges = new Merges(list.length)
  for (const [a, b, product] of list) merges.add(a, b, product)
  const parts = new Ids(ids, merges)
  const next = joinParts(ids.length, parts)
  const left: number[] = []
  for (let i = 0; i < ids.length; i = next[i]!) left.push(parts.ids[i]!)
  return left
}

/** The definition: the pair of lowest rank that is there, its first place, again and again. */
function naive(ids: readonly number[], list: readonly (readonly [number, number, number])[]): number[] {
  for (;;) {
    const present = list.find(([a, b]) => ids.some((id, i) => id === a && ids[i + 1] === b))
    if (!present) return [...ids]
    const at = ids.findIndex((id, i) => id === present[0] && ids[i + 1] === present[1])
    ids = [...ids.slice(0, at), present[2], ...ids.slice(at + 2)]
  }
}

const id = fc.nat(7)
const pairs = fc.array(fc.tuple(id, id, id), { maxLength: 12 })

test.each([
  { what: 'few', maxLength: FEW / 2, minLength: 0 },
  { what: 'many', minLength: FEW + 1, maxLength: 2 * FEW },
])('$what parts are joined by rank as the definition says', ({ minLength, maxLength }) => {
  fc.assert(
    fc.property(fc.array(id, { minLength, maxLength }), pairs, (ids, list) => {
      expect(apply(ids, list)).toEqual(naive(ids, list))
    }),
    { numRuns: 1500, seed: 8 },
  )
})

test('a pair given twice keeps its lower rank', () => {
  const merges = new Merges(2)
  merges.add(1, 2, 3)
  merges.add(1, 2, 4)
  expect(merges.product(merges.rank(1, 2))).toBe(3)
  expect(merges.rank(2, 1)).toBe(-1)
  expect(new Merges(0).rank(0, 0)).toBe(-1)
})
