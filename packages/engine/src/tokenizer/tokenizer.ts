/**
 * The tokenizer of a GGUF file, from its own metadata: text to token ids and back, with llama.cpp's ids on every text.
 * Byte-level BPE, SentencePiece BPE and unigram; knows no chat formats. decode(encode(text)) is `text` for every
 * well-formed string, if the vocabulary has all bytes; SentencePiece makes U+2581 a space, unigram normalises.
 */
import { BadOptionError } from '../errors.ts'
import { findBoolean, type Metadata } from '../gguf/metadata.ts'
import type { Encoder, EncoderKind } from './encoder.ts'
import type { RoleDefaults } from './roles.ts'
import { type Piece, specialSplitter } from './special.ts'
import { type TokenType, tokenTypes, typeCode } from './token-types.ts'
import { readTokenizerModel, readVocabulary, type TokenizerModel, type Vocabulary } from './vocabulary.ts'

export interface EncodeOptions {
  /** Whether control tokens are looked for in the text; false when not given. User-defined tokens always are, see `literal`. */
  readonly special?: boolean
  /** Whether the text is only text: not even user-defined tokens are looked for, which llama.cpp always finds. */
  readonly literal?: boolean
  /** Whether the text goes on where another one ended: then no space is put in front of it, where a vocabulary would. */
  readonly continues?: boolean
}

/** Turns a stream of token ids into text; never gives half of a UTF-8 character. */
export interface TextStream {
  /** The text that is complete with this token. */
  push(id: number): string
  /** What is left of an unfinished character, as U+FFFD. */
  end(): string
}

/** What holds when the file says nothing. Byte-level BPE has no ids of its own: llama.cpp's 11 is Falcon's. */
const defaults: Record<TokenizerModel, RoleDefaults> = {
  gpt2: { addsBos: false, addsEos: false },
  llama: { bos: 1, eos: 2, unknown: 0, addsBos: true, addsEos: false },
  t5: { eos: 1, unknown: 2, addsBos: false, addsEos: true },
}

const kinds: Record<TokenizerModel, () => Promise<EncoderKind>> = {
  gpt2: async () => (await import('./byte-pair.ts')).bytePair,
  llama: async () => (await import('./sentencepiece.ts')).sentencePiece,
  t5: async () => (await import('./unigram.ts')).unigram,
}

const SPACE = 32
const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const NOTHING = new Uint8Array(0)

export class Tokenizer {
  readonly #vocabulary: Vocabulary
  readonly #encoder: Encoder
  readonly #addsSpace: boolean
  readonly #splitUser: (text: string) => Piece[]
  readonly #splitAll: (text: string) => Piece[]

  /** How many tokens there are; ids are 0..size-1. */
  readonly size: number
  readonly bos: number | undefined
  readonly eos: number | undefined
  /** Tokens after which the model has finished, `eos` first: by the file's ids and by llama.cpp's list of names. */
  readonly ends: readonly number[]
  /** Whether the file, or the kind of tokenizer, asks for `bos` in front of a prompt. */
  readonly addBos: boolean
  /** Whether `eos` is asked for behind it: by encoder models. */
  readonly addEos: boolean
  /** The units that no token crosses; they join to the text. Special tokens are not looked for. */
  readonly preTokenize: (text: string) => string[]

  /**
   * Loads the code for the file's kind of tokenizer, too: a page fetches one of three. Throws UnsupportedError for another
   * tokenizer or pre-tokenizer, BadGgufError for metadata that do not fit together.
   */
  static async open(metadata: Metadata): Promise<Tokenizer> {
    const model = readTokenizerModel(metadata)
    return new Tokenizer(metadata, model, await kinds[model]())
  }

  private constructor(metadata: Metadata, model: TokenizerModel, kind: EncoderKind) {
    const opened = kind(metadata)
    const asked = defaults[model]
    const addsBos = opened.addsBos ?? asked.addsBos
    const vocabulary = readVocabulary(metadata, model, { ...asked, addsBos })
    const { roles, size } = vocabulary
    this.#vocabulary = vocabulary
    this.#addsSpace =
      model !== 'gpt2' && (findBoolean(metadata, 'tokenizer.ggml.add_space_prefix') ?? model === 'llama')
    this.#encoder = opened.encoder(vocabulary, this.#addsSpace)
    this.preTokenize = (text) => this.#encoder.cut(text)
    const special = [...vocabulary.special].map(([text, id]) => ({
      id,
      text,
      stripsLeft: roles.stripsLeft.has(id),
      stripsRight: roles.stripsRight.has(id),
    }))
    this.#splitAll = specialSplitter(special)
    this.#splitUser = specialSplitter(special.filter(({ id }) => vocabulary.types[id] === typeCode.user))
    this.size = size
    this.bos = roles.bos
    this.eos = roles.eos
    this.ends = roles.ends
    this.addBos = roles.addsBos
    this.addEos = roles.addsEos
  }

  /**
   * The ids of `text`, without BOS and EOS. Half surrogate pairs become U+FFFD; bytes the vocabulary lacks are left out, as
   * in llama.cpp, or unknown tokens.
   */
  encode(text: string, options: EncodeOptions = {}): number[] {
    const ids: number[] = []
    const wellFormed = text.toWellFormed()
    const pieces = options.literal
      ? [wellFormed]
      : options.special
        ? this.#splitAll(wellFormed)
        : this.#splitUser(wellFormed)
    let first = !options.continues
    for (const piece of pieces) {
      if (typeof piece === 'number') ids.push(piece)
      else if (piece !== '') this.#encoder.encode(piece, first, ids)
      first = typeof piece === 'number'
    }
    return ids
  }

  /**
   * The ids of a whole prompt: control tokens are read unless `special` is false, and the BOS and EOS that the file asks for
   * stand around it. A BOS or EOS that the text brings itself, as chat templates do, is not doubled.
   */
  encodePrompt(text: string, { special = true, literal = false }: EncodeOptions = {}): number[] {
    const ids = this.encode(text, { special, literal })
    if (this.addBos && ids[0] !== this.bos) ids.unshift(this.bos!)
    if (this.addEos && ids.at(-1) !== this.eos) ids.push(this.eos!)
    return ids
  }

  /**
   * The whole text of `ids`; control tokens give nothing, bytes that are not UTF-8 give U+FFFD. Where the vocabulary puts a
   * space in front of a text, one space at the start of the first token is left out, as llama.cpp does it.
   */
  decode(ids: readonly number[]): string {
    const pieces = ids.map((id) => this.bytesOf(id))
    if (this.#addsSpace && pieces[0]?.[0] === SPACE) pieces[0] = pieces[0].subarray(1)
    const bytes = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0))
    let at = 0
    for (const piece of pieces) {
      bytes.set(piece, at)
      at += piece.length
    }
    return fromUtf8.decode(bytes)
  }

  /** For text that goes on, as an answer does after its prompt: a space at the start is kept. */
  stream(): TextStream {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    return {
      push: (id) => decoder.decode(this.bytesOf(id), { stream: true }),
      end: () => decoder.decode(),
    }
  }

  /** What token `id` adds to decoded text, as bytes; empty for control, unknown and unused tokens. Do not change it. */
  bytesOf(id: number): Uint8Array {
    const type = this.#typeCode(id)
    const isText = type === typeCode.normal || type === typeCode.user || type === typeCode.byte
    return isText ? this.#vocabulary.table.bytes(id) : NOTHING
  }

  /** A token's text for people and for `idOf`: that of a control token too; half characters show as U+FFFD. */
  textOf(id: number): string {
    this.#typeCode(id)
    return fromUtf8.decode(this.#vocabulary.table.bytes(id))
  }

  /** The token that is exactly `text`, special ones first; undefined when there is none. */
  idOf(text: string): number | undefined {
    const { byteIds, special, table } = this.#vocabulary
    const bytes = utf8.encode(text)
    const ordinary = table.find(bytes, 0, bytes.length)
    if (special.has(text)) return special.get(text)
    if (ordinary >= 0) return ordinary
    return bytes.length === 1 && byteIds[bytes[0]!]! >= 0 ? byteIds[bytes[0]!] : undefined
  }

  /** Throws BadOptionError for an id out of range. */
  typeOf(id: number): TokenType {
    return tokenTypes[this.#typeCode(id) - 1]!
  }

  /** Whether `id` is a control or user-defined token. */
  isSpecial(id: number): boolean {
    const type = this.#typeCode(id)
    return type === typeCode.control || type === typeCode.user
  }

  #typeCode(id: number): number {
    const type = this.#vocabulary.types[id]
    if (!type) throw new BadOptionError(`token ${id} is out of range: the vocabulary has ${this.size}`)
    return type
  }
}
