/**
 * Graded answers as a trace: what `edgewise certify` and `edgewise replay` work from, so that one run serves all three. Neither what was
 * asked nor what was answered is in it; an item's id is its example's.
 */
import type { Outcome, TraceItem } from '@edgewise/evidence'
import type { CandidateQuality } from './compare.ts'

/** An item an example, in the order of the first candidate's answers; models by what they call themselves. */
export function qualityTrace(
  measured: readonly Pick<CandidateQuality, 'who' | 'model' | 'answers'>[],
  task: string,
): readonly TraceItem[] {
  const names = namesOf(measured)
  const items = new Map<string, Record<string, Outcome>>()
  for (const [i, { answers }] of measured.entries())
    for (const { id, grade, outcome } of answers) {
      const models = items.get(id) ?? {}
      items.set(id, models)
      models[names[i]!] = { score: grade.score, ...outcome }
    }
  return [...items].map(([id, models]) => ({
    id,
    task,
    at: null,
    prompt: null,
    promptDigest: null,
    models,
  }))
}

/** The model's own name, which certificates are held against; the candidate's where two have one name. */
function namesOf(measured: readonly Pick<CandidateQuality, 'who' | 'model'>[]): readonly string[] {
  return measured.map(({ who, model }) =>
    measured.filter((other) => other.model === model).length > 1 ? who : model,
  )
}
