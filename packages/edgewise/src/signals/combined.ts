/**
 * A signal that a certificate makes of others: a calibrated probability that the answer is right (`combine`). Read off the same tokens,
 * so it needs no function of the host's. Without one of its features there is no value.
 */
import { combine } from '@edgewise/evidence'
import { margin } from './margin.ts'
import { meanLogprob } from './mean-logprob.ts'
import { minLogprob } from './min-logprob.ts'
import { type AnswerSoFar, atLeast, type Follower, type FollowerSettings, finite } from './signal.ts'

const readable: { readonly [name: string]: (settings: FollowerSettings) => Follower } = {
  meanLogprob,
  minLogprob,
  margin,
}

/** Of a bar that has a `combination`. */
export function combined({ bar, call, own }: FollowerSettings): Follower {
  const threshold = bar.threshold ?? 0
  const combination = bar.combination!
  const followers = combination.features.flatMap(({ name }) =>
    Object.hasOwn(readable, name) ? [readable[name]!({ bar: { ...bar, signal: name }, call, own })] : [],
  )
  return {
    name: bar.signal,
    threshold,
    certificate: bar.certificate,
    passes: atLeast(threshold),
    part(part) {
      for (const follower of followers) follower.part(part)
      return null
    },
    value: (answer) => combine(combination, (name) => featureOf(name, followers, answer)),
  }
}

function featureOf(name: string, followers: readonly Follower[], answer: AnswerSoFar): number | null {
  if (name === 'inputTokens') return logarithm(answer.inputTokens)
  if (name === 'outputTokens') return logarithm(answer.outputTokens)
  // Those that can be features have their values at once.
  const value = followers.find((follower) => follower.name === name)?.value(answer) as
    | number
    | null
    | undefined
  // As receipts have it, which it was proven with.
  return value == null ? null : finite(value)
}

const logarithm = (tokens: number | null): number | null => (tokens === null ? null : Math.log1p(tokens))
