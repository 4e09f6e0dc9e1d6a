/** POST /v1/chat/completions: a body -> a call -> one completion, or a stream of chunks. */
import { type CallFacts, toField } from '../call/call-facts.ts'
import type { Answer } from '../call/finish.ts'
import type { TokenLogprob } from '../call/logprobs.ts'
import type { AnswerForm, AnswerFrames } from '../call/run-call.ts'
import { DONE, dataFrame } from '../call/sse.ts'
import type { CallSettings } from '../call/to-call-options.ts'
import type { FunctionChoice } from '../call/to-tools.ts'
import type { ErrorBody } from '../http/to-http-error.ts'
import type { ChatRequest } from './request.ts'
import { toChunks } from './to-chunks.ts'
import { type Envelope, toCompletion, toLogprobs } from './to-completion.ts'
import { toPrompt } from './to-prompt.ts'

/** @throws GatewayError `invalid_request` */
export function chatSettings(request: ChatRequest): CallSettings {
  const { response_format: format, stop } = request
  return {
    prompt: toPrompt(request.messages),
    functions: (request.tools ?? []).map((tool) => tool.function),
    choice: toChoice(request.tool_choice),
    format:
      format?.type === 'json_schema' ? { type: format.type, ...format.json_schema } : (format ?? undefined),
    maxOutputTokens: request.max_completion_tokens ?? request.max_tokens,
    temperature: request.temperature,
    topP: request.top_p,
    stopSequences: typeof stop === 'string' ? [stop] : stop?.slice(),
    seed: request.seed,
    presencePenalty: request.presence_penalty,
    frequencyPenalty: request.frequency_penalty,
    reasoning: request.reasoning_effort,
    topLogprobs: request.top_logprobs,
  }
}

/** @param requestId names the answer when no receipt does */
export function chatForm(request: ChatRequest, requestId: string): AnswerForm {
  const envelope = (facts: CallFacts): Envelope => ({
    id: `chatcmpl-${facts.receipt ?? requestId}`,
    created: Math.floor(Date.now() / 1000),
    model: facts.model ?? request.model,
  })
  return {
    stream: request.stream === true,
    logprobs: request.logprobs === true,
    ignored: Object.keys(request.logit_bias ?? {}).length === 0 ? [] : ['logit_bias'],
    whole: (answer: Answer, tokens: readonly TokenLogprob[], facts: CallFacts) =>
      toCompletion(answer, envelope(facts), toLogprobs(tokens), toField(facts)),
    frames: (facts) => chatFrames(request, envelope(facts), facts),
  }
}

function chatFrames(request: ChatRequest, envelope: Envelope, facts: CallFacts): AnswerFrames {
  const convert = toChunks(envelope, {
    includeUsage: request.stream_options?.include_usage === true,
    logprobs: request.logprobs === true,
    facts,
  })
  return {
    part(part) {
      const chunks = convert(part)
      return chunks.length === 1 ? dataFrame(chunks[0]!) : chunks.map(dataFrame).join('')
    },
    end: () => DONE,
    fail: (body: ErrorBody) => dataFrame(body),
  }
}

function toChoice(choice: ChatRequest['tool_choice']): FunctionChoice | undefined {
  if (choice === null || choice === undefined || typeof choice === 'string') return choice ?? undefined
  return { name: choice.function.name, param: 'tool_choice.function.name' }
}
