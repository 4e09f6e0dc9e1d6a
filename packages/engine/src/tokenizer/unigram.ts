/**
 * SentencePiece unigram (`t5`): of all ways to cut the normalised text into tokens, the one with the greatest sum of scores
 * (Viterbi), a character that is no token at a penalty. Sums are f64 of f32 scores, as in llama.cpp (`llm_tokenizer_ugm`),
 * which has no byte fallback here either: neighbouring unknown characters are one unknown token.
 */
import { badMetadata, findBoolean, type Metadata } from '../gguf/metadata.ts'
import { type Charsmap, readCharsmap } from './charsmap.ts'
import type { Encoder, EncoderKind } from './encoder.ts'
import { PrefixTree } from './prefix-tree.ts'
import { readScores } from './sentencepiece.ts'
import { typeCode } from './token-types.ts'
import type { Vocabulary } from './vocabulary.ts'

const SPACE = 32
/** How much worse than the worst token a character that is none is. */
const PENALTY = 10
const REPLACEMENT = Uint8Array.of(0xef, 0xbf, 0xbd)
const utf8 = new TextEncoder()

export const unigram: EncoderKind = (metadata) => ({
  encoder: (vocabulary, addsSpace) => new UnigramEncoder(metadata, vocabulary, addsSpace),
})

class UnigramEncoder implements Encoder {
  readonly #unknown: number
  readonly #tokens = new PrefixTree()
  readonly #scores: Float64Array
  readonly #unknownScore: number
  readonly #normalize: (text: Uint8Array) => Uint8Array

  /** Throws BadGgufError when the scores do not fit the tokens, or there is no unknown token. */
  constructor(metadata: Metadata, vocabulary: Vocabulary, addsSpace: boolean) {
    const { size, roles, table, types } = vocabulary
    if (roles.unknown === undefined) {
      const key = 'tokenizer.ggml.unknown_token_id'
      throw badMetadata(metadata, key, `a unigram vocabulary needs ${key}`)
    }
    this.#unknown = roles.unknown
    const scores = readScores(metadata, size)
    this.#scores = Float64Array.from(scores)
    const kept = new PrefixTree()
    let least = Number.POSITIVE_INFINITY
    for (let id = 0; id < size; id++) {
      const bytes = table.bytes(id)
      if (types[id] === typeCode.normal) least = Math.min(least, scores[id]!)
      if (types[id] === typeCode.user) {
        this.#scores[id] = 0
        kept.set(bytes, id)
      }
      if (table.find(bytes, 0, bytes.length) === id) this.#tokens.set(bytes, id)
    }
    this.#unknownScore = Math.fround(least - PENALTY)
    const mergesSpaces = findBoolean(metadata, 'tokenizer.ggml.remove_extra_whitespaces') ?? false
    const charsmap = readCharsmap(metadata)
    this.#normalize = (text) => normalize(text, { charsmap, kept, addsSpace, mergesSpaces })
  }

  encode(text: string, _first: boolean, ids: number[]): void {
    const bytes = this.#normalize(utf8.encode(text))
    const size = bytes.length
    /** The best way to each place: its sum, the token that ends there and where that starts. */
    const sums = new Float64Array(size + 1).fill(-Number.MAX_VALUE)
    const lasts = new Int32Array(size + 1).fill(this.#unknown)
    const starts = new Int32Array(size + 1)
    sums[0] = 0
    for (let from = 0; from < size; ) {
      const end = Math.min(from + characterLength(bytes[from]!), size)
      const sum = sums[from]!
      let isToken = false
      let node = this.#tokens.child(0, bytes[from]!)
      for (let to = from + 1; node >= 0; to++) {
        const id = this.#tokens.value(node)
        if (id >= 0) {
          if (to === end) isToken = true
          if (sum + this.#scores[id]! > sums[to]!) {
            sums[to] = sum + this.#scores[id]!
            lasts[to] = id
            starts[to] = from
          }
        }
        node = to < size ? this.#tokens.child(node, bytes[to]!) : -1
      }
      if (!isToken && sum + this.#unknownScore > sums[end]!) {
        sums[end] = sum + this.#unknownScore
        lasts[end] = this.#unknown
        starts[end] = from
      }
      from = end
    }
    this.#collect(size, lasts, starts, ids)
  }

  cut(text: string): string[] {
    return text === '' ? [] : [text]
  }

  #collect(size: number, lasts: Int32Array, starts: Int32Array, ids: number[]): void {
    const backwards: number[] = []
    let wasUnknown = false
    for (let at = size; at > 0; at = starts[at]!) {
      const id = lasts[at]!
      const isUnknown = id === this.#unknown
      if (!(wasUnknown && isUnknown)) backwards.push(id)
      wasUnknown = isUnknown
    }
    for (let i = backwards.length - 1; i >= 0; i--) ids.push(backwards[i]!)
  }
}

interface Normalizer {
  readonly charsmap: Charsmap
  /** User-defined tokens, which stay as they are. */
  readonly kept: PrefixTree
  readonly addsSpace: boolean
  readonly mergesSpaces: boolean
}

function normalize(text: Uint8Array, normalizer: Normalizer): Uint8Array {
  const { charsmap, kept, addsSpace, mergesSpaces } = normalizer
  let out = new Uint8Array(2 * text.length + 16)
  let end = 0
  let isInWord = false
  let hasSpace = false
  const push = (byte: number): void => {
    if (end === out.length) {
      const larger = new Uint8Array(2 * end)
      larger.set(out)
      out = larger
    }
    out[end++] = byte
  }
  const startWord = (): void => {
    if (isInWord) return
    isInWord = true
    if (!mergesSpaces && (!addsSpace || hasSpace)) return
    push(SPACE)
    hasSpace = true
  }
  const add = (bytes: Uint8Array, from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!
      if (byte === SPACE) {
        isInWord = false
        if (!mergesSpaces) push(SPACE)
        continue
      }
      startWord()
      push(byte)
    }
  }
  for (let at = 0; at < text.length; ) {
    const length = lengthKept(text, at, kept)
    const replaced = length > 0 ? undefined : charsmap(text, at)
    const taken = replaced?.length ?? (length || characterAt(text, at))
    if (replaced) add(replaced.bytes, 0, replaced.bytes.length)
    else if (taken === 0) add(REPLACEMENT, 0, 3)
    else if (isWrittenSpace(text, at)) {
      // A letter to the rules above, and yet the space of the tokens.
      startWord()
      push(SPACE)
    } else add(text, at, at + taken)
    at += Math.max(taken, 1)
  }
  return out.subarray(0, end)
}

/** How far the text goes along any user-defined token: llama.cpp asks for the beginning of one only, and keeps that. */
function lengthKept(text: Uint8Array, at: number, kept: PrefixTree): number {
  let length = 0
  for (let node = 0; at + length < text.length; length++) {
    node = kept.child(node, text[at + length]!)
    if (node < 0) break
  }
  return length
}

/** Bytes of the character at `at`; 0 inside of one, where half a user-defined token has led. */
function characterAt(text: Uint8Array, at: number): number {
  return (text[at]! & 0xc0) === 0x80 ? 0 : characterLength(text[at]!)
}

function characterLength(first: number): number {
  return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
}

/** U+2581 in the text itself. */
function isWrittenSpace(text: Uint8Array, at: number): boolean {
  return text[at] === 0xe2 && text[at + 1] === 0x96 && text[at + 2] === 0x81
}
