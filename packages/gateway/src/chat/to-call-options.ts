/** A chat request -> the options of one call of an AI SDK model. Pure; null and absent mean the same. */
import type { JSONSchema7, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { ChatRequest, Nullish, ResponseFormat } from './request.ts'
import { toPrompt } from './to-prompt.ts'
import { toTools } from './to-tools.ts'

/**
 * @param task the name of the task, from the header alone; the router has its own default
 * @throws GatewayError `invalid_request`
 */
export function toCallOptions(
  request: ChatRequest,
  task: string | undefined,
  abortSignal: AbortSignal,
): LanguageModelV4CallOptions {
  return {
    prompt: toPrompt(request.messages),
    abortSignal,
    ...toTools(request),
    ...present({
      maxOutputTokens: request.max_completion_tokens ?? request.max_tokens,
      temperature: request.temperature,
      topP: request.top_p,
      stopSequences: typeof request.stop === 'string' ? [request.stop] : request.stop?.slice(),
      seed: request.seed,
      presencePenalty: request.presence_penalty,
      frequencyPenalty: request.frequency_penalty,
      responseFormat: toResponseFormat(request.response_format),
    }),
    ...(task === undefined ? {} : { providerOptions: { edgewise: { task } } }),
  }
}

function toResponseFormat(format: Nullish<ResponseFormat>): LanguageModelV4CallOptions['responseFormat'] {
  if (format === null || format === undefined) return undefined
  if (format.type !== 'json_schema') return { type: format.type === 'text' ? 'text' : 'json' }
  const { name, description, schema } = format.json_schema
  return { type: 'json', ...present({ name, description, schema: schema as JSONSchema7 | null | undefined }) }
}

/** The fields that have a value. */
function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}
