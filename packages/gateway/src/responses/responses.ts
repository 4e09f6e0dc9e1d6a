/** POST /v1/responses: a body -> a call -> one response, or a stream of events. */
import { type CallFacts, factsOf, toField } from '../call/call-facts.ts'
import type { Answer } from '../call/finish.ts'
import type { TokenLogprob } from '../call/logprobs.ts'
import type { AnswerForm, AnswerFrames } from '../call/run-call.ts'
import { DONE, eventFrame } from '../call/sse.ts'
import type { CallSettings } from '../call/to-call-options.ts'
import type { FunctionChoice } from '../call/to-tools.ts'
import type { ConversationItem, ResponsesRequest } from './request.ts'
import { finished, type ResponseResource, toResource } from './resource.ts'
import { ResponseEvents } from './to-events.ts'
import { toOutput } from './to-output.ts'
import { toPrompt } from './to-prompt.ts'

/** The items of the request itself; a text is what a user says. */
export function inputItems({ input }: ResponsesRequest): Exclude<ResponsesRequest['input'], string> {
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input
}

/**
 * @param conversation what came before and the request's own items
 * @throws GatewayError `invalid_request`
 */
export function responseSettings(
  request: ResponsesRequest,
  conversation: readonly ConversationItem[],
): CallSettings {
  const choice = request.tool_choice
  const tools = request.tools ?? []
  const allowed = typeof choice === 'object' && choice?.type === 'allowed_tools' ? choice.tools : undefined
  return {
    prompt: toPrompt(request.instructions, conversation),
    functions: allowed ? tools.filter(({ name }) => allowed.some((tool) => tool.name === name)) : tools,
    choice: toChoice(choice),
    format: request.text?.format ?? undefined,
    maxOutputTokens: request.max_output_tokens,
    temperature: request.temperature,
    topP: request.top_p,
    presencePenalty: request.presence_penalty,
    frequencyPenalty: request.frequency_penalty,
    reasoning: request.reasoning?.effort,
    topLogprobs: request.top_logprobs,
  }
}

function toChoice(choice: ResponsesRequest['tool_choice']): FunctionChoice | undefined {
  if (choice === null || choice === undefined || typeof choice === 'string') return choice ?? undefined
  if (choice.type === 'allowed_tools') return choice.mode
  return { name: choice.name, param: 'tool_choice.name' }
}

/** The field of `include` that asks for log-probabilities. */
const LOGPROBS = 'message.output_text.logprobs'

/**
 * @param requestId names the response when no receipt does
 * @param onFinished takes the response that ended well, whole or cut
 */
export function responseForm(
  request: ResponsesRequest,
  requestId: string,
  onFinished: (response: ResponseResource) => void,
): AnswerForm {
  const logprobs = (request.include?.includes(LOGPROBS) ?? false) || (request.top_logprobs ?? 0) > 0
  const started = (facts: CallFacts): { base: string; start: ResponseResource } => {
    const base = facts.receipt ?? requestId
    const createdAt = Math.floor(Date.now() / 1000)
    const start = toResource(request, { id: `resp_${base}`, createdAt, model: facts.model ?? request.model })
    return { base, start }
  }
  return {
    stream: request.stream === true,
    logprobs,
    ignored: [],
    whole(answer: Answer, tokens: readonly TokenLogprob[], facts: CallFacts): ResponseResource {
      const { base, start } = started(facts)
      const end = finished(answer.finishReason, answer.usage, Math.floor(Date.now() / 1000))
      const output = toOutput(answer.content, tokens, base, end.status === 'incomplete')
      const response: ResponseResource = { ...start, ...end, output, edgewise: toField(facts) }
      onFinished(response)
      return response
    },
    frames(facts): AnswerFrames {
      const { base, start } = started(facts)
      const events = new ResponseEvents(start, {
        logprobs,
        base,
        edgewise: (finish) => toField({ ...facts, ...factsOf(finish.providerMetadata) }),
        onFinished,
      })
      return {
        part: (part) => events.part(part).map(eventFrame).join(''),
        end: () => DONE,
        fail: (body) => events.fail(body).map(eventFrame).join(''),
      }
    },
  }
}
