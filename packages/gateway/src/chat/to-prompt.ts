/**
 * OpenAI messages -> an AI SDK prompt. Pure. `developer` is `system`; a tool's answer gets the name of the call it
 * belongs to, which OpenAI leaves out.
 */
import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { fromBase64, toFilePart } from '../call/file-part.ts'
import { parsedArguments, ToolNames } from '../call/tool-calls.ts'
import { invalidRequest } from '../http/gateway-error.ts'
import type { AssistantMessage, ChatMessage, RefusalPart, TextPart, UserPart } from './request.ts'

type UserContent = Extract<LanguageModelV4Message, { role: 'user' }>['content']

/** @throws GatewayError `invalid_request` when a tool answers a call nobody made, or an assistant says nothing */
export function toPrompt(messages: readonly ChatMessage[]): LanguageModelV4Prompt {
  const names = new ToolNames()
  return messages.map((message, index) => toMessage(message, `messages[${index}]`, names))
}

function toMessage(message: ChatMessage, param: string, names: ToolNames): LanguageModelV4Message {
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', content: joined(message.content) }
    case 'user':
      return { role: 'user', content: toUserContent(message.content, `${param}.content`) }
    case 'assistant':
      for (const call of message.tool_calls ?? []) names.called(call.id, call.function.name)
      return toAssistant(message, param)
    case 'tool': {
      const toolCallId = message.tool_call_id
      const toolName = names.nameOf(toolCallId, `${param}.tool_call_id`)
      const output = { type: 'text' as const, value: joined(message.content) }
      return { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output }] }
    }
  }
}

function toUserContent(content: string | readonly UserPart[], param: string): UserContent {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part, index) => toUserPart(part, `${param}[${index}].${part.type}`))
}

function toUserPart(part: UserPart, param: string): UserContent[number] {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'image_url':
      return toFilePart(part.image_url.url, 'image', `${param}.url`)
    case 'input_audio': {
      const { data, format } = part.input_audio
      return fromBase64(data, format === 'mp3' ? 'audio/mpeg' : 'audio/wav', `${param}.data`)
    }
    case 'file':
      return toFilePart(part.file.file_data, 'file', `${param}.file_data`, part.file.filename ?? undefined)
  }
}

function toAssistant(message: AssistantMessage, param: string): LanguageModelV4Message {
  const said = message.content ?? message.refusal
  const thought = message.reasoning_content
  const reasoning = thought ? [{ type: 'reasoning' as const, text: thought }] : []
  const text = said === null || said === undefined ? [] : textParts(said)
  const calls = (message.tool_calls ?? []).map((call) => ({
    type: 'tool-call' as const,
    toolCallId: call.id,
    toolName: call.function.name,
    input: parsedArguments(call.function.arguments),
  }))
  if (text.length + calls.length === 0)
    throw invalidRequest('an assistant message needs content or tool_calls', `${param}.content`)
  return { role: 'assistant', content: [...reasoning, ...text, ...calls] }
}

function textParts(content: string | readonly (TextPart | RefusalPart)[]): { type: 'text'; text: string }[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part) => ({ type: 'text', text: part.type === 'text' ? part.text : part.refusal }))
}

function joined(content: string | readonly TextPart[]): string {
  return typeof content === 'string' ? content : content.map((part) => part.text).join('')
}
