/** Traces by chance, the same for the same seed: a device that is right the more often the higher its signal, a better cloud. */
import { seededRandom } from '../statistics/random.ts'
import { type ModelPair, NOTHING_KNOWN, type Outcome, type TraceItem } from '../trace/item.ts'

export const pair: ModelPair = { device: 'small', cloud: 'large' }

export const outcome = (score: number | null, rest: Partial<Outcome> = {}): Outcome => ({
  ...NOTHING_KNOWN,
  score,
  ...rest,
})

export interface RandomTraceOptions {
  /** Share of values that are not there, of each kind. Default 0. */
  readonly holes?: number
  /** Whether scores are anything between 0 and 1. Default: 0 or 1. */
  readonly graded?: boolean
  /** Whether the cloud's costs are known. Default true. */
  readonly costs?: boolean
}

/** `count` items, one at a time; beside the pair a model "medium". */
export function* randomTrace(
  count: number,
  seed: number,
  { holes = 0, graded = false, costs = true }: RandomTraceOptions = {},
): Generator<TraceItem, void, void> {
  const random = seededRandom(seed)
  const hole = <T>(value: T): T | null => (holes > 0 && random() < holes ? null : value)
  const score = (chance: number): number =>
    graded ? Math.round(100 * Math.min(1, random() * 2 * chance)) / 100 : Number(random() < chance)
  for (let i = 0; i < count; i++) {
    const ease = random()
    const signal = hole(Math.round(-1000 * (1 - ease) * random()) / 1000)
    const small = outcome(hole(score(0.3 + 0.6 * ease)), {
      signals: signal === null ? {} : { meanLogprob: signal },
      costUsd: 1e-6,
      latencyMs: hole(40 + 100 * random()),
      inputTokens: Math.ceil(500 * random()),
    })
    const large = outcome(hole(score(0.9)), {
      costUsd: costs ? hole(1e-4 * (1 + random())) : null,
      latencyMs: hole(200 + 900 * random()),
    })
    const medium = outcome(score(0.75), { costUsd: costs ? 3e-5 : null, latencyMs: 300 })
    const models =
      hole(true) === null ? { large, medium } : { small, medium, ...(hole(true) === null ? {} : { large }) }
    yield { id: `item-${i}`, task: 'quiz', at: null, prompt: null, promptDigest: null, models }
  }
}
