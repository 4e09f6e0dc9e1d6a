import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutPositions } from './kv-bytes.ts'
import { type Piece, PrefixTree } from './prefix-tree.ts'

const layout = { planes: 3, row: 2 }
const BYTES = 6

/** Bytes that tell the whole text up to their position, as keys and values do. */
function kvOf(tokens: readonly number[], from = 0, to: number = tokens.length): Uint8Array {
  const kv = new Uint8Array(BYTES * (to - from))
  for (let plane = 0; plane < layout.planes; plane++) {
    let sum = plane
    for (let at = 0; at < to; at++) {
      sum = (31 * sum + tokens[at]! + 1) & 0xffff
      if (at < from) continue
      const place = (plane * (to - from) + at - from) * layout.row
      kv[place] = sum & 255
      kv[place + 1] = sum >> 8
    }
  }
  return kv
}

/** What was found, in one; checks that its bytes are those of its tokens. */
function textOf(pieces: readonly Piece[]): number[] {
  const tokens: number[] = []
  for (const { tokens: own, kv, count } of pieces) {
    tokens.push(...own.slice(0, count))
    const from = tokens.length - count
    expect(cutPositions(kv, layout, 0, count)).toEqual(kvOf(tokens, from))
  }
  return tokens
}

const insert = (tree: PrefixTree, tokens: readonly number[]): void =>
  tree.insert(tokens, (from, to) => kvOf(tokens, from, to))

function common(a: readonly number[], b: readonly number[]): number {
  let count = 0
  while (count < a.length && a[count] === b[count]) count++
  return count
}

const text = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 9 })

test('what is found is the longest beginning that any text had, with its bytes', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), text, (texts, asked) => {
      const tree = new PrefixTree(layout, 1e6)
      for (const one of texts) insert(tree, one)
      const longest = Math.max(0, ...texts.map((one) => common(asked, one)))
      expect(textOf(tree.find(asked))).toEqual(asked.slice(0, longest))
      // Every beginning once, whatever the order they came in.
      const beginnings = new Set(texts.flatMap((one) => one.map((_, at) => one.slice(0, at + 1).join())))
      expect(tree.heldBytes).toBe(BYTES * beginnings.size)
    }),
    { seed: 1, numRuns: 1000 },
  )
})

test('the bound holds, and what came last is there as far as it fits', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(text, fc.boolean()), { maxLength: 20 }),
      fc.integer({ min: 0, max: 12 }),
      (steps, positions) => {
        const tree = new PrefixTree(layout, BYTES * positions + 1)
        for (const [tokens, isAsked] of steps) {
          if (isAsked) textOf(tree.find(tokens))
          else {
            insert(tree, tokens)
            expect(textOf(tree.find(tokens))).toEqual(tokens.slice(0, positions))
          }
          expect(tree.heldBytes).toBeLessThanOrEqual(tree.maxBytes)
        }
        tree.clear()
        expect(tree.heldBytes).toBe(0)
        expect(tree.find([0])).toEqual([])
      },
    ),
    { seed: 2, numRuns: 1000 },
  )
})

test('what was not asked for longest goes first, and what others go on from stays', () => {
  const tree = new PrefixTree(layout, BYTES * 8)
  insert(tree, [1, 2, 3, 4])
  insert(tree, [1, 2, 5, 6])
  tree.find([1, 2, 3, 4])
  insert(tree, [7, 8, 9])
  expect(textOf(tree.find([1, 2, 5, 6]))).toEqual([1, 2])
  expect(textOf(tree.find([1, 2, 3, 4]))).toEqual([1, 2, 3, 4])
  insert(tree, [0, 0, 0])
  expect(textOf(tree.find([7, 8, 9]))).toEqual([])
  expect(textOf(tree.find([1, 2, 3, 4]))).toEqual([1, 2, 3, 4])
})

test('only what is new is read, and when that fails nothing is added', () => {
  const tree = new PrefixTree(layout, 1000)
  insert(tree, [1, 2, 3])
  const fail = (from: number, to: number): Uint8Array => {
    throw new RangeError(`${from} to ${to}`)
  }
  expect(() => tree.insert([1, 2, 4, 5], fail)).toThrow('2 to 4')
  expect(textOf(tree.find([1, 2, 4, 5]))).toEqual([1, 2])
  expect(textOf(tree.find([1, 2, 3]))).toEqual([1, 2, 3])
  expect(tree.heldBytes).toBe(3 * BYTES)
  tree.insert([1, 2], fail)
  tree.insert([], fail)
})
