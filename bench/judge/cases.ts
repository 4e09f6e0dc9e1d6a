/**
 * What the judge judges: families of real widths with few layers, the types of the field, and prompts.
 * Q8_0 and the rest are made by llama.cpp's own quantiser from the F16 file, so that a recipe is the real one, with its
 * exceptions and fallbacks (a row of 576 is no multiple of 256: SmolLM2's Q4_K_M is made of q5_0, q8_0, q4_k and q6_k).
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type FamilyName,
  families,
  type SyntheticModelOptions,
  syntheticModel,
} from '../../packages/engine/src/testing/synthetic-model.ts'
import { hash } from '../../packages/engine/src/testing/synthetic-model-noise.ts'
import { type FileType, quantizeFile } from '../peers/llama-c.ts'

export interface Shape {
  readonly family: FamilyName
  readonly layers: number
  readonly vocabulary: number
  readonly seed: number
}

/**
 * Gemma has six layers, because the sixth is its first that sees everything. Seeds are those whose texts have no near tie
 * in any of the usual types.
 */
export const shapes: readonly Shape[] = [
  { family: 'smollm2-135m', layers: 4, vocabulary: 2048, seed: 11 },
  { family: 'llama-3.2-1b', layers: 2, vocabulary: 2048, seed: 10 },
  { family: 'gemma-3-270m', layers: 6, vocabulary: 2048, seed: 2 },
  { family: 'qwen3-0.6b', layers: 3, vocabulary: 2048, seed: 16 },
]

/** SmolLM2-135M as it is: all its layers and its whole vocabulary. */
export const full: Shape = { family: 'smollm2-135m', layers: 30, vocabulary: 49152, seed: 1 }

export const types = ['f16', 'bf16', 'q8_0', 'q4_0', 'q4_k_m', 'q6_k'] as const satisfies readonly FileType[]
export const moreTypes = [
  'q4_1',
  'q5_0',
  'q5_1',
  'q5_k_m',
  'q4_k_s',
  'q3_k_m',
  'q2_k',
  'iq4_nl',
  'iq4_xs',
] as const satisfies readonly FileType[]

/** The file of a shape in a type, made in `folder` when it is not there yet. */
export function fileOf(folder: string, shape: Shape, type: FileType): string {
  const { family, layers, vocabulary, seed } = shape
  const path = (name: string): string =>
    join(folder, `${family}-${layers}-${vocabulary}-${seed}-${name}.gguf`)
  const base = path('f16')
  if (!existsSync(base)) writeFileSync(base, syntheticModel(modelOptions(shape)))
  if (type === 'f16') return base
  if (!existsSync(path(type))) quantizeFile(base, path(type), type, { threads: 2 })
  return path(type)
}

export function modelOptions(shape: Shape): SyntheticModelOptions {
  return { ...shape, contextLength: 2048, type: 'f16' }
}

/** `count` ids from all over the vocabulary, longer ones the continuation of shorter ones. */
export function promptOf({ vocabulary, seed }: Shape, count: number): number[] {
  return Array.from({ length: count }, (_, i) => hash(hash(seed) ^ (7919 * i)) % vocabulary)
}

/** Longer than one of our chunks of tokens; longer than Gemma's window of 512 and than llama.cpp's batch. */
export const shortPrompt = 40
export function longPrompt({ family }: Shape): number {
  return 'slidingWindow' in families[family] ? 600 : 150
}
