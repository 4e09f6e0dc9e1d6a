/**
 * Small vocabularies of each kind, the same every time: for tests, and for llama.cpp to judge (bench/tokenizer/golden.ts).
 * They have what makes tokenizers differ: control and user-defined tokens that overlap, runs of white space, bytes, equal
 * scores, characters that are no token.
 */
import type { MetadataValue } from '../../gguf/metadata.ts'
import { byteToChar, textToAlphabet } from '../byte-alphabet.ts'
import { typeCode } from '../token-types.ts'
import { xcda } from './charsmap-writer.ts'

type Typed = readonly [text: string, type: number, score?: number]

const words = [
  'the',
  'hello',
  'Hello',
  ' the',
  ' hello',
  ' world',
  'ing',
  'é',
  ' né',
  '中文',
  '😀',
  '12',
  '123',
  ' 1',
  '00',
  "'s",
  "'re",
  "'LL",
  '    ',
  '\n\n',
  '\r\n',
  '\t\t',
  '...',
  '!!',
  ' (',
  '",',
]

const special: readonly Typed[] = [
  ['<unk>', typeCode.unknown],
  ['<s>', typeCode.control],
  ['</s>', typeCode.control],
  ['<|im_start|>', typeCode.control],
  ['<|im_end|>', typeCode.control],
  ['<|eot_id|>', typeCode.normal],
  ['<tag>', typeCode.user],
  ['<tag>>', typeCode.user],
  ['g>>>x', typeCode.user],
  ['\n\n\n', typeCode.user],
  ['  \n', typeCode.user],
  ['é中', typeCode.user],
]

/** Byte-level BPE: the words above by merges from the left. */
export function tinyByteLevel(pre: string): Map<string, MetadataValue> {
  const bytes = Array.from({ length: 256 }, (_, byte): Typed => [byteToChar(byte), typeCode.normal])
  const merges = new Set<string>()
  const joined = new Set<string>()
  for (const word of words) {
    const letters = textToAlphabet(word)
    for (let end = 2; end <= letters.length; end++) {
      merges.add(`${letters.slice(0, end - 1)} ${letters[end - 1]}`)
      joined.add(letters.slice(0, end))
    }
  }
  // A token that no merge leads to: only what ignores merges finds it.
  const whole: Typed = [textToAlphabet('xyzzy'), typeCode.normal]
  const tokens = [...special, ...bytes, whole, ...[...joined].map((text): Typed => [text, typeCode.normal])]
  return metadata('gpt2', tokens, [
    ['tokenizer.ggml.pre', { type: 'string', value: pre }],
    ['tokenizer.ggml.merges', { type: 'array', of: 'string', value: [...merges] }],
    ['tokenizer.ggml.bos_token_id', { type: 'uint32', value: 1 }],
    ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: 2 }],
  ])
}

const pieces = [
  '▁',
  'a',
  'b',
  'c',
  'd',
  'e',
  'h',
  'l',
  'o',
  't',
  'w',
  'r',
  '1',
  '2',
  '.',
  '中',
  '▁▁',
  '▁▁▁▁',
  '\n',
]
const longer = [
  'he',
  'll',
  'lo',
  'llo',
  'el',
  'hello',
  '▁h',
  '▁t',
  '▁th',
  'th',
  '▁the',
  '▁hello',
  'wor',
  'ld',
  '▁w',
]

/** SentencePiece BPE with byte tokens. */
export function tinySentencePiece(addsSpace: boolean): Map<string, MetadataValue> {
  const bytes = Array.from({ length: 256 }, (_, byte): Typed => {
    return [`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, typeCode.byte]
  })
  const tokens: Typed[] = [
    ...special.slice(0, 3),
    ...bytes,
    ...special.slice(3),
    ...pieces.map((text): Typed => [text, typeCode.normal, -100]),
    // Every third has the score of the one before.
    ...longer.map((text, i): Typed => [text, typeCode.normal, -(i - (i % 3 === 2 ? 1 : 0))]),
    ['▁wor', typeCode.normal, -2],
    ['▁▁▁', typeCode.user, 0],
  ]
  return metadata('llama', tokens, [
    ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: addsSpace }],
    ['tokenizer.ggml.bos_token_id', { type: 'uint32', value: 1 }],
    ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: 2 }],
    ['tokenizer.ggml.add_eos_token', { type: 'bool', value: addsSpace }],
  ])
}

/** Unigram, with rules that make ligatures two letters, "…" three dots and a soft hyphen nothing. */
export function tinyUnigram(mergesSpaces: boolean): Map<string, MetadataValue> {
  const tokens: Typed[] = [
    ...special.slice(0, 9),
    ...pieces.map((text, i): Typed => [text, typeCode.normal, -4 - i / 8]),
    ...longer.map((text, i): Typed => [text, typeCode.normal, -3.5 - i / 4]),
    ['[PAD]', typeCode.unused, -1000],
    ['fi', typeCode.normal, -6.25],
    ['..', typeCode.normal, -5],
  ]
  const value = xcda([
    ['ﬁ', 'fi'],
    ['ﬂ', 'fl'],
    ['…', '...'],
    ['\u00ad', ''],
    ['\t', ' '],
    ['\u00a0', ' '],
    ['e\u0301', 'é'],
    ['Ａ', 'a'],
  ])
  return metadata('t5', tokens, [
    ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: true }],
    ['tokenizer.ggml.remove_extra_whitespaces', { type: 'bool', value: mergesSpaces }],
    ['tokenizer.ggml.unknown_token_id', { type: 'uint32', value: 0 }],
    ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: 2 }],
    ['tokenizer.ggml.precompiled_charsmap', { type: 'array', of: 'uint8', value }],
  ])
}

/** Those of golden.json, by name. */
export function goldenVocabularies(): ReadonlyMap<string, Map<string, MetadataValue>> {
  return new Map([
    ...['gpt-2', 'smollm', 'llama-bpe', 'dbrx', 'qwen2', 'qwen35', 'falcon', 'default'].map(
      (pre) => [pre, tinyByteLevel(pre)] as const,
    ),
    ['SentencePiece', tinySentencePiece(true)],
    ['SentencePiece, no space in front', tinySentencePiece(false)],
    ['unigram', tinyUnigram(true)],
    ['unigram, spaces kept', tinyUnigram(false)],
  ])
}

function metadata(
  model: string,
  tokens: readonly Typed[],
  more: readonly (readonly [string, MetadataValue])[],
): Map<string, MetadataValue> {
  const value = Float32Array.from(tokens, ([, , score]) => score ?? 0)
  return new Map<string, MetadataValue>([
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['tokenizer.ggml.model', { type: 'string', value: model }],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', value: tokens.map(([text]) => text) }],
    [
      'tokenizer.ggml.token_type',
      { type: 'array', of: 'int32', value: Int32Array.from(tokens, ([, type]) => type) },
    ],
    ...(model === 'gpt2'
      ? []
      : [['tokenizer.ggml.scores', { type: 'array', of: 'float32', value }] as const]),
    ...more,
  ])
}
