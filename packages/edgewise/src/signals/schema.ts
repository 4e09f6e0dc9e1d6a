/**
 * Whether the answer is valid: JSON of the schema that the call asks for (any JSON where it names none), and tool calls whose
 * input is of the tool's schema. 1 or 0; null where the call asks for neither, as there is nothing to hold it to.
 */
import type { JSONSchema7, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { type Schema, Validator } from '@cfworker/json-schema'
import { type AnswerSoFar, atLeast, type Follower, type FollowerSettings } from './signal.ts'

export function schema({ bar }: FollowerSettings): Follower {
  return {
    name: 'schema',
    threshold: 1,
    certificate: bar.certificate,
    passes: atLeast(1),
    part: () => null,
    value: validity,
  }
}

/** 1: valid. 0: not, or not whole. null: the call asks for no form. */
export function validity({ call, text, parts }: Pick<AnswerSoFar, 'call' | 'text' | 'parts'>): 0 | 1 | null {
  const calls = parts.filter((part) => part.type === 'tool-call')
  if (calls.length > 0) return calls.every((made) => isValidToolCall(call, made)) ? 1 : 0
  if (call.responseFormat?.type !== 'json') return null
  return isJsonOf(text, call.responseFormat.schema) ? 1 : 0
}

function isValidToolCall(
  { tools }: LanguageModelV4CallOptions,
  { toolName, input }: Extract<LanguageModelV4StreamPart, { type: 'tool-call' }>,
): boolean {
  const tool = tools?.find(({ name }) => name === toolName)
  return tool !== undefined && (tool.type !== 'function' || isJsonOf(input, tool.inputSchema))
}

/** Whether `text` is one JSON value, and of the schema. A schema that cannot be read holds nothing back. */
function isJsonOf(text: string, wanted: JSONSchema7 | undefined): boolean {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return false
  }
  if (wanted === undefined) return true
  try {
    return new Validator(wanted as Schema, '7').validate(value).valid
  } catch {
    return true
  }
}
