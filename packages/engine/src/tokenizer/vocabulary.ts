/**
 * The tokens of a byte-level BPE vocabulary as the file's metadata gives them: text, bytes, type and id of each,
 * and its merges. Checked here once; the tokenizer trusts it.
 */
import { BadGgufError, UnsupportedError } from '../errors.ts'
import { findNumber, findNumbers, type Metadata, requireString, requireStrings } from '../gguf/metadata.ts'
import { alphabetToBytes, byteToChar } from './byte-alphabet.ts'
import { Merges } from './merges.ts'

/** As GGUF numbers them from 1 (`llama_token_type`). Control tokens steer the model and are not part of decoded text. */
export const tokenTypes = ['normal', 'unknown', 'control', 'user', 'unused', 'byte'] as const
export type TokenType = (typeof tokenTypes)[number]

export interface Vocabulary {
  /** Each token's text as the file has it: ordinary ones in GPT-2's byte alphabet, special ones as they are. */
  readonly written: readonly string[]
  readonly types: readonly TokenType[]
  /** Ids of ordinary tokens by their written text. */
  readonly ordinary: ReadonlyMap<string, number>
  /** Ids of control and user-defined tokens by their text. */
  readonly special: ReadonlyMap<string, number>
  /** The ids of the 256 single bytes; undefined where the vocabulary leaves one out (no UTF-8 text has all of them). */
  readonly byteIds: readonly (number | undefined)[]
  readonly merges: Merges
}

/** Of tokens and of merges: `Merges` packs ids and ranks into exact integers. */
const MAX_TOKENS = 2 ** 24
const utf8 = new TextEncoder()

/** Throws UnsupportedError for another kind of tokenizer, BadGgufError when the parts do not fit together. */
export function readVocabulary(metadata: Metadata): Vocabulary {
  const model = requireString(metadata, 'tokenizer.ggml.model')
  if (model !== 'gpt2') {
    throw new UnsupportedError(
      `the tokenizer ${JSON.stringify(model)} is not supported, only gpt2 (byte-level BPE)`,
    )
  }
  const written = requireStrings(metadata, 'tokenizer.ggml.tokens')
  if (written.length === 0 || written.length > MAX_TOKENS) {
    throw new BadGgufError(`tokenizer.ggml.tokens has ${written.length} tokens, not 1 to ${MAX_TOKENS}`)
  }
  const types = readTypes(metadata, written.length)
  const ordinary = new Map<string, number>()
  const special = new Map<string, number>()
  written.forEach((text, id) => {
    const map = isSpecial(types[id]!) ? special : ordinary
    if (!map.has(text)) map.set(text, id)
  })
  const byteIds = Array.from({ length: 256 }, (_, byte) => ordinary.get(byteToChar(byte)))
  return { written, types, ordinary, special, byteIds, merges: readMerges(metadata, ordinary, special) }
}

/** Whether a token of this type stands outside of text: it is only found when special tokens are asked for. */
export function isSpecial(type: TokenType): boolean {
  return type === 'control' || type === 'user'
}

/** The bytes a token adds to decoded text: none for control, unknown and unused ones. */
export function tokenBytes(written: string, type: TokenType): Uint8Array {
  if (type === 'normal' || type === 'byte') return alphabetToBytes(written)
  return type === 'user' ? utf8.encode(written) : new Uint8Array(0)
}

/** A token id from the metadata, checked against the vocabulary. Throws BadGgufError. */
export function findTokenId(metadata: Metadata, key: string, vocabulary: Vocabulary): number | undefined {
  const id = findNumber(metadata, key)
  if (id === undefined || (Number.isInteger(id) && id >= 0 && id < vocabulary.written.length)) return id
  throw new BadGgufError(`${key} is ${id}, but the vocabulary has ${vocabulary.written.length} tokens`)
}

function readTypes(metadata: Metadata, count: number): TokenType[] {
  const numbers = findNumbers(metadata, 'tokenizer.ggml.token_type')
  if (!numbers) return new Array<TokenType>(count).fill('normal')
  if (numbers.length !== count) {
    throw new BadGgufError(`tokenizer.ggml.token_type has ${numbers.length} entries for ${count} tokens`)
  }
  return Array.from(numbers, (number, id) => {
    const type = tokenTypes[number - 1]
    if (!type) throw new BadGgufError(`token ${id} has the unknown type ${number}`)
    return type
  })
}

function readMerges(
  metadata: Metadata,
  ordinary: ReadonlyMap<string, number>,
  special: ReadonlyMap<string, number>,
): Merges {
  const merges = new Merges()
  const written = requireStrings(metadata, 'tokenizer.ggml.merges')
  if (written.length > MAX_TOKENS) {
    throw new BadGgufError(`tokenizer.ggml.merges has ${written.length} merges, not 0 to ${MAX_TOKENS}`)
  }
  written.forEach((merge, rank) => {
    const gap = merge.indexOf(' ', 1)
    const [left, right] = [merge.slice(0, gap), merge.slice(gap + 1)]
    const ids = [left, right, left + right].map((text) => {
      const id = ordinary.get(text)
      if (gap < 0 || (id === undefined && !special.has(text))) {
        throw new BadGgufError(
          `merge ${rank} ${JSON.stringify(merge)} is not a pair of tokens that makes a token`,
        )
      }
      return id
    })
    // A merge that would make a special token out of ordinary text never applies.
    if (ids.every((id) => id !== undefined)) merges.add(ids[0]!, ids[1]!, ids[2]!)
  })
  return merges
}
