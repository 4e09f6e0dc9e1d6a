/**
 * A stream -> the whole answer with the log-probability of each token. Only a stream carries them, so a call that
 * wants both one body and logprobs is streamed inside.
 */
import type { LanguageModelV4Content, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { type CallFacts, factsOf } from './call-facts.ts'
import { incompleteAnswer } from './finish.ts'
import { type Logprobs, type TokenLogprob, toLogprob, toLogprobs } from './logprobs.ts'
import type { Finish } from './to-chunks.ts'
import type { Answer } from './to-completion.ts'

export interface Collected {
  readonly answer: Answer
  readonly logprobs: Logprobs | null
  readonly facts: CallFacts
}

/**
 * @param facts what is known before the first part
 * @throws what an `error` part carries; GatewayError `incomplete_answer` when there is no `finish`
 */
export async function collectStream(
  parts: AsyncIterable<LanguageModelV4StreamPart>,
  facts: CallFacts,
): Promise<Collected> {
  const calls: LanguageModelV4Content[] = []
  const tokens: TokenLogprob[] = []
  let text = ''
  let finish: Finish | undefined
  for await (const part of parts) {
    if (part.type === 'error') throw part.error
    if (part.type === 'tool-call') calls.push(part)
    if (part.type === 'finish') finish = part
    if (part.type !== 'text-delta') continue
    text += part.delta
    const token = toLogprob(part)
    if (token) tokens.push(token)
  }
  if (finish === undefined) throw incompleteAnswer()
  const said: LanguageModelV4Content[] = text === '' ? [] : [{ type: 'text', text }]
  const answer = { content: [...said, ...calls], finishReason: finish.finishReason, usage: finish.usage }
  return { answer, logprobs: toLogprobs(tokens), facts: { ...facts, ...factsOf(finish.providerMetadata) } }
}
