/**
 * A model's opinion of passages, and one way to have it: how likely a model that generates finds the question behind the passage
 * (Ponte and Croft, "A Language Modeling Approach to Information Retrieval", 1998). A pass of the model for each passage. What
 * a small model's opinion is worth is measured in docs/context.md: that of the embedded one nothing.
 */
import { type Model, turns } from '@edgewise/engine'
import { tokenLogprobs } from '../token-logprobs.ts'

export interface PassageScorer {
  /** A number for each passage, more for a better one; only their distances count. */
  score(question: string, passages: readonly string[], signal?: AbortSignal): Promise<readonly number[]>
}

/**
 * The mean log-probability of the question's tokens. Of what does not fit the model's context the question keeps its first half
 * of it, the passage its beginning. Rejects with the engine's errors and the signal's reason.
 */
export function likelihoodScorer(model: Model): PassageScorer {
  const { tokenizer, contextLength } = model
  const head = tokenizer.addBos && tokenizer.bos !== undefined ? [tokenizer.bos] : []
  const between = tokenizer.encode('\n\nQuestion: ', { literal: true, continues: true })
  return {
    async score(question, passages, signal) {
      const turn = turns(signal)
      using session = model.session()
      const asked = tokenizer
        .encode(question, { literal: true, continues: true })
        .slice(0, Math.floor(contextLength / 2))
      const room = contextLength - head.length - between.length - asked.length
      const scores: number[] = []
      for (const passage of passages) {
        const shown = tokenizer.encode(passage.trim(), { literal: true }).slice(0, Math.max(0, room))
        const before = [...shown, ...between]
        const logprobs = await tokenLogprobs(session, head, [...before, ...asked], before.length, turn)
        scores.push(logprobs.reduce((sum, logprob) => sum + logprob, 0) / Math.max(1, asked.length))
      }
      return scores
    },
  }
}
