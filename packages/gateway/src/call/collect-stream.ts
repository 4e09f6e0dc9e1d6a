/**
 * A stream -> the whole answer with the log-probability of each token. Only a stream carries them, so a call that
 * wants both one body and logprobs is streamed inside.
 */
import type { LanguageModelV4Content, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { type CallFacts, factsOf } from './call-facts.ts'
import { type Answer, type Finish, incompleteAnswer } from './finish.ts'
import { type TokenLogprob, toLogprob } from './logprobs.ts'
import type { OpenStream } from './open-stream.ts'

export interface Collected {
  readonly answer: Answer
  readonly tokens: readonly TokenLogprob[]
  readonly facts: CallFacts
}

/** @throws what an `error` part carries; GatewayError `incomplete_answer` when there is no `finish` */
export async function collectStream(opened: OpenStream): Promise<Collected> {
  const content: LanguageModelV4Content[] = []
  const tokens: TokenLogprob[] = []
  let finish: Finish | undefined
  for (;;) {
    const part = await opened.next()
    if (part === undefined) break
    if (part.type === 'error') throw part.error
    if (part.type === 'tool-call') content.push(part)
    if (part.type === 'finish') finish = part
    if (part.type === 'text-delta' || part.type === 'reasoning-delta') addText(content, part)
    const token = part.type === 'text-delta' ? toLogprob(part) : undefined
    if (token) tokens.push(token)
  }
  if (finish === undefined) throw incompleteAnswer()
  const answer = { content, finishReason: finish.finishReason, usage: finish.usage }
  return { answer, tokens, facts: { ...opened.facts, ...factsOf(finish.providerMetadata) } }
}

type Delta = Extract<LanguageModelV4StreamPart, { type: 'text-delta' | 'reasoning-delta' }>

/** Text goes on where the last content is of its kind. */
function addText(content: LanguageModelV4Content[], { type, delta }: Delta): void {
  if (delta === '') return
  const kind = type === 'text-delta' ? 'text' : 'reasoning'
  const last = content.at(-1)
  if (last?.type === kind) content[content.length - 1] = { type: kind, text: last.text + delta }
  else content.push({ type: kind, text: delta })
}
