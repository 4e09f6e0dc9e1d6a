/** What a request asks for, whichever API it came by -> the options of one call of an AI SDK model. Pure. */
import type { JSONSchema7, LanguageModelV4CallOptions, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { type JsonObject, type Nullish, present } from './json.ts'
import { type FunctionChoice, type FunctionSpec, toTools } from './to-tools.ts'

/** Who calls, and for what; the router has its own default where a label is absent. */
export interface CallLabels {
  readonly task?: string | undefined
  readonly user?: string | undefined
  readonly conversation?: string | undefined
}

export interface CallSettings {
  readonly prompt: LanguageModelV4Prompt
  readonly functions: readonly FunctionSpec[]
  readonly choice: FunctionChoice | undefined
  readonly format: AnswerFormat | undefined
  readonly maxOutputTokens?: Nullish<number>
  readonly temperature?: Nullish<number>
  readonly topP?: Nullish<number>
  readonly stopSequences?: Nullish<string[]>
  readonly seed?: Nullish<number>
  readonly presencePenalty?: Nullish<number>
  readonly frequencyPenalty?: Nullish<number>
  readonly reasoning?: Nullish<ReasoningEffort>
  /** How many of the most probable tokens to tell of at each place. */
  readonly topLogprobs?: Nullish<number>
}

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh'

export type AnswerFormat =
  | { readonly type: 'text' | 'json_object' }
  | {
      readonly type: 'json_schema'
      readonly name: string
      readonly description?: Nullish<string>
      readonly schema?: Nullish<JsonObject>
    }

/** @throws GatewayError `invalid_request` */
export function toCallOptions(
  settings: CallSettings,
  { task, user, conversation }: CallLabels,
  abortSignal: AbortSignal,
): LanguageModelV4CallOptions {
  const { prompt, functions, choice, format, topLogprobs, ...given } = settings
  const edgewise = present({ task, user, conversation, topLogprobs: topLogprobs === 0 ? null : topLogprobs })
  return {
    prompt,
    abortSignal,
    ...toTools(functions, choice),
    ...present({ ...given, responseFormat: toResponseFormat(format) }),
    ...(Object.keys(edgewise).length === 0 ? {} : { providerOptions: { edgewise } }),
  }
}

function toResponseFormat(format: AnswerFormat | undefined): LanguageModelV4CallOptions['responseFormat'] {
  if (format === undefined) return undefined
  if (format.type !== 'json_schema') return { type: format.type === 'text' ? 'text' : 'json' }
  const { name, description, schema } = format
  return { type: 'json', ...present({ name, description, schema: schema as JSONSchema7 | null | undefined }) }
}
