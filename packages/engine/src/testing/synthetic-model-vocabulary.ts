/**
 * Small vocabularies that are built like the families' real ones: byte-level BPE with merges, and SentencePiece with
 * scores and byte tokens. The pieces are invented: two older pieces joined, over and over, within what a pre-tokenizer
 * keeps together. Special tokens have the names and the kinds that the families give them.
 */
import type { MetadataValue } from '../gguf/metadata.ts'
import { byteToChar, textToAlphabet } from '../tokenizer/byte-alphabet.ts'
import type { Family } from './synthetic-model-families.ts'
import { keyOf, uniform } from './synthetic-model-noise.ts'

export interface SyntheticVocabulary {
  readonly metadata: readonly [string, MetadataValue][]
  /** Ids from `firstSpoken` up to `lastSpoken` are whole pieces of text: what a model may say. */
  readonly firstSpoken: number
  readonly lastSpoken: number
}

const NORMAL = 1
const UNKNOWN = 2
const CONTROL = 3
const USER = 4
const BYTE = 6

const specials = {
  smollm: ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<repo_name>', '<file_sep>'],
  'llama-bpe': [
    '<|begin_of_text|>',
    '<|end_of_text|>',
    '<|start_header_id|>',
    '<|end_header_id|>',
    '<|eot_id|>',
  ],
  qwen2: ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<think>', '</think>'],
} as const

/** Letters by how often a language uses them, twice a space, then what else texts are made of. */
const letters = [
  'e',
  't',
  'a',
  'o',
  'i',
  'n',
  's',
  'h',
  'r',
  'd',
  'l',
  'u',
  'c',
  'm',
  'w',
  'f',
  'g',
  'y',
  'p',
  'b',
]
const others = ['é', 'ü', '你', '好', 'д', 'а']

/** `size` tokens; the byte tokens and the specials count. */
export function syntheticVocabulary(family: Family, size: number, seed: number): SyntheticVocabulary {
  return family.tokenizer === 'sentencepiece'
    ? sentencePiece(size, seed)
    : byteLevel(family.tokenizer, size, seed)
}

function byteLevel(pre: keyof typeof specials, size: number, seed: number): SyntheticVocabulary {
  const names: readonly string[] = specials[pre]
  const bytes = Array.from({ length: 256 }, (_, byte) => byteToChar(byte))
  const known = [...letters, ' ', ...'0123456789.,-()'].map(textToAlphabet)
  const { pieces, merges } = join(known, others.map(textToAlphabet), 'Ġ', size - 256 - names.length, seed)
  // SmolLM2 has its special tokens in front, the others behind all text.
  const isFirst = pre === 'smollm'
  const ordinary = [...bytes, ...pieces]
  const tokens = isFirst ? [...names, ...ordinary] : [...ordinary, ...names]
  const types = Int32Array.from(tokens, (token) => {
    if (!names.includes(token)) return NORMAL
    return token.includes('think') ? USER : CONTROL
  })
  const id = (token: string | undefined): MetadataValue => ({ type: 'uint32', value: tokens.indexOf(token!) })
  const [begin, end] =
    pre === 'llama-bpe'
      ? [names[0], names[4]]
      : pre === 'smollm'
        ? [names[1], names[2]]
        : [names[0], names[2]]
  const firstSpoken = (isFirst ? names.length : 0) + 256
  return {
    metadata: [
      ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
      ['tokenizer.ggml.pre', { type: 'string', value: pre }],
      ['tokenizer.ggml.tokens', { type: 'array', of: 'string', value: tokens }],
      ['tokenizer.ggml.token_type', { type: 'array', of: 'int32', value: types }],
      ['tokenizer.ggml.merges', { type: 'array', of: 'string', value: merges }],
      ['tokenizer.ggml.bos_token_id', id(begin)],
      ['tokenizer.ggml.eos_token_id', id(end)],
      ['tokenizer.ggml.padding_token_id', id(pre === 'llama-bpe' ? names[1] : names[0])],
      ['tokenizer.ggml.add_bos_token', { type: 'bool', value: pre === 'llama-bpe' }],
    ],
    firstSpoken,
    lastSpoken: firstSpoken + pieces.length - 1,
  }
}

function sentencePiece(size: number, seed: number): SyntheticVocabulary {
  const names = ['<pad>', '<eos>', '<bos>', '<unk>', '<start_of_turn>', '<end_of_turn>']
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  )
  const single = [...letters, '▁', '\n', ...'0123456789.,-()', ...others]
  const fixed = names.length + bytes.length + single.length
  const { pieces } = join(letters, [], '▁', size - fixed, seed)
  const tokens = [...names, ...bytes, ...pieces, ...single]
  const types = Int32Array.from(tokens, (token, id) => {
    if (id >= names.length) return id < names.length + 256 ? BYTE : NORMAL
    return token === '<unk>' ? UNKNOWN : CONTROL
  })
  const firstSpoken = names.length + 256
  // As in Gemma's file: a piece's score is its rank, those of special tokens and bytes say nothing.
  const scores = Float32Array.from(tokens, (_, id) => (id < firstSpoken ? 0 : firstSpoken - id))
  return {
    metadata: [
      ['tokenizer.ggml.model', { type: 'string', value: 'llama' }],
      ['tokenizer.ggml.pre', { type: 'string', value: 'default' }],
      ['tokenizer.ggml.tokens', { type: 'array', of: 'string', value: tokens }],
      ['tokenizer.ggml.scores', { type: 'array', of: 'float32', value: scores }],
      ['tokenizer.ggml.token_type', { type: 'array', of: 'int32', value: types }],
      ['tokenizer.ggml.bos_token_id', { type: 'uint32', value: 2 }],
      ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: 1 }],
      ['tokenizer.ggml.unknown_token_id', { type: 'uint32', value: 3 }],
      ['tokenizer.ggml.padding_token_id', { type: 'uint32', value: 0 }],
      ['tokenizer.ggml.add_bos_token', { type: 'bool', value: true }],
      ['tokenizer.ggml.add_eos_token', { type: 'bool', value: false }],
      ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: false }],
    ],
    firstSpoken,
    lastSpoken: firstSpoken + pieces.length - 1,
  }
}

/**
 * `count` pieces, each the join of two that were there before it, and the merges that make them in this order. A space
 * only begins a piece, digits and points are left single, and no piece is longer than twelve characters.
 */
function join(
  known: readonly string[],
  rare: readonly string[],
  space: string,
  count: number,
  seed: number,
): { pieces: string[]; merges: string[] } {
  const key = keyOf(seed, 'vocabulary')
  const words = known.filter((piece) => /^\p{L}+$/u.test(piece) && piece !== space)
  const all = new Set(words)
  const pieces: string[] = []
  const merges: string[] = []
  const add = (left: string, right: string): string | undefined => {
    const piece = left + right
    if (all.has(piece) || [...piece].length > 12) return
    all.add(piece)
    pieces.push(piece)
    merges.push(`${left} ${right}`)
    return piece
  }
  // Characters of several bytes are built from their bytes.
  for (const letter of rare) {
    const parts = [...letter]
    for (let i = 1; i < parts.length; i++) add(parts.slice(0, i).join(''), parts[i]!)
  }
  for (let n = 0; pieces.length < count; n += 3) {
    // The square prefers early, short pieces.
    const pick = (i: number): string => words[Math.floor(uniform(key, n + i) ** 2 * words.length)]!
    if (uniform(key, n) < 0.4) add(space, pick(1))
    else {
      const piece = add(pick(1), pick(2))
      if (piece !== undefined) words.push(piece)
    }
  }
  pieces.length = count
  merges.length = count
  return { pieces, merges }
}
