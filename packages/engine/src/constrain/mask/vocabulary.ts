/**
 * A tokenizer's tokens as constraints need them, made once for each tokenizer: the trie of their bytes, the bytes that a
 * token gives alone, and what may follow inside a JSON string.
 */
import type { Alphabet } from '../automaton/program.ts'
import { type TextTable, textTable } from '../automaton/text-table.ts'
import { TextMasks } from './text-masks.ts'
import { buildTrie, childOf, type Trie } from './trie.ts'

/** What constraints need of a tokenizer. */
export interface TokenBytes {
  /** Ids are 0..size-1. */
  readonly size: number
  /** Tokens that end an answer: allowed where the text may end, whatever bytes they have, and nowhere else. */
  readonly ends: readonly number[]
  /** What the token adds to the text; empty for control tokens, which are never allowed. */
  bytesOf(id: number): Uint8Array
}

export interface Vocabulary extends Alphabet {
  readonly tokenizer: TokenBytes
  readonly trie: Trie
  /** The child of the trie's root for each byte; -1 where there is none. */
  readonly roots: Int32Array
  textMasks(table: TextTable): TextMasks
}

/** Longer tokens are never allowed: none of the known vocabularies has one. */
const MAX_TOKEN_BYTES = 512

const vocabularies = new WeakMap<TokenBytes, Vocabulary>()

export function vocabularyOf(tokenizer: TokenBytes): Vocabulary {
  const known = vocabularies.get(tokenizer)
  if (known) return known
  const vocabulary = build(tokenizer)
  vocabularies.set(tokenizer, vocabulary)
  return vocabulary
}

function build(tokenizer: TokenBytes): Vocabulary {
  const trie = buildTrie(readStrings(tokenizer))
  const bytes = new Uint8Array(256)
  const roots = Int32Array.from({ length: 256 }, (_, byte) => childOf(trie, 0, byte))
  roots.forEach((node, byte) => {
    if (node >= 0 && trie.firstToken[node + 1]! > trie.firstToken[node]!) bytes[byte] = 1
  })
  const tables = new Map<boolean, TextTable>()
  const masks = new Map<TextTable, TextMasks>()
  return {
    tokenizer,
    trie,
    roots,
    bytes,
    textTable(canonical) {
      const known = tables.get(canonical) ?? textTable(canonical, bytes)
      tables.set(canonical, known)
      return known
    },
    textMasks(table) {
      const known = masks.get(table) ?? new TextMasks(trie, table, tokenizer.size)
      masks.set(table, known)
      return known
    },
  }
}

function readStrings(tokenizer: TokenBytes): Parameters<typeof buildTrie>[0] {
  const ends = new Set(tokenizer.ends)
  const starts = new Int32Array(tokenizer.size)
  const lengths = new Int32Array(tokenizer.size)
  const ids = new Int32Array(tokenizer.size)
  let buffer = new Uint8Array(8 * tokenizer.size + MAX_TOKEN_BYTES)
  let filled = 0
  let count = 0
  for (let id = 0; id < tokenizer.size; id++) {
    const bytes = tokenizer.bytesOf(id)
    if (bytes.length === 0 || bytes.length > MAX_TOKEN_BYTES || ends.has(id)) continue
    if (filled + bytes.length > buffer.length) {
      const larger = new Uint8Array(2 * buffer.length)
      larger.set(buffer)
      buffer = larger
    }
    buffer.set(bytes, filled)
    starts[count] = filled
    lengths[count] = bytes.length
    ids[count++] = id
    filled += bytes.length
  }
  return {
    buffer,
    starts: starts.subarray(0, count),
    lengths: lengths.subarray(0, count),
    ids: ids.subarray(0, count),
  }
}
