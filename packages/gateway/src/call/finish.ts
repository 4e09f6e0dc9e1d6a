/** How an answer ended, and the whole of one. */
import type { LanguageModelV4GenerateResult, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { GatewayError } from '../http/gateway-error.ts'

export type Finish = Extract<LanguageModelV4StreamPart, { type: 'finish' }>

export type Answer = Pick<LanguageModelV4GenerateResult, 'content' | 'finishReason' | 'usage'>

/** A text that was cut off must not look finished. Code `incomplete_answer`. */
export function incompleteAnswer(): GatewayError {
  return new GatewayError(
    502,
    'incomplete_answer',
    'the model stopped before its answer was complete: ask again',
  )
}

/** @throws GatewayError `incomplete_answer` when the answer broke off */
export function checkFinished({ unified }: Finish['finishReason']): void {
  if (unified === 'error' || unified === 'interrupted') throw incompleteAnswer()
}
