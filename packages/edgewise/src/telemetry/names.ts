/**
 * The names of OpenTelemetry's conventions for generative AI, all in this file: they are still in development and move between
 * releases (semantic-conventions-genai, as of November 2026). `edgewise.*` are our own.
 */

/** Of a span. */
export const attribute = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  maxTokens: 'gen_ai.request.max_tokens',
  temperature: 'gen_ai.request.temperature',
  topP: 'gen_ai.request.top_p',
  topK: 'gen_ai.request.top_k',
  seed: 'gen_ai.request.seed',
  responseId: 'gen_ai.response.id',
  responseModel: 'gen_ai.response.model',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cachedTokens: 'gen_ai.usage.cache_read.input_tokens',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  errorType: 'error.type',
  task: 'edgewise.task',
  place: 'edgewise.place',
  why: 'edgewise.why',
  privacy: 'edgewise.privacy',
  costUsd: 'edgewise.cost_usd',
  avoidedUsd: 'edgewise.avoided_usd',
  bytesOut: 'edgewise.bytes_out',
  outcome: 'edgewise.outcome',
  tries: 'edgewise.tries',
  rehearsal: 'edgewise.rehearsal',
  certificate: 'edgewise.certificate',
  alarm: 'edgewise.alarm',
  alarmAfter: 'edgewise.alarm_after',
} as const

export const operation = { chat: 'chat', embeddings: 'embeddings' } as const

/** Of the span that tells an alarm. */
export const ALARM = 'certificate alarm'

/** Of the tracer. */
export const scope = 'edgewise'
