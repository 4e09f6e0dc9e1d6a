/**
 * What could be shipped: the models and quantisations that a use case admits on a device. Where it names no models, all small ones that are
 * known are tried, and whatever was measured.
 */
import { modelOf } from '../facts/lookup.ts'
import type { Facts, ModelShape, Quantisation } from '../facts/types.ts'
import type { UseCase } from '../use-case/types.ts'

/** Weights read for a token, at most, of a model that counts as small: what is sold as 4B reads 3.2 to 3.6 billion. */
const MOST_BODY = 4e9

/** Files that people ship, by runtime; others take the first row. Further ones can be asked of the predictor. */
const shipped: readonly {
  readonly runtimes: readonly string[]
  readonly quantisations: readonly string[]
}[] = [
  { runtimes: ['llama.cpp', 'edgewise'], quantisations: ['Q4_0', 'Q4_K_M', 'Q6_K', 'Q8_0'] },
  { runtimes: ['mlx'], quantisations: ['MLX-4bit', 'MLX-8bit'] },
  { runtimes: ['executorch'], quantisations: ['8da4w', 'SpinQuant'] },
]

/** Throws AdvisorError `unknown_model`. */
export function candidateModels({ fit }: UseCase, facts: Facts): readonly ModelShape[] {
  if (fit.models.length > 0) return fit.models.map((id) => modelOf(facts, id))
  const measured = new Set(fit.measured.map(({ who }) => who))
  return facts.models.filter((model) => model.bodyParameters <= MOST_BODY || measured.has(model.id))
}

/** Those of the facts that go with the runtime; all of them where the facts have none of these. */
export function candidateQuantisations(runtime: string, facts: Facts): readonly Quantisation[] {
  const name = runtime.toLowerCase()
  const { quantisations } = shipped.find(({ runtimes }) => runtimes.includes(name)) ?? shipped[0]!
  const found = facts.quantisations.filter(({ id }) => quantisations.includes(id))
  return found.length > 0 ? found : facts.quantisations
}
