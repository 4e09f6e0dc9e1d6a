/**
 * Whether two answers to one call are the same, as far as that can be told without knowing the task: the tool calls by name and values,
 * JSON by its values, text by its letters. Where answers may differ and be as good, a host brings a function of its own.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { callText, canonical } from '../signals/agreement.ts'

/** What an answer says, placeholders restored. */
export interface AnswerText {
  readonly text: string
  /** `input` is JSON. */
  readonly toolCalls: readonly { readonly toolName: string; readonly input: string }[]
}

/** How good the device's answer is when the cloud's is right: 0 to 1. */
export type Agree = (
  device: AnswerText,
  cloud: AnswerText,
  call: LanguageModelV4CallOptions,
) => number | Promise<number>

export function answerText(parts: readonly LanguageModelV4StreamPart[]): AnswerText {
  let text = ''
  const toolCalls: { toolName: string; input: string }[] = []
  for (const part of parts) {
    if (part.type === 'text-delta') text += part.delta
    else if (part.type === 'tool-call') toolCalls.push({ toolName: part.toolName, input: part.input })
  }
  return { text, toolCalls }
}

/** 1 for the same, 0 for another. Where tools are called, the text beside them does not count, nor does their order. */
export const sameAnswer: Agree = (device, cloud) => (form(device) === form(cloud) ? 1 : 0)

function form({ text, toolCalls }: AnswerText): string {
  if (toolCalls.length > 0) return `calls ${JSON.stringify(toolCalls.map(callText).sort())}`
  return `text ${canonical(text) ?? text.normalize('NFC').trim().toLowerCase().replace(/\s+/g, ' ')}`
}
