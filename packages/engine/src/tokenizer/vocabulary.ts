/**
 * The tokens of a file as its metadata give them: the bytes of each, its type, what it is for. Checked here once; the
 * encoders trust it. The three ways of writing tokens differ: byte-level BPE uses GPT-2's alphabet, SentencePiece (BPE and
 * unigram) UTF-8 with U+2581 for a space and `<0x0A>` for a byte. Here all of them are the bytes they add to a text.
 */
import { UnsupportedError } from '../errors.ts'
import { badMetadata, type Metadata, requireString, requireStrings } from '../gguf/metadata.ts'
import { alphabetToBytes, byteOfUnit } from './byte-alphabet.ts'
import { type RoleDefaults, type Roles, readRoles } from './roles.ts'
import { TokenTable } from './token-table.ts'
import { isSpecial, readTypes, typeCode } from './token-types.ts'

/** As `tokenizer.ggml.model` names them: byte-level BPE, SentencePiece BPE, SentencePiece unigram. */
export const tokenizerModels = ['gpt2', 'llama', 't5'] as const
export type TokenizerModel = (typeof tokenizerModels)[number]

export interface Vocabulary {
  readonly size: number
  /** `typeCode` of each token: names have overruled the file. */
  readonly types: Uint8Array
  readonly roles: Roles
  /** Ids of control, user-defined and unknown tokens by their texts. */
  readonly special: ReadonlyMap<string, number>
  /** The bytes of every token, special ones as their text; it finds those that ordinary text can become. */
  readonly table: TokenTable
  /** The ids of the 256 single bytes; -1 where the vocabulary leaves one out. */
  readonly byteIds: Int32Array
}

const KEY = 'tokenizer.ggml.tokens'

/** Of tokens and of merges: ranks and places share exact integers. */
export const MAX_TOKENS: number = 2 ** 24

/** Throws BadGgufError when the parts do not fit together. */
export function readVocabulary(
  metadata: Metadata,
  model: TokenizerModel,
  defaults: RoleDefaults,
): Vocabulary {
  const tokens = requireStrings(metadata, KEY)
  const size = tokens.length
  if (size === 0 || size > MAX_TOKENS) {
    throw badMetadata(metadata, KEY, `${KEY} has ${size} tokens, not 1 to ${MAX_TOKENS}`)
  }
  const types = readTypes(metadata, size)
  const roles = readRoles(metadata, tokens, types, defaults)
  const special = new Map<string, number>()
  const table = new TokenTable(size)
  const byteIds = new Int32Array(256).fill(-1)
  const add = model === 'gpt2' ? addByteLevel : addSentencePiece
  tokens.forEach((text, id) => {
    const type = types[id]!
    if (isSpecial(type) && !special.has(text)) special.set(text, id)
    const byte = byteOf(text)
    if (byte !== undefined && (model !== 'gpt2' || type === typeCode.byte)) byteIds[byte] = id
    if (byte !== undefined && type === typeCode.byte) {
      table.addBytes(Uint8Array.of(byte))
      return
    }
    if (!add(table, text, type)) return
    const twin = table.index(id)
    if (twin !== undefined)
      throw badMetadata(metadata, KEY, `tokens ${twin} and ${id} are both ${JSON.stringify(text)}`)
  })
  table.seal()
  for (let byte = 0; byte < 256; byte++) {
    if (byteIds[byte] === -1) byteIds[byte] = table.find(Uint8Array.of(byte), 0, 1)
  }
  return { size, types, roles, special, table, byteIds }
}

/** Throws UnsupportedError for a kind of tokenizer this engine does not have. */
export function readTokenizerModel(metadata: Metadata): TokenizerModel {
  const name = requireString(metadata, 'tokenizer.ggml.model')
  const model = tokenizerModels.find((known) => known === name)
  if (model) return model
  throw new UnsupportedError(
    `the tokenizer ${JSON.stringify(name)} is not supported, only gpt2 (byte-level BPE), llama (SentencePiece) and t5 (unigram)`,
  )
}

/** Whether ordinary text can become this token: never a special one. */
function addByteLevel(table: TokenTable, text: string, type: number): boolean {
  if (isSpecial(type)) {
    table.addText(text)
    return false
  }
  if (table.addMapped(text, byteOfUnit) !== undefined) return text !== ''
  // A character outside of the alphabet: no text leads here, but a model may say it.
  table.addBytes(alphabetToBytes(text))
  return false
}

/** As addByteLevel; user-defined tokens too, because runs of spaces often are. A space in the text itself is in no normalised text. */
function addSentencePiece(table: TokenTable, text: string, type: number): boolean {
  if (type === typeCode.control || type === typeCode.unknown) {
    table.addText(text)
    return false
  }
  table.addText(text.replaceAll('▁', ' '))
  return text !== '' && !text.includes(' ')
}

/** The byte that `<0x0A>` stands for. */
function byteOf(text: string): number | undefined {
  return text.length === 6 && /^<0x[0-9A-Fa-f]{2}>$/.test(text)
    ? Number.parseInt(text.slice(3, 5), 16)
    : undefined
}
