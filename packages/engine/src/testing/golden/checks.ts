/** What a golden case asks of a backend: the file's bytes, the greedy ids, and the best logits on the way. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { argmax } from '../../generate/sample.ts'
import { type Model, openModel } from '../../model/model.ts'
import { type Golden, type GoldenCase, type GoldenFile, goldenFile, goldenPrompt } from './cases.ts'

const { cases } = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as GoldenFile

/** What llama.cpp said of a case. Throws when golden.json has no such case: bench/judge/golden-models.ts writes it. */
export function goldenOf(wanted: GoldenCase): Golden {
  const found = cases.find((golden) =>
    (['family', 'type', 'layers', 'vocabulary', 'narrow', 'prompt'] as const).every(
      (key) => golden[key] === wanted[key],
    ),
  )
  if (!found) throw new Error(`no golden text of ${JSON.stringify(wanted)}: run golden:models in bench`)
  return found
}

export interface GoldenRun {
  readonly sha256: string
  readonly ids: readonly number[]
  /** How far the logits kept are from the judge's, at most, as a share of the best one. */
  readonly difference: number
}

/** Greedy tokens of the case's file through a backend. After an id that differs, what follows is another text. */
export async function runGolden(golden: Golden, backend: 'wasm' | 'reference'): Promise<GoldenRun> {
  const file = goldenFile(golden, golden.seed)
  using model: Model = await openModel(file, { backend })
  using session = model.session()
  const ids: number[] = []
  let logits = session.forward(goldenPrompt(golden, golden.seed))
  let difference = 0
  while (ids.length < golden.ids.length) {
    const kept = golden.steps.find(({ step }) => step === ids.length)
    for (const [id, logit] of kept?.top ?? []) {
      difference = Math.max(difference, Math.abs(logits[id]! - logit) / kept!.top[0]![1])
    }
    ids.push(argmax(logits))
    if (ids.length < golden.ids.length) logits = session.forward([ids.at(-1)!])
  }
  return { sha256: createHash('sha256').update(file).digest('hex'), ids, difference }
}

/** Roundings of activations move a logit by about a hundredth; 16-bit types have steps far finer than 8-bit ones. */
export function tolerance({ type }: GoldenCase): number {
  return type === 'f16' ? 0.002 : type === 'bf16' ? 0.01 : 0.03
}
