/** The AI SDK's prompt and tools -> the engine's chat messages and tools. Pure. What is no text is left out; `lacks` names it. */
import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultOutput,
} from '@ai-sdk/provider'
import type { ChatMessage, ChatTool, JsonObject } from '@edgewise/engine'

/** `words` is a system text of the host's own, put behind the caller's. */
export function toMessages(prompt: LanguageModelV4Prompt, words?: string): ChatMessage[] {
  const messages = prompt.flatMap(toMessage)
  if (words === undefined) return messages
  const [first, ...rest] = messages
  return first?.role === 'system'
    ? [{ role: 'system', content: `${first.content as string}\n\n${words}` }, ...rest]
    : [{ role: 'system', content: words }, ...messages]
}

function toMessage(message: LanguageModelV4Prompt[number]): ChatMessage[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.content }]
    case 'user':
      return [{ role: 'user', content: message.content.filter((part) => part.type === 'text') }]
    case 'assistant': {
      const texts = message.content.filter((part) => part.type === 'text')
      const thoughts = message.content.filter((part) => part.type === 'reasoning')
      const toolCalls = message.content
        .filter((part) => part.type === 'tool-call')
        .map((part) => ({ id: part.toolCallId, name: part.toolName, arguments: toArguments(part.input) }))
      return [
        {
          role: 'assistant',
          content: texts.map(({ text }) => text).join(''),
          ...(thoughts.length > 0 ? { reasoning: thoughts.map(({ text }) => text).join('') } : {}),
          ...(toolCalls.length > 0 ? { toolCalls } : {}),
        },
      ]
    }
    case 'tool':
      return message.content
        .filter((part) => part.type === 'tool-result')
        .map((part) => ({
          role: 'tool',
          toolCallId: part.toolCallId,
          name: part.toolName,
          content: toResult(part.output),
        }))
  }
}

/** A model may have written no object; what it wrote then stands for itself. */
function toArguments(input: unknown): JsonObject {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
    ? (input as JsonObject)
    : { input }
}

function toResult(output: LanguageModelV4ToolResultOutput): string {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return output.value
    case 'json':
    case 'error-json':
      return JSON.stringify(output.value)
    case 'execution-denied':
      return output.reason ?? 'The call was not allowed.'
    case 'content':
      return output.value.map((part) => (part.type === 'text' ? part.text : '')).join('')
  }
}

/** The functions a model may call; none when the call says so. */
export function toTools({ tools, toolChoice }: LanguageModelV4CallOptions): ChatTool[] {
  if (toolChoice?.type === 'none') return []
  return (tools ?? []).filter(isFunction).map(({ name, description, inputSchema }) => ({
    name,
    ...(description === undefined ? {} : { description }),
    parameters: inputSchema as JsonObject,
  }))
}

const isFunction = (tool: { readonly type: string }): tool is LanguageModelV4FunctionTool =>
  tool.type === 'function'

/** What the call has that no chat of the engine takes: `files`, `tools of a provider`. */
export function notText(call: LanguageModelV4CallOptions): string[] {
  const found: string[] = []
  const hasFile = call.prompt.some(
    ({ role, content }) => role !== 'system' && content.some((part) => part.type === 'file'),
  )
  if (hasFile) found.push('files')
  if (call.toolChoice?.type !== 'none' && call.tools?.some((tool) => !isFunction(tool))) {
    found.push('tools of a provider')
  }
  return found
}
