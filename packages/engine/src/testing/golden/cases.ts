/**
 * The models whose greedy texts are golden: what llama.cpp said on the very same bytes, so that no test needs it. Each
 * family in the types that matter to it, narrow ones for the fast tests and real widths for the slow ones.
 * golden.json beside this file holds what was said; bench/judge/golden-models.ts writes it, and picks the seeds.
 */
import { readGguf } from '../../gguf/read.ts'
import { convertRows, planQuantization } from '../../quant/quantize-plan.ts'
import type { FileType } from '../../quant/recipe.ts'
import { type FamilyName, syntheticModel } from '../synthetic-model.ts'
import { hash } from '../synthetic-model-noise.ts'

export interface GoldenCase {
  readonly family: FamilyName
  readonly type: FileType | 'f16' | 'bf16'
  readonly layers: number
  readonly vocabulary: number
  readonly narrow: boolean
  /** Tokens of the prompt. */
  readonly prompt: number
}

/** Logits of one step: the best few ids and theirs. */
export interface GoldenStep {
  readonly step: number
  readonly top: readonly (readonly [id: number, logit: number])[]
}

export interface Golden extends GoldenCase {
  readonly seed: number
  /** Of the whole file. */
  readonly sha256: string
  readonly ids: readonly number[]
  /** By how much the least certain of the ids is ahead. */
  readonly margin: number
  readonly steps: readonly GoldenStep[]
}

export interface GoldenFile {
  readonly judge: string
  readonly cases: readonly Golden[]
}

/** 40 tokens are more than a pass of the engine takes, and more than the narrow window of 24. */
const small = { layers: 2, vocabulary: 512, narrow: true, prompt: 40 }
const gemma = { ...small, family: 'gemma-3-270m', layers: 6 } as const

export const fastCases: readonly GoldenCase[] = [
  ...(['f16', 'q8_0', 'q4_0', 'q4_k_m', 'q6_k'] as const).map(
    (type) => ({ ...small, family: 'smollm2-135m', type }) as const,
  ),
  ...(['f16', 'q4_k_m'] as const).map((type) => ({ ...small, family: 'llama-3.2-1b', type }) as const),
  ...(['f16', 'q8_0', 'q6_k'] as const).map((type) => ({ ...gemma, type }) as const),
  ...(['f16', 'q4_k_m'] as const).map((type) => ({ ...small, family: 'qwen3-0.6b', type }) as const),
]

export const slowCases: readonly GoldenCase[] = [
  { ...gemma, type: 'q4_k_m' },
  ...(['bf16', 'q4_1', 'q5_0', 'q5_1', 'q5_k_m', 'q3_k_m', 'q2_k', 'iq4_nl', 'iq4_xs'] as const).map(
    (type) => ({ ...small, family: 'smollm2-135m', type }) as const,
  ),
  ...(['q8_0', 'q4_k_m'] as const).map(
    (type) =>
      ({ ...small, family: 'smollm2-135m', type, narrow: false, layers: 4, vocabulary: 2048 }) as const,
  ),
  { ...small, family: 'llama-3.2-1b', type: 'q8_0', narrow: false, layers: 1, vocabulary: 2048 },
  // Longer than the real window of 512.
  { ...gemma, type: 'q8_0', narrow: false, vocabulary: 2048, prompt: 560 },
  { ...small, family: 'qwen3-0.6b', type: 'q6_k', narrow: false, vocabulary: 2048 },
]

/** The F16 file that a case begins with. */
export function baseFile(
  { family, layers, vocabulary, narrow }: GoldenCase,
  seed: number,
): Uint8Array<ArrayBuffer> {
  return syntheticModel({ family, layers, vocabulary, narrow, seed, contextLength: 1024 })
}

/** The case's file: the F16 one, or what our quantiser makes of it. */
export function goldenFile(golden: GoldenCase, seed: number): Uint8Array<ArrayBuffer> {
  const { type } = golden
  if (type === 'bf16') {
    const { family, layers, vocabulary, narrow } = golden
    return syntheticModel({ family, layers, vocabulary, narrow, seed, contextLength: 1024, type })
  }
  const base = baseFile(golden, seed)
  if (type === 'f16') return base
  const gguf = readGguf(base)
  const plan = planQuantization(gguf, type)
  const file = new Uint8Array(plan.size)
  file.set(plan.header)
  for (const { from, type: to, offset } of plan.tensors) {
    const bytes = base.subarray(from.offset, from.offset + from.size)
    file.set(convertRows(from.name, bytes, from.rows * from.cols, from.type, to), offset)
  }
  return file
}

/** Ids from all over the vocabulary; a longer prompt goes on where a shorter one ends. */
export function goldenPrompt({ vocabulary, prompt }: GoldenCase, seed: number): number[] {
  return Array.from({ length: prompt }, (_, i) => hash(hash(seed) ^ (7919 * i)) % vocabulary)
}
