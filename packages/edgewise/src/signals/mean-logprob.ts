/**
 * The mean natural log-probability of the answer's tokens: the plain signal that every other has to beat. Stopped early
 * when the bar is out of reach even if every token that may still come were certain (logprob 0).
 */
import { type AnswerSoFar, atLeast, type Follower, type FollowerSettings, tokenLogprob } from './signal.ts'

export function meanLogprob({ bar, call }: FollowerSettings): Follower {
  const threshold = bar.threshold ?? 0
  const mostTokens = call.maxOutputTokens ?? null
  let sum = 0
  let tokens = 0
  return {
    name: 'meanLogprob',
    threshold,
    certificate: bar.certificate,
    passes: atLeast(threshold),
    part(part) {
      const logprob = tokenLogprob(part)
      if (logprob === null) return null
      sum += logprob
      tokens++
      // Certain tokens bring the mean up to sum / mostTokens at best.
      const best = mostTokens === null ? 0 : sum / Math.max(mostTokens, tokens)
      return best < threshold ? sum / tokens : null
    },
    value: ({ complete, reportedMeanLogprob }: AnswerSoFar) => {
      const seen = tokens === 0 ? null : sum / tokens
      return complete ? (reportedMeanLogprob ?? seen) : seen
    },
  }
}
