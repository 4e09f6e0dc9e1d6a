/**
 * SentencePiece BPE (`llama`: Llama 2, Mistral, Gemma): characters are joined to tokens, the pair with the best score first,
 * and what is no token in the end becomes byte tokens. As llama.cpp does it (`llm_tokenizer_spm`), with two differences in
 * the doing: text is cut where no token goes across, and control tokens are never made of text.
 */
import { badMetadata, findNumbers, type Metadata } from '../gguf/metadata.ts'
import { type Encoder, type EncoderKind, UnitCache } from './encoder.ts'
import { FEW, joinParts, type Parts } from './join.ts'
import type { TokenTable } from './token-table.ts'
import { typeCode } from './token-types.ts'
import type { Vocabulary } from './vocabulary.ts'

const SPACE = 32
const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true })

export const sentencePiece: EncoderKind = (metadata) => ({
  encoder: (vocabulary, addsSpace) => new SentencePieceEncoder(metadata, vocabulary, addsSpace),
})

class SentencePieceEncoder implements Encoder {
  readonly #vocabulary: Vocabulary
  readonly #addsSpace: boolean
  /** Whether a token has a space after a character that ends in this byte (UTF-8): there text is not cut. */
  readonly #goesOn: Uint8Array
  readonly #parts: CharacterParts
  readonly #cache = new UnitCache()

  /** `addsSpace`: a space is put in front of a text. Throws BadGgufError when the scores do not fit the tokens. */
  constructor(metadata: Metadata, vocabulary: Vocabulary, addsSpace: boolean) {
    this.#vocabulary = vocabulary
    this.#addsSpace = addsSpace
    this.#goesOn = spacesInside(vocabulary)
    this.#parts = new CharacterParts(vocabulary.table, ranksOf(readScores(metadata, vocabulary.size)))
  }

  encode(text: string, first: boolean, ids: number[]): void {
    // U+2581 is how tokens write a space, so it is one.
    const spaced = (this.#addsSpace && first ? ` ${text}` : text).replaceAll('▁', ' ')
    const bytes = utf8.encode(spaced)
    this.#cut(bytes, (from, to) => {
      if (this.#cache.append(bytes, from, to, ids)) return
      const start = ids.length
      this.#encodeUnit(bytes, from, to, ids)
      this.#cache.add(bytes, from, to, ids, start)
    })
  }

  cut(text: string): string[] {
    const bytes = utf8.encode(text)
    const units: string[] = []
    this.#cut(bytes, (from, to) => units.push(fromUtf8.decode(bytes.subarray(from, to))))
    return units
  }

  #cut(text: Uint8Array, unit: (from: number, to: number) => void): void {
    let from = 0
    for (let at = 1; at < text.length; at++) {
      if (text[at] !== SPACE || text[at - 1] === SPACE || this.#goesOn[text[at - 1]!] === 1) continue
      unit(from, at)
      from = at
    }
    if (from < text.length) unit(from, text.length)
  }

  #encodeUnit(bytes: Uint8Array, from: number, to: number, ids: number[]): void {
    const { byteIds, roles } = this.#vocabulary
    const parts = this.#parts
    const count = parts.load(bytes, from, to)
    const next = joinParts(count, parts)
    for (let i = 0; i < count; i = next[i]!) {
      const id = parts.ids[i]!
      if (id >= 0) {
        ids.push(id)
        continue
      }
      for (let at = parts.starts[i]!; at < parts.ends[i]!; at++) {
        const byte = byteIds[bytes[at]!]!
        if (byte >= 0) ids.push(byte)
        else if (roles.unknown !== undefined) ids.push(roles.unknown)
      }
    }
  }
}

/** The UTF-8 characters of a unit, and what they have been joined to. */
class CharacterParts implements Parts {
  starts = new Int32Array(FEW)
  ends = new Int32Array(FEW)
  /** -1 for a character that is no token. */
  ids = new Int32Array(FEW)
  /** The token of each part with the next, as last asked for. */
  #joined = new Int32Array(FEW)
  #bytes: Uint8Array = new Uint8Array(0)
  readonly #table: TokenTable
  readonly #ranks: Uint32Array

  /** `ranks` by id: 0 for the best score, equal for equal scores. */
  constructor(table: TokenTable, ranks: Uint32Array) {
    this.#table = table
    this.#ranks = ranks
  }

  /** Starts a unit; gives the number of its parts. */
  load(bytes: Uint8Array, from: number, to: number): number {
    const room = Math.max(to - from, FEW)
    if (this.ids.length !== room) {
      this.starts = new Int32Array(room)
      this.ends = new Int32Array(room)
      this.ids = new Int32Array(room)
      this.#joined = new Int32Array(room)
    }
    this.#bytes = bytes
    let count = 0
    for (let at = from; at < to; ) {
      const start = at++
      while (at < to && (bytes[at]! & 0xc0) === 0x80) at++
      this.starts[count] = start
      this.ends[count] = at
      this.ids[count++] = this.#table.find(bytes, start, at)
    }
    return count
  }

  rank(left: number, right: number): number {
    const id = this.#table.find(this.#bytes, this.starts[left]!, this.ends[right]!)
    this.#joined[left] = id
    return id < 0 ? -1 : this.#ranks[id]!
  }

  join(left: number, right: number): void {
    this.ids[left] = this.#joined[left]!
    this.ends[left] = this.ends[right]!
  }
}

/** `tokenizer.ggml.scores` [tokens]; zeros when the file gives none. Throws BadGgufError. */
export function readScores(metadata: Metadata, count: number): Float32Array {
  const scores = findNumbers(metadata, 'tokenizer.ggml.scores')
  if (!scores) return new Float32Array(count)
  if (scores.length < count) {
    throw badMetadata(
      metadata,
      'tokenizer.ggml.scores',
      `tokenizer.ggml.scores has ${scores.length} entries for ${count} tokens`,
    )
  }
  return Float32Array.from({ length: count }, (_, id) => scores[id]!)
}

function ranksOf(scores: Float32Array): Uint32Array {
  const ascending = scores.filter((score) => !Number.isNaN(score)).sort()
  const best = ascending.length
  // How many scores are better; what is no number comes last.
  return Uint32Array.from(scores, (score) =>
    Number.isNaN(score) ? best : best - firstAbove(ascending, score),
  )
}

/** Index of the first value that is greater, by halving. */
function firstAbove(ascending: Float32Array, value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! > value) high = middle
    else low = middle + 1
  }
  return low
}

/** [256], 1 for a byte after which a token has a space. */
function spacesInside({ size, types, table }: Vocabulary): Uint8Array {
  const found = new Uint8Array(256)
  for (let id = 0; id < size; id++) {
    if (types[id] === typeCode.control || types[id] === typeCode.unknown) continue
    const bytes = table.bytes(id)
    for (let i = 1; i < bytes.length; i++) {
      if (bytes[i] === SPACE && bytes[i - 1] !== SPACE) found[bytes[i - 1]!] = 1
    }
  }
  return found
}
