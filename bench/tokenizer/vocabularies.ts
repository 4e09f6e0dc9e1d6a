/** The vocabularies that llama.cpp and the tokenizers are compared on. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  findNumbers,
  findStrings,
  type Metadata,
  type MetadataValue,
} from '../../packages/engine/src/gguf/metadata.ts'

/** Paths of the GGUF files in ../../shared/vocab; none where there is no such folder. */
export function sharedVocabularies(): string[] {
  const shared = fileURLToPath(new URL('../../../shared/vocab/', import.meta.url))
  if (!existsSync(shared)) return []
  return readdirSync(shared)
    .filter((name) => name.endsWith('.gguf'))
    .map((name) => join(shared, name))
}

/**
 * Gemma 4's tokens as Gemma 3 has them: SentencePiece with scores that fall with the id, and then with the runs of white
 * space and the tags of HTML as user-defined tokens, written as the converter writes them.
 */
export function asSentencePiece(metadata: Metadata): [string, Metadata][] {
  const tokens = findStrings(metadata, 'tokenizer.ggml.tokens')!
  const types = Int32Array.from(findNumbers(metadata, 'tokenizer.ggml.token_type')!)
  const scores = Float32Array.from(tokens, (_, id) => (types[id] === 1 ? -id : 0))
  const plain = new Map<string, MetadataValue>([
    ...metadata,
    ['tokenizer.ggml.model', { type: 'string', value: 'llama' }],
    ['tokenizer.ggml.scores', { type: 'array', of: 'float32', value: scores }],
  ])
  plain.delete('tokenizer.ggml.merges')
  const isOwn = (text: string, id: number): boolean =>
    types[id] === 1 && /^(▁{2,}|\n+|\t+|<\/?\w+>)$/.test(text)
  const value = Int32Array.from(tokens, (text, id) => (isOwn(text, id) ? 4 : types[id]!))
  const spaced = tokens.map((text, id) => (isOwn(text, id) ? text.replaceAll('▁', ' ') : text))
  const own = new Map<string, MetadataValue>([
    ...plain,
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', value: spaced }],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'int32', value }],
  ])
  return [
    ['as SentencePiece', plain],
    ['as SentencePiece, user-defined tokens', own],
  ]
}
