/** `complete`: the words that follow, sampled and streamed by the engine. */
import { generate, type PrefixCache } from '@edgewise/engine'
import { mayFit } from './may-fit.ts'
import type { Protocol } from './protocol.ts'
import type { RunOptions, RunResult, TextPart } from './run-types.ts'

/** Tokens when the caller names no limit: a suggestion, not an essay. */
const defaultTokens = 32
/** Without it a model this small repeats itself within a line. */
const repetitionPenalty = 1.15

export async function* complete(
  cache: PrefixCache,
  protocol: Protocol,
  text: string,
  options: RunOptions,
): AsyncGenerator<TextPart, RunResult> {
  mayFit(cache.model, protocol, text)
  const units = protocol.units(text)
  const prompt = protocol.prompt(units)
  // No marker or label belongs in a completion: the first one drawn ends it.
  const stopTokens = [...protocol.isText.keys()].filter((id) => !protocol.isText[id])
  const answer = generate(cache, prompt, {
    ...options,
    maxTokens: options.maxTokens ?? defaultTokens,
    repetitionPenalty,
    stopTokens,
  })
  // The target starts with the space between the words; a text that ends with one has it already.
  let spaced = units.length === 0 || /\s$/.test(text)
  let sum = 0
  let count = 0
  for (;;) {
    const step = await answer.next()
    if (step.done) {
      const { finishReason, promptTokens, cachedTokens, completionTokens } = step.value
      const meanLogprob = count === 0 ? 0 : sum / count
      return { finishReason, promptTokens, cachedTokens, completionTokens, meanLogprob, data: null }
    }
    sum += step.value.logprob
    count++
    const part = spaced ? step.value.text.replace(/^ /, '') : step.value.text
    if (step.value.text !== '') spaced = false
    const { logprob, margin, top } = step.value
    yield { text: part, logprob, margin, ...(top && { top }) }
  }
}
