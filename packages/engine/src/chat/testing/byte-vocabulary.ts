/**
 * The metadata of a byte-level vocabulary for tests of chats: given control and user-defined tokens, the 256 bytes, and no
 * merges, so that every ordinary token is one byte and what a test expects can be written down.
 */
import type { Metadata, MetadataValue } from '../../gguf/metadata.ts'
import { byteToChar } from '../../tokenizer/byte-alphabet.ts'
import { Tokenizer } from '../../tokenizer/tokenizer.ts'
import type { ChatModel } from '../chat-template.ts'

export interface ByteVocabulary {
  readonly control?: readonly string[]
  readonly user?: readonly string[]
  /** Texts of tokens among `control`. */
  readonly bos?: string
  readonly eos?: string
  readonly addBos?: boolean
  /** More metadata: templates. */
  readonly metadata?: Readonly<Record<string, string>>
}

export async function byteModel(options: ByteVocabulary = {}): Promise<ChatModel> {
  const metadata = byteVocabulary(options)
  return { metadata, tokenizer: await Tokenizer.open(metadata) }
}

export function byteVocabulary(options: ByteVocabulary = {}): Metadata {
  const { control = [], user = [], bos, eos, addBos = false } = options
  const bytes = Array.from({ length: 256 }, (_, byte) => byteToChar(byte))
  const tokens = [...control, ...user, ...bytes]
  const types = tokens.map((_, id) => (id < control.length ? 3 : id < control.length + user.length ? 4 : 1))
  const id = (key: string, text: string | undefined): [string, MetadataValue][] =>
    text === undefined
      ? []
      : [[`tokenizer.ggml.${key}_token_id`, { type: 'uint32', value: control.indexOf(text) }]]
  return new Map<string, MetadataValue>([
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: 'gpt-2' }],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', value: tokens }],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'int32', value: Int32Array.from(types) }],
    ['tokenizer.ggml.merges', { type: 'array', of: 'string', value: [] }],
    ...id('bos', bos),
    ...id('eos', eos),
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: addBos }],
    ...Object.entries(options.metadata ?? {}).map(([key, value]): [string, MetadataValue] => [
      key,
      { type: 'string', value },
    ]),
  ])
}

/** Token ids for people: control tokens as `«text»`, the rest as text. */
export function shown({ tokenizer }: ChatModel, ids: readonly number[]): string {
  return ids
    .map((id) =>
      tokenizer.typeOf(id) === 'control'
        ? `«${tokenizer.textOf(id)}»`
        : String.fromCharCode(...tokenizer.bytesOf(id)),
    )
    .join('')
}
