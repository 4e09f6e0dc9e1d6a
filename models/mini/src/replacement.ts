/** Which of a list of texts the model would put in place of a wrong span: the best one, found exactly. */
import type { Protocol } from './protocol.ts'
import type { Reader } from './reader.ts'
import { logSum } from './score.ts'

export interface Replacement {
  readonly text: string
  /** The ids after `<to>`, without the closing marker. */
  readonly ids: readonly number[]
  /** Log-probability of the ids and the closing marker. */
  readonly logprob: number
}

/** Passes one search may take: a word has one to five tokens, and the second guess is seldom needed. */
const mostPasses = 24

/** A text that may stand there, and the log-probability it is to lose. */
export interface Choice {
  readonly text: string
  readonly cost: number
}

interface Partial {
  /** The choices that start with `ids`, as their own ids. */
  readonly among: readonly Sequence[]
  readonly ids: readonly number[]
  readonly logprob: number
  /** The most that any of them can still score. */
  readonly bound: number
}

interface Sequence extends Choice {
  readonly ids: readonly number[]
}

/**
 * Best first: the beginning with the highest bound is always the next to be continued, and as no continuation scores above
 * its beginning's bound, the first choice completed is the best of all. A score is the log-probability of the text and the
 * closing marker, less the cost. `prefix` ends with `<to>`. Undefined when mostPasses did not complete one.
 */
export async function bestChoice(
  reader: Reader,
  protocol: Protocol,
  prefix: readonly number[],
  choices: readonly Choice[],
): Promise<Replacement | undefined> {
  const partial = (among: readonly Sequence[], ids: readonly number[], logprob: number): Partial => {
    const bound = logprob - Math.min(...among.map((choice) => choice.cost))
    return { among, ids, logprob, bound }
  }
  const all = choices.map(({ text, cost }) => {
    return { text, cost, ids: [...protocol.tokenizer.encode(` ${text}`, { literal: true }), protocol.close] }
  })
  let open = [partial(all, [], 0)]
  for (let pass = 0; pass < mostPasses && open.length > 0; pass++) {
    const best = open.reduce((a, b) => (b.bound > a.bound ? b : a))
    if (best.ids.at(-1) === protocol.close) {
      return { text: best.among[0]!.text, ids: best.ids.slice(0, -1), logprob: best.logprob }
    }
    const logits = await reader.after([...prefix, ...best.ids])
    const total = logSum(logits)
    const groups = Map.groupBy(best.among, (choice) => choice.ids[best.ids.length]!)
    const longer = [...groups].map(([id, among]) =>
      partial(among, [...best.ids, id], best.logprob + logits[id]! - total),
    )
    open = [...open.filter((other) => other !== best), ...longer]
  }
  return undefined
}
