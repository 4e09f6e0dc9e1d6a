/**
 * The pre-tokenizers of byte-level BPE: how text is cut into units that no token crosses, by the name in
 * `tokenizer.ggml.pre`. The units of a text always join to the text again. A pre-tokenizer is a chain of scanners, each
 * cutting the parts of the one before it. Names, chains and flags are those of llama.cpp (llama-vocab.cpp); a name it
 * knows with an expression that is none of these is refused like any other.
 */
import { UnsupportedError } from '../errors.ts'
import {
  eachNumber,
  gpt2,
  llama3,
  numbers,
  punctuationWith,
  qwen2,
  qwen35,
  type Scanner,
  threeDigits,
} from './scanners.ts'
import { kindsOf } from './unicode-kinds.ts'

/** Calls `unit` with the start and the end of each. */
export type Cut = (text: Uint8Array, unit: (from: number, to: number) => void) => void

export interface PreTokenizer {
  /** Gives the units of `text` (UTF-8) one after the other. */
  readonly cut: Cut
  /** A unit that is a token stays whole, whatever the merges say. */
  readonly ignoresMerges: boolean
  /** Whether BOS goes in front of a prompt when the file does not say. */
  readonly addsBos: boolean
}

interface Family {
  readonly chain: readonly Scanner[]
  readonly ignoresMerges?: boolean
  readonly addsBos?: boolean
  readonly names: readonly string[]
}

const families: readonly Family[] = [
  {
    chain: [gpt2],
    names: [
      'gpt-2',
      'a.x-4.0',
      'exaone4',
      'gigachat',
      'granite-docling',
      'jais',
      'jina-de',
      'jina-es',
      'jina-v1-en',
      'jina-v2-code',
      'jina-v2-de',
      'jina-v2-es',
      'mellum',
      'modern-bert',
      'mpt',
      'olmo',
      'phi-2',
      'roberta-bpe',
      'trillion',
    ],
  },
  {
    chain: [eachNumber, gpt2],
    names: ['smollm', 'codeshell', 'command-r', 'exaone', 'mellum2', 'minerva-7b', 'refact', 'starcoder'],
  },
  {
    chain: [llama3],
    ignoresMerges: true,
    addsBos: true,
    names: [
      'llama-bpe',
      'falcon-h1',
      'falcon3',
      'jina-v5-nano',
      'lfm2',
      'llama-v3',
      'llama3',
      'midm-2.0',
      'pixtral',
    ],
  },
  { chain: [llama3], names: ['chatglm-bpe', 'dbrx', 'glm4', 'smaug-bpe'] },
  {
    chain: [qwen2],
    names: [
      'qwen2',
      'deepseek-r1-qwen',
      'f2llmv2',
      'grok-2',
      'hunyuan',
      'kormo',
      'megrez',
      'solar-open',
      'stablelm2',
    ],
  },
  { chain: [qwen35], names: ['qwen35'] },
  { chain: [punctuationWith('$+<=>^~|`'), gpt2, threeDigits], names: ['falcon'] },
  { chain: [punctuationWith('$+<=>^~|'), gpt2, numbers, threeDigits], names: ['default'] },
]

const byName = new Map(families.flatMap((family) => family.names.map((name) => [name, family] as const)))

/** The pre-tokenizer of that name. Throws UnsupportedError for a name this engine does not have. */
export function preTokenizer(name: string): PreTokenizer {
  const family = byName.get(name)
  if (!family) {
    const known = [...byName.keys()].sort().join(', ')
    throw new UnsupportedError(
      `the pre-tokenizer ${JSON.stringify(name)} is not supported; known are ${known}`,
    )
  }
  const { chain, ignoresMerges = false, addsBos = false } = family
  return { cut: cutBy(chain), ignoresMerges, addsBos }
}

function cutBy(chain: readonly Scanner[]): Cut {
  return (text, unit) => {
    const kind = kindsOf(text)
    const walk = (link: number, from: number, to: number): void => {
      const scan = chain[link]!
      for (let at = from; at < to; ) {
        const end = scan(text, kind, at, to)
        if (link + 1 < chain.length) walk(link + 1, at, end)
        else unit(at, end)
        at = end
      }
    }
    walk(0, 0, text.length)
  }
}
