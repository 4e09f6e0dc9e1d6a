/**
 * OpenAI messages -> an AI SDK prompt. Pure. `developer` is `system`; a tool's answer gets the name of the call it
 * belongs to, which OpenAI leaves out.
 */
import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { invalidRequest } from '../http/gateway-error.ts'
import type { AssistantMessage, ChatMessage, RefusalPart, TextPart } from './request.ts'

/** @throws GatewayError `invalid_request` when a tool answers a call nobody made, or an assistant says nothing */
export function toPrompt(messages: readonly ChatMessage[]): LanguageModelV4Prompt {
  const toolNames = new Map<string, string>()
  return messages.map((message, index) => {
    if (message.role === 'assistant')
      for (const call of message.tool_calls ?? []) toolNames.set(call.id, call.function.name)
    return toMessage(message, `messages[${index}]`, toolNames)
  })
}

function toMessage(
  message: ChatMessage,
  param: string,
  toolNames: ReadonlyMap<string, string>,
): LanguageModelV4Message {
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', content: joined(message.content) }
    case 'user':
      return { role: 'user', content: textParts(message.content) }
    case 'assistant':
      return toAssistant(message, param)
    case 'tool': {
      const toolCallId = message.tool_call_id
      const toolName = toolNames.get(toolCallId)
      if (toolName === undefined)
        throw invalidRequest(
          'must be the id of a tool call in an earlier assistant message',
          `${param}.tool_call_id`,
        )
      const output = { type: 'text' as const, value: joined(message.content) }
      return { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output }] }
    }
  }
}

function toAssistant(message: AssistantMessage, param: string): LanguageModelV4Message {
  const said = message.content ?? message.refusal
  const text = said === null || said === undefined ? [] : textParts(said)
  const calls = (message.tool_calls ?? []).map((call) => ({
    type: 'tool-call' as const,
    toolCallId: call.id,
    toolName: call.function.name,
    input: parsed(call.function.arguments),
  }))
  if (text.length + calls.length === 0)
    throw invalidRequest('an assistant message needs content or tool_calls', `${param}.content`)
  return { role: 'assistant', content: [...text, ...calls] }
}

type Content = string | readonly (TextPart | RefusalPart)[]

function textParts(content: Content): { type: 'text'; text: string }[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part) => ({ type: 'text', text: part.type === 'text' ? part.text : part.refusal }))
}

function joined(content: Content): string {
  return textParts(content)
    .map((part) => part.text)
    .join('')
}

/** Arguments as a model wrote them may be broken JSON: then the text itself goes back to the model. */
function parsed(json: string): unknown {
  if (json === '') return {}
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}
