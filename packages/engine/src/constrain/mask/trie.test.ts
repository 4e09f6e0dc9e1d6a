import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildTrie, findNode, suffixTrie, type Trie } from './trie.ts'

const bytes = fc.uint8Array({ min: 0x61, max: 0x63, minLength: 1, maxLength: 9 })

function trieOf(list: readonly Uint8Array[]): Trie {
  const starts: number[] = []
  let length = 0
  for (const one of list) {
    starts.push(length)
    length += one.length
  }
  return buildTrie({
    buffer: Uint8Array.from(list.flatMap((one) => [...one])),
    starts: Int32Array.from(starts),
    lengths: Int32Array.from(list, (one) => one.length),
    ids: Int32Array.from(list.keys(), (i) => 10 * i),
  })
}

/** All strings of a trie with their tokens, by walking it. */
function stringsOf(trie: Trie): Map<string, number[]> {
  const found = new Map<string, number[]>()
  const path: number[] = []
  for (let i = 0; i < trie.byte.length; i++) {
    if (i > 0) path[trie.depth[i]! - 1] = trie.byte[i]!
    const tokens = [...trie.tokens.subarray(trie.firstToken[i], trie.firstToken[i + 1])]
    if (tokens.length > 0) found.set(String.fromCharCode(...path.slice(0, trie.depth[i])), tokens)
    expect(trie.end[i]).toBeGreaterThan(i)
  }
  return found
}

test('a trie holds its strings, equal ones together, and finds them', () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 40 }), (list) => {
      const trie = trieOf(list)
      const expected = new Map<string, number[]>()
      list.forEach((one, i) => {
        const text = String.fromCharCode(...one)
        expected.set(text, [...(expected.get(text) ?? []), 10 * i])
      })
      expect(stringsOf(trie)).toEqual(expected)
      for (const one of list) {
        const node = findNode(trie, one)
        expect(trie.tokens[trie.firstToken[node]!]).toBe(expected.get(String.fromCharCode(...one))![0])
      }
      expect(findNode(trie, [0x64])).toBe(-1)
    }),
    { numRuns: 300, seed: 5 },
  )
})

test('what follows some nodes, as a trie', () => {
  const trie = trieOf(['ab', 'abc', 'abcd', 'xb', 'xbc', 'xbz'].map((text) => new TextEncoder().encode(text)))
  const nodes = ['ab', 'xb'].map((text) => findNode(trie, new TextEncoder().encode(text)))
  expect(Object.fromEntries(stringsOf(suffixTrie(trie, nodes)))).toEqual({ c: [10, 40], cd: [20], z: [50] })
})
