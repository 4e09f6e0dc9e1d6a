/**
 * Items -> an AI SDK prompt. Pure. What one turn of the model made (thoughts, text, calls) are items side by side there and
 * one message here, and so are the answers to its calls: providers want all calls of a turn in one message.
 */
import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { toFilePart } from '../call/file-part.ts'
import { parsedArguments, ToolNames } from '../call/tool-calls.ts'
import { invalidRequest } from '../http/gateway-error.ts'
import type { ConversationItem, FunctionCallOutputItem, InputPart, MessageItem } from './request.ts'

type Of<R extends LanguageModelV4Message['role']> = Extract<LanguageModelV4Message, { role: R }>
type ToolOutput = Extract<Of<'tool'>['content'][number], { type: 'tool-result' }>['output']

/** @throws GatewayError `invalid_request` when an output belongs to no call, or a part to another role */
export function toPrompt(
  instructions: string | null | undefined,
  items: readonly ConversationItem[],
): LanguageModelV4Prompt {
  const names = new ToolNames()
  const prompt: LanguageModelV4Prompt = instructions ? [{ role: 'system', content: instructions }] : []
  items.forEach((item, index) => {
    const message = toMessage(item, `input[${index}]`, names)
    if (message !== undefined && !merged(prompt.at(-1), message)) prompt.push(message)
  })
  return prompt
}

/** Adds what belongs to the same turn to the message before. */
function merged(last: LanguageModelV4Message | undefined, message: LanguageModelV4Message): boolean {
  if (last?.role === 'assistant' && message.role === 'assistant') last.content.push(...message.content)
  else if (last?.role === 'tool' && message.role === 'tool') last.content.push(...message.content)
  else return false
  return true
}

function toMessage(
  item: ConversationItem,
  param: string,
  names: ToolNames,
): LanguageModelV4Message | undefined {
  switch (item.type) {
    case 'message':
      return ofRole(item, `${param}.content`)
    case 'function_call': {
      const { call_id: toolCallId, name: toolName } = item
      names.called(toolCallId, toolName)
      const input = parsedArguments(item.arguments)
      return { role: 'assistant', content: [{ type: 'tool-call', toolCallId, toolName, input }] }
    }
    case 'function_call_output': {
      const toolCallId = item.call_id
      const toolName = names.nameOf(toolCallId, `${param}.call_id`)
      const output = toOutput(item, `${param}.output`)
      return { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output }] }
    }
    case 'reasoning': {
      // A summary alone, or nothing readable where the provider encrypted it.
      const text = [...(item.content ?? item.summary)].map((part) => part.text).join('\n')
      return text === '' ? undefined : { role: 'assistant', content: [{ type: 'reasoning', text }] }
    }
  }
}

function ofRole({ role, content }: MessageItem, param: string): LanguageModelV4Message {
  switch (role) {
    case 'system':
    case 'developer':
      return { role: 'system', content: joined(content, param) }
    case 'user':
      return {
        role: 'user',
        content: partsOf(content).map((part, index) => toUserPart(part, `${param}[${index}]`)),
      }
    case 'assistant':
      return {
        role: 'assistant',
        content: partsOf(content).map((part, index) => ({
          type: 'text',
          text: textOf(part, `${param}[${index}]`),
        })),
      }
  }
}

function toOutput({ output }: FunctionCallOutputItem, param: string): ToolOutput {
  if (typeof output === 'string') return { type: 'text', value: output }
  const parts = output.map((part, index) => toUserPart(part, `${param}[${index}]`))
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  return texts.length === parts.length
    ? { type: 'text', value: texts.join('') }
    : { type: 'content', value: parts }
}

function toUserPart(part: InputPart, param: string): Of<'user'>['content'][number] {
  switch (part.type) {
    case 'input_image':
      return toFilePart(part.image_url, 'image', `${param}.image_url`)
    case 'input_file': {
      const { file_data: data, file_url: url, filename } = part
      const name = filename ?? undefined
      return typeof data === 'string'
        ? toFilePart(data, 'file', `${param}.file_data`, name)
        : toFilePart(url!, 'file', `${param}.file_url`, name)
    }
    default:
      return { type: 'text', text: textOf(part, param) }
  }
}

function partsOf(content: string | readonly InputPart[]): readonly InputPart[] {
  return typeof content === 'string' ? [{ type: 'input_text', text: content }] : content
}

function joined(content: string | readonly InputPart[], param: string): string {
  return partsOf(content)
    .map((part, index) => textOf(part, `${param}[${index}]`))
    .join('')
}

/** @throws GatewayError `invalid_request` for a file outside of what a user says or a tool answers */
function textOf(part: InputPart, param: string): string {
  if (part.type === 'refusal') return part.refusal
  if (part.type === 'input_image' || part.type === 'input_file')
    throw invalidRequest('must be text: only a user and a tool can show a file', `${param}.type`)
  return part.text
}
