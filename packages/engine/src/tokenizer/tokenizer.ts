/**
 * Byte-level BPE from a GGUF file's own metadata: text to token ids and back.
 * Neither adds BOS nor knows chat formats; `addBos` tells what the file asks for. Special tokens are only found in text
 * when asked for. decode(encode(text)) is `text` for every well-formed string, if the vocabulary has all UTF-8 bytes.
 */
import { BadOptionError } from '../errors.ts'
import { findBoolean, findString, type Metadata } from '../gguf/metadata.ts'
import { textToAlphabet } from './byte-alphabet.ts'
import { preTokenizer } from './pre-tokenize.ts'
import { type Piece, specialSplitter } from './special.ts'
import {
  findTokenId,
  isSpecial,
  readVocabulary,
  type TokenType,
  tokenBytes,
  type Vocabulary,
} from './vocabulary.ts'

export interface EncodeOptions {
  /** Whether control and user-defined tokens are looked for in the text; false when not given. */
  readonly special?: boolean
}

/** Turns a stream of token ids into text; never gives half of a UTF-8 character. */
export interface TextStream {
  /** The text that is complete with this token. */
  push(id: number): string
  /** What is left of an unfinished character, as U+FFFD. */
  end(): string
}

/** Units up to this length are remembered: words come again, long ones do not. */
const CACHED_LENGTH = 32
const CACHED_UNITS = 20_000
const utf8 = new TextEncoder()

export class Tokenizer {
  readonly #vocabulary: Vocabulary
  readonly #split: (text: string) => Piece[]
  readonly #cache = new Map<string, readonly number[]>()
  readonly #bytes: (Uint8Array | undefined)[] = []

  /** How many tokens there are; ids are 0..size-1. */
  readonly size: number
  readonly bos: number | undefined
  readonly eos: number | undefined
  /** Tokens after which the model has finished: end of sequence and, where the file has one, end of turn. */
  readonly ends: readonly number[]
  /** Whether the file asks for `bos` in front of a prompt. */
  readonly addBos: boolean
  /** The units that no token crosses; they join to the text. Special tokens are not looked for. */
  readonly preTokenize: (text: string) => string[]

  /** Throws UnsupportedError for another tokenizer or pre-tokenizer, BadGgufError for metadata that do not fit together. */
  constructor(metadata: Metadata) {
    const vocabulary = readVocabulary(metadata)
    this.#vocabulary = vocabulary
    this.#split = specialSplitter(vocabulary.special)
    this.preTokenize = preTokenizer(findString(metadata, 'tokenizer.ggml.pre') ?? 'default')
    this.size = vocabulary.written.length
    this.bos = findTokenId(metadata, 'tokenizer.ggml.bos_token_id', vocabulary)
    this.eos = findTokenId(metadata, 'tokenizer.ggml.eos_token_id', vocabulary)
    const eot = findTokenId(metadata, 'tokenizer.ggml.eot_token_id', vocabulary)
    this.ends = [...new Set([this.eos, eot])].filter((id) => id !== undefined)
    this.addBos = this.bos !== undefined && (findBoolean(metadata, 'tokenizer.ggml.add_bos_token') ?? false)
  }

  /** The ids of `text`. Half surrogate pairs become U+FFFD; bytes the vocabulary lacks are left out, as in llama.cpp. */
  encode(text: string, options: EncodeOptions = {}): number[] {
    const ids: number[] = []
    for (const piece of options.special ? this.#split(text) : [{ text }]) {
      if ('id' in piece) ids.push(piece.id)
      else
        for (const unit of this.preTokenize(piece.text)) for (const id of this.#encodeUnit(unit)) ids.push(id)
    }
    return ids
  }

  /** The text of `ids`; control tokens give nothing, bytes that are not UTF-8 give U+FFFD. */
  decode(ids: readonly number[]): string {
    const stream = this.stream()
    let text = ''
    for (const id of ids) text += stream.push(id)
    return text + stream.end()
  }

  stream(): TextStream {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    return {
      push: (id) => decoder.decode(this.bytesOf(id), { stream: true }),
      end: () => decoder.decode(),
    }
  }

  /** What token `id` adds to decoded text, as bytes; empty for control tokens. Do not change it. */
  bytesOf(id: number): Uint8Array {
    const type = this.typeOf(id)
    return (this.#bytes[id] ??= tokenBytes(this.#vocabulary.written[id]!, type))
  }

  /** A token's text for people and for `idOf`: that of a control token too; half characters show as U+FFFD. */
  textOf(id: number): string {
    const type = this.typeOf(id)
    if (type !== 'normal' && type !== 'byte') return this.#vocabulary.written[id]!
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.bytesOf(id))
  }

  /** The token that is exactly `text`, special ones first; undefined when there is none. */
  idOf(text: string): number | undefined {
    return this.#vocabulary.special.get(text) ?? this.#vocabulary.ordinary.get(textToAlphabet(text))
  }

  /** Throws BadOptionError for an id out of range. */
  typeOf(id: number): TokenType {
    const type = this.#vocabulary.types[id]
    if (!type) throw new BadOptionError(`token ${id} is out of range: the vocabulary has ${this.size}`)
    return type
  }

  /** Whether `id` is a control or user-defined token. */
  isSpecial(id: number): boolean {
    return isSpecial(this.typeOf(id))
  }

  #encodeUnit(unit: string): readonly number[] {
    const known = this.#cache.get(unit)
    if (known) return known
    const bytes: number[] = []
    for (const byte of utf8.encode(unit)) {
      const id = this.#vocabulary.byteIds[byte]
      if (id !== undefined) bytes.push(id)
    }
    const ids = this.#vocabulary.merges.apply(bytes)
    if (unit.length <= CACHED_LENGTH) {
      if (this.#cache.size >= CACHED_UNITS) this.#cache.clear()
      this.#cache.set(unit, ids)
    }
    return ids
  }
}
