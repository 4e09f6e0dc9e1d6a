/**
 * Quality without examples: what was published of a model, with a plain word on how little that says. No number here is turned into a
 * guess of how good the model is at the task: nobody has measured how the two go together for tasks like the team's.
 */
import { AdvisorError } from '../errors.ts'
import type { Facts, ModelShape, Source } from '../facts/types.ts'

export interface PublishedScore {
  readonly benchmark: string
  /** 0 to 100; null where none was published. */
  readonly model: number | null
  readonly cloud: number | null
}

export interface PublishedQuality {
  readonly model: string
  /** null: none was asked for, or the facts have no scores of it. */
  readonly cloudModel: string | null
  /** Every benchmark that either has a score of, in the order of their names. */
  readonly scores: readonly PublishedScore[]
  /** Where they are from. */
  readonly sources: readonly Source[]
  readonly warning: string
}

/** What a benchmark asks, in a few words, so that a reader can see how far it is from the task. */
const ASKS: { readonly [benchmark: string]: string } = {
  mmlu: 'multiple-choice questions on 57 school and university subjects',
  ifeval: 'instructions whose form a program can check',
  gsm8k: 'sums in words, for schoolchildren',
}

/** Throws AdvisorError `unknown_model` for a model that the facts do not have. A cloud model that they do not have has no scores. */
export function publishedQuality(
  modelId: string,
  cloudModelId: string | null,
  facts: Pick<Facts, 'models'>,
): PublishedQuality {
  const model = facts.models.find(({ id }) => id === modelId)
  if (model === undefined)
    throw new AdvisorError(
      'unknown_model',
      `the facts have no model ${JSON.stringify(modelId)}: name one of ${facts.models.map(({ id }) => id).join(', ')}`,
    )
  const cloud = facts.models.find(({ id }) => id === cloudModelId) ?? null
  const names = new Set([...Object.keys(model.scores), ...Object.keys(cloud?.scores ?? {})])
  const scores = [...names].sort().map((benchmark) => ({
    benchmark,
    model: scoreOf(model, benchmark),
    cloud: cloud === null ? null : scoreOf(cloud, benchmark),
  }))
  const sources = [model, ...(cloud === null ? [] : [cloud])].map(({ source, asOf, basis }) => ({
    source,
    asOf,
    basis,
  }))
  return { model: modelId, cloudModel: cloud?.id ?? null, scores, sources, warning: warningOf(model, scores) }
}

const scoreOf = ({ scores }: ModelShape, benchmark: string): number | null =>
  Object.hasOwn(scores, benchmark) ? scores[benchmark]! : null

function warningOf({ name }: ModelShape, scores: readonly PublishedScore[]): string {
  const own = scores.filter(({ model }) => model !== null)
  if (own.length === 0)
    return `No score of ${name} was published that the facts have, and none would say much: measure it on examples of the task (edgewise evaluate).`
  const asked = own.map(({ benchmark }) =>
    Object.hasOwn(ASKS, benchmark) ? `${benchmark}: ${ASKS[benchmark]}` : benchmark,
  )
  return `Published scores say little of this task. They are of other questions (${asked.join('; ')}), mostly of weights that were not quantised, and how they go together with quality at the task was not measured. Fifty examples of the task say more: edgewise evaluate.`
}
