/**
 * A GGUF vocabulary as the tokenizer.json that @huggingface/tokenizers reads, as far as the formats meet: byte-level BPE of
 * four pre-tokenizers, and SentencePiece BPE with merges made from its scores, as Hugging Face's own converter makes them.
 */
import {
  findBoolean,
  findNumbers,
  findString,
  findStrings,
  type Metadata,
} from '../../packages/engine/src/gguf/metadata.ts'

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }

/** What stands before the byte alphabet. The expressions are those of the models' own tokenizer.json. */
const preTokenizers: Record<string, object[]> = {
  'gpt-2': [byteLevel],
  smollm: [{ type: 'Digits', individual_digits: true }, byteLevel],
  'llama-bpe': split('\\p{N}{1,3}'),
  qwen2: split('\\p{N}'),
}

function split(digits: string): object[] {
  const Regex =
    `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}` +
    `| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`
  return [
    { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false },
    { ...byteLevel, use_regex: false },
  ]
}

/** Undefined for a vocabulary that it is not written for. */
export function huggingFaceJson(metadata: Metadata): object | undefined {
  const model = findString(metadata, 'tokenizer.ggml.model')
  const tokens = findStrings(metadata, 'tokenizer.ggml.tokens')!
  const types = findNumbers(metadata, 'tokenizer.ggml.token_type')!
  const pretokenizers = preTokenizers[findString(metadata, 'tokenizer.ggml.pre') ?? 'default']
  const vocab = Object.fromEntries(tokens.map((text, id) => [text, id]))
  // Only user-defined ones: control tokens are not looked for when nobody asks.
  const added_tokens = tokens.flatMap((content, id) => {
    return types[id] === 4
      ? [{ id, content, special: false, single_word: false, lstrip: false, rstrip: false, normalized: false }]
      : []
  })
  const shared = { version: '1.0', truncation: null, padding: null, added_tokens, post_processor: null }
  const bpe = { type: 'BPE', dropout: null, continuing_subword_prefix: null, end_of_word_suffix: null, vocab }
  if (model === 'gpt2' && pretokenizers) {
    return {
      ...shared,
      normalizer: null,
      pre_tokenizer: { type: 'Sequence', pretokenizers },
      decoder: byteLevel,
      model: {
        ...bpe,
        unk_token: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: findString(metadata, 'tokenizer.ggml.pre') === 'llama-bpe',
        merges: findStrings(metadata, 'tokenizer.ggml.merges'),
      },
    }
  }
  if (model !== 'llama') return undefined
  const addsSpace = findBoolean(metadata, 'tokenizer.ggml.add_space_prefix') ?? true
  const normalizers = [
    ...(addsSpace ? [{ type: 'Prepend', prepend: '▁' }] : []),
    { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
  ]
  return {
    ...shared,
    normalizer: { type: 'Sequence', normalizers },
    pre_tokenizer: null,
    decoder: { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, { type: 'Fuse' }] },
    model: {
      ...bpe,
      unk_token: '<unk>',
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      merges: mergesByScore(tokens, vocab, findNumbers(metadata, 'tokenizer.ggml.scores')!),
    },
  }
}

function mergesByScore(
  tokens: readonly string[],
  vocab: Readonly<Record<string, number>>,
  scores: ArrayLike<number>,
): [string, string][] {
  const merges: { pair: [string, string]; score: number }[] = []
  tokens.forEach((text, id) => {
    const characters = [...text]
    for (let i = 1; i < characters.length; i++) {
      const pair: [string, string] = [characters.slice(0, i).join(''), characters.slice(i).join('')]
      if (pair.every((part) => Object.hasOwn(vocab, part))) merges.push({ pair, score: scores[id]! })
    }
  })
  return merges.sort((a, b) => b.score - a.score).map(({ pair }) => pair)
}
