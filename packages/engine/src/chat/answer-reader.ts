/**
 * Takes an answer apart while it is generated: thoughts, text, calls of tools. It is given tokens, not text alone, because
 * the markers of calls may be control tokens, which have no text in an answer.
 */
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { CallFormat } from './calls/call-format.ts'
import { type CallPart, callReader, markersOf } from './calls/call-reader.ts'
import { type ReasoningPart, reasoningSplitter } from './calls/reasoning.ts'

export type AnswerPart = CallPart | { readonly type: 'reasoning'; readonly text: string }

export interface AnswerReader {
  /** What can be told after this token of `generate`. */
  push(token: { readonly id: number; readonly text: string }): AnswerPart[]
  /** The rest, when the answer ends. */
  end(): AnswerPart[]
}

export interface AnswerReaderOptions {
  readonly tokenizer: Pick<Tokenizer, 'typeOf' | 'textOf'>
  readonly format: CallFormat
  /** Names of the tools; without one, everything that is no thought is text. */
  readonly names: ReadonlySet<string>
  /** Whether the answer is the JSON of a call from its first character on. */
  readonly isCall: boolean
  /** Whether the model's answers may begin with a thought. */
  readonly thinks: boolean
  /** Whether the prompt ends within a thought. */
  readonly isThinking: boolean
}

export function answerReader(options: AnswerReaderOptions): AnswerReader {
  const { tokenizer, format, names, isCall, thinks, isThinking } = options
  const calls = names.size > 0 ? callReader({ format, names, isOpen: isCall }) : undefined
  const thoughts = thinks ? reasoningSplitter(isThinking) : undefined
  const markers = names.size > 0 ? [...markersOf(format), format.close] : []

  /** A control token's text is seen when it is (part of) a marker. */
  const seen = ({ id, text }: { id: number; text: string }): string => {
    if (tokenizer.typeOf(id) !== 'control') return text
    const written = tokenizer.textOf(id)
    return markers.some((marker) => marker.includes(written)) ? text + written : text
  }
  const split = (text: string): AnswerPart[] =>
    calls ? calls.push(text) : text === '' ? [] : [{ type: 'text', text }]
  const each = (parts: readonly ReasoningPart[]): AnswerPart[] =>
    parts.flatMap(({ isReasoning, text }) =>
      isReasoning ? [{ type: 'reasoning' as const, text }] : split(text),
    )
  return {
    push: (token) => (thoughts ? each(thoughts.push(seen(token))) : split(seen(token))),
    end: () => [...each(thoughts?.end() ?? []), ...(calls?.end() ?? [])],
  }
}
