/** Prompt tokens -> tokens of an answer, by llama.cpp: what the sequence still has of the prompt is not run again. */
import { ContextLengthError, type StopFilter, type Tokenizer } from '@edgewise/engine'
import type { ToldToken } from '../token-facts.ts'
import type { LlamaSequence } from './library.ts'

export interface DecodeOptions {
  readonly maxTokens: number
  readonly contextLength: number
  readonly temperature: number
  readonly topK?: number | undefined
  readonly topP?: number | undefined
  readonly seed?: number | undefined
  readonly grammar?: object | undefined
  /** Whether the second most probable token is looked for: the whole distribution then comes over for each token. */
  readonly margins: boolean
  /** How many of the most probable tokens are told; the same holds for 1 and more. */
  readonly topLogprobs: number
  /** What ends the answer by its text. */
  readonly filter: StopFilter
  readonly signal: AbortSignal
}

export interface DecodedToken {
  readonly id: number
  /** What can go out with this token; empty for control tokens and while it may be the beginning of a stop text. */
  readonly text: string
  /** Absent when drawn with a temperature: it would be that of another distribution. */
  readonly logprob: number | undefined
  readonly margin: number | undefined
  readonly top: ToldToken['top']
  /** Whether the grammar left nothing else. */
  readonly forced: boolean
}

export interface DecodeEnd {
  readonly finishReason: 'stop' | 'length'
  /** Text that was held back to the end. */
  readonly rest: string
  readonly promptTokens: number
  readonly cachedTokens: number
  readonly completionTokens: number
}

/** Tokens of a prompt that are run before the signal is looked at again. */
const STEP = 256

/** Throws ContextLengthError when no token fits behind the prompt, and the signal's reason. */
export async function* decode(
  sequence: LlamaSequence,
  tokenizer: Pick<Tokenizer, 'stream' | 'bytesOf'>,
  prompt: readonly number[],
  options: DecodeOptions,
): AsyncGenerator<DecodedToken, DecodeEnd> {
  const { signal, contextLength, margins, topLogprobs, temperature, grammar, filter } = options
  const room = contextLength - prompt.length
  if (room < 1) throw new ContextLengthError(prompt.length, contextLength)
  const maxTokens = Math.min(options.maxTokens, room)
  const before = prompt.slice(0, -1)
  await sequence.adaptStateToTokens(before, false)
  const cachedTokens = sequence.nextTokenIndex
  for (let at = cachedTokens; at < before.length; at += STEP) {
    signal.throwIfAborted()
    await sequence.evaluateWithoutGeneratingNewTokens(before.slice(at, at + STEP))
  }
  signal.throwIfAborted()

  const { topK, topP, seed } = options
  const tokens = sequence.evaluateWithMetadata(
    prompt.slice(-1),
    { confidence: true, probabilities: margins || topLogprobs > 0 },
    {
      temperature,
      ...(topK === undefined ? {} : { topK }),
      ...(topP === undefined ? {} : { topP }),
      ...(seed === undefined ? {} : { seed }),
      ...(grammar === undefined ? {} : { grammarEvaluationState: grammar }),
    },
  )
  const stream = tokenizer.stream()
  let completionTokens = 0
  const end = (finishReason: DecodeEnd['finishReason']): DecodeEnd => ({
    finishReason,
    rest: filter.push(stream.end()).text + filter.end(),
    promptTokens: prompt.length,
    cachedTokens,
    completionTokens,
  })
  try {
    for (;;) {
      const step = await tokens.next()
      signal.throwIfAborted()
      if (step.done) return end('stop')
      const { token: id, confidence, probabilities } = step.value
      completionTokens++
      const { text, stopped } = filter.push(stream.push(id))
      const isMeasured = temperature === 0
      const measured = isMeasured && probabilities ? probabilities : undefined
      const forced = grammar !== undefined && confidence === 1
      yield {
        id,
        text,
        logprob: isMeasured ? Math.log(confidence) : undefined,
        margin: measured && !forced ? marginOf(measured) : undefined,
        top: measured && topLogprobs > 0 ? topOf(measured, topLogprobs, tokenizer) : undefined,
        forced,
      }
      if (stopped) return { ...end('stop'), rest: '' }
      if (completionTokens >= maxTokens) return end('length')
    }
  } finally {
    await tokens.return()
  }
}

function marginOf(probabilities: ReadonlyMap<number, number>): number | undefined {
  const [first, second] = probabilities.values()
  return first && second ? Math.log(first) - Math.log(second) : undefined
}

function topOf(
  probabilities: ReadonlyMap<number, number>,
  count: number,
  tokenizer: Pick<Tokenizer, 'bytesOf'>,
): NonNullable<ToldToken['top']> {
  const utf8 = new TextDecoder()
  const top: NonNullable<ToldToken['top']>[number][] = []
  for (const [id, probability] of probabilities) {
    if (top.length === count || probability === 0) break
    const bytes = tokenizer.bytesOf(id)
    top.push({ id, text: utf8.decode(bytes), logprob: Math.log(probability), bytes })
  }
  return top
}
