/**
 * Byte-level BPE (`gpt2`): text is cut into units by the pre-tokenizer, a unit is its bytes, and merges join them by rank.
 * As in llama.cpp, a byte the vocabulary lacks is left out but keeps its neighbours apart. Unlike there, a merge whose
 * product is a special token never applies: text must not turn into control tokens.
 */
import { badMetadata, findString, type Metadata, requireStrings } from '../gguf/metadata.ts'
import { byteOfUnit } from './byte-alphabet.ts'
import { type Encoder, type EncoderKind, UnitCache } from './encoder.ts'
import { FEW, joinParts, type Parts } from './join.ts'
import { Merges } from './merges.ts'
import { type PreTokenizer, preTokenizer } from './pre-tokenize.ts'
import { MAX_TOKENS, type Vocabulary } from './vocabulary.ts'

const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true })

export const bytePair: EncoderKind = (metadata) => {
  const pre = preTokenizer(findString(metadata, 'tokenizer.ggml.pre') || 'default')
  return { addsBos: pre.addsBos, encoder: (vocabulary) => new BytePairEncoder(metadata, vocabulary, pre) }
}

class BytePairEncoder implements Encoder {
  readonly #vocabulary: Vocabulary
  readonly #preTokenizer: PreTokenizer
  readonly #parts: TokenParts
  readonly #cache = new UnitCache()

  /** Throws BadGgufError when the merges do not fit the tokens. */
  constructor(metadata: Metadata, vocabulary: Vocabulary, preTokenizer: PreTokenizer) {
    this.#preTokenizer = preTokenizer
    this.#vocabulary = vocabulary
    this.#parts = new TokenParts(vocabulary.byteIds, readMerges(metadata, vocabulary))
  }

  encode(text: string, _first: boolean, ids: number[]): void {
    const bytes = utf8.encode(text)
    this.#preTokenizer.cut(bytes, (from, to) => {
      if (this.#cache.append(bytes, from, to, ids)) return
      const start = ids.length
      this.#encodeUnit(bytes, from, to, ids)
      this.#cache.add(bytes, from, to, ids, start)
    })
  }

  cut(text: string): string[] {
    const bytes = utf8.encode(text)
    const units: string[] = []
    this.#preTokenizer.cut(bytes, (from, to) => units.push(fromUtf8.decode(bytes.subarray(from, to))))
    return units
  }

  #encodeUnit(bytes: Uint8Array, from: number, to: number, ids: number[]): void {
    if (this.#preTokenizer.ignoresMerges) {
      const whole = this.#vocabulary.table.find(bytes, from, to)
      if (whole >= 0) {
        ids.push(whole)
        return
      }
    }
    const count = to - from
    const parts = this.#parts.load(bytes, from, count)
    const next = joinParts(count, this.#parts)
    for (let i = 0; i < count; i = next[i]!) if (parts[i]! >= 0) ids.push(parts[i]!)
  }
}

/** The bytes of a unit, and what they have been joined to. */
class TokenParts implements Parts {
  /** -1 for a byte that is no token. */
  #ids = new Int32Array(FEW)
  readonly #few = this.#ids
  readonly #byteIds: Int32Array
  readonly #merges: Merges

  constructor(byteIds: Int32Array, merges: Merges) {
    this.#byteIds = byteIds
    this.#merges = merges
  }

  /** Starts a unit; gives the ids of its parts, which joining changes. */
  load(bytes: Uint8Array, from: number, count: number): Int32Array {
    this.#ids = count <= FEW ? this.#few : new Int32Array(count)
    for (let i = 0; i < count; i++) this.#ids[i] = this.#byteIds[bytes[from + i]!]!
    return this.#ids
  }

  rank(left: number, right: number): number {
    return this.#merges.rank(this.#ids[left]!, this.#ids[right]!)
  }

  join(left: number, _right: number, rank: number): void {
    this.#ids[left] = this.#merges.product(rank)
  }
}

const KEY = 'tokenizer.ggml.merges'

/** A merge of or to a special token is no mistake, but text never gets there. */
function readMerges(metadata: Metadata, { table, special }: Vocabulary): Merges {
  const written = requireStrings(metadata, KEY)
  if (written.length > MAX_TOKENS) {
    throw badMetadata(metadata, KEY, `${KEY} has ${written.length} merges, not 0 to ${MAX_TOKENS}`)
  }
  const merges = new Merges(written.length)
  let scratch = new Uint8Array(256)
  written.forEach((merge, rank) => {
    // Not the first character: it may be a space itself.
    const gap = merge.indexOf(' ', 1)
    if (merge.length > scratch.length) scratch = new Uint8Array(2 * merge.length)
    const end = gap < 0 ? -1 : bytesOfPair(merge, gap, scratch)
    const left = end < 0 ? -1 : table.find(scratch, 0, gap)
    const right = end < 0 ? -1 : table.find(scratch, gap, end)
    const product = end < 0 ? -1 : table.find(scratch, 0, end)
    if (left >= 0 && right >= 0 && product >= 0) {
      merges.add(left, right, product)
      return
    }
    const [first, second] = [merge.slice(0, gap), merge.slice(gap + 1)]
    const isToken = (id: number, text: string): boolean => id >= 0 || special.has(text)
    if (gap < 0 || !isToken(left, first) || !isToken(right, second) || !isToken(product, first + second)) {
      throw badMetadata(
        metadata,
        KEY,
        `merge ${rank} ${JSON.stringify(merge)} is not a pair of tokens that makes a token`,
      )
    }
  })
  return merges
}

/** Writes the bytes of both parts one after the other and returns where they end; -1 when a character stands for no byte. */
function bytesOfPair(merge: string, gap: number, into: Uint8Array): number {
  let end = 0
  for (let i = 0; i < merge.length; i++) {
    if (i === gap) continue
    const byte = byteOfUnit[merge.charCodeAt(i)] ?? -1
    if (byte < 0) return -1
    into[end++] = byte
  }
  return end
}
