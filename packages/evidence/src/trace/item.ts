/**
 * A trace: recorded outcomes, one item a call, of the models that could answer it. What replaying, certifying and watching work
 * from, whoever recorded it: the ledger of this machine, a labelled set, somebody's benchmark. Files of it are read and written by
 * `@edgewise/traces`.
 */

/** What one model did with the item. A value nobody knows is null, never 0. */
export interface Outcome {
  /** How good its answer was: 0 wrong, 1 right, or a score between; null when nobody judged it. */
  readonly score: number | null
  /** What was read off the answer, `meanLogprob` for one; larger is better. A signal that is not there has no entry. */
  readonly signals: { readonly [name: string]: number }
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** US dollars; of a device model what the source charged for it, which is not counted where it runs on a device. */
  readonly costUsd: number | null
  /** Milliseconds to the end of its answer. */
  readonly latencyMs: number | null
  /** How its weights were stored, `Q4_K_M`. */
  readonly quantisation: string | null
  /** Digest of what it was asked with besides the call: instructions, chat template. */
  readonly template: string | null
}

/** An outcome of which nothing is known, to be spread under what is. */
export const NOTHING_KNOWN: Outcome = {
  score: null,
  signals: {},
  inputTokens: null,
  outputTokens: null,
  costUsd: null,
  latencyMs: null,
  quantisation: null,
  template: null,
}

export interface TraceItem {
  /** Unique within its task. */
  readonly id: string
  readonly task: string
  /** ISO 8601, when the call came in; null where the order of the items means nothing. */
  readonly at: string | null
  readonly prompt: string | null
  /** SHA-256 in hex, of the prompt, where the prompt itself is not there. */
  readonly promptDigest: string | null
  /** By name, in no order. */
  readonly models: { readonly [model: string]: Outcome }
}

/** What that model did with the item; null when the trace does not say. */
export const outcomeOf = ({ models }: TraceItem, model: string): Outcome | null =>
  Object.hasOwn(models, model) ? models[model]! : null

/** The two models a question is about. */
export interface ModelPair {
  readonly device: string
  readonly cloud: string
}

/** An item that both models have answered and somebody has judged: what quality can be computed from. */
export interface JudgedItem {
  readonly id: string
  readonly at: string | null
  readonly device: Outcome & { readonly score: number }
  readonly cloud: Outcome & { readonly score: number }
}

/** The item as the pair's, or null when one of them is missing or not judged. */
export function judgedItem(item: TraceItem, pair: ModelPair): JudgedItem | null {
  const { id, at } = item
  const device = outcomeOf(item, pair.device)
  const cloud = outcomeOf(item, pair.cloud)
  return device === null || cloud === null || device.score === null || cloud.score === null
    ? null
    : { id, at, device: device as JudgedItem['device'], cloud: cloud as JudgedItem['cloud'] }
}
