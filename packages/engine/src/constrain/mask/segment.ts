/** Bytes as tokens: the fewest, and those a model would most likely write. */
import { childOf } from './trie.ts'
import type { Vocabulary } from './vocabulary.ts'

/** The fewest tokens that spell `bytes`, each of which a token gives alone. */
export function fewestTokens(vocabulary: Vocabulary, bytes: Uint8Array): number[] {
  const count = new Int32Array(bytes.length + 1)
  const first = new Int32Array(bytes.length)
  const next = new Int32Array(bytes.length)
  for (let at = bytes.length - 1; at >= 0; at--) {
    count[at] = bytes.length + 1
    for (const { id, end } of tokensAt(vocabulary, bytes, at)) {
      if (count[end]! + 1 > count[at]!) continue
      count[at] = count[end]! + 1
      first[at] = id
      next[at] = end
    }
  }
  const ids: number[] = []
  for (let at = 0; at < bytes.length; at = next[at]!) ids.push(first[at]!)
  return ids
}

/**
 * The longest token at each place, from left to right. Without the last one when `isOpen`: where other bytes follow, the
 * model may have a longer token for both.
 */
export function longestTokens(vocabulary: Vocabulary, bytes: Uint8Array, isOpen: boolean): number[] {
  const ids: number[] = []
  for (let at = 0; at < bytes.length; ) {
    let longest: { id: number; end: number } | undefined
    for (const token of tokensAt(vocabulary, bytes, at)) longest = token
    if (!longest || (isOpen && longest.end === bytes.length)) break
    ids.push(longest.id)
    at = longest.end
  }
  return ids
}

/** The tokens that `bytes` have at a place, shorter ones first. */
function* tokensAt(
  { trie, roots }: Vocabulary,
  bytes: Uint8Array,
  at: number,
): Generator<{ id: number; end: number }> {
  let node = roots[bytes[at]!]!
  for (let end = at + 1; node >= 0; end++) {
    if (trie.firstToken[node + 1]! > trie.firstToken[node]!)
      yield { id: trie.tokens[trie.firstToken[node]!]!, end }
    if (end === bytes.length) return
    node = childOf(trie, node, bytes[end]!)
  }
}
