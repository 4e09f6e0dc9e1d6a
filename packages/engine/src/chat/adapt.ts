/**
 * A conversation for a template that lacks something: a system text goes before the next user's, tools are told of in
 * words, calls and their results become text. Templates that can do it themselves get the conversation as it is.
 */
import { type ChatMessage, type ChatTool, templateTool, textOf } from './messages.ts'
import type { Abilities } from './probe.ts'

/** Whether calls and results are the template's own; else they are text in `plainFormat`. */
export function hasOwnCalls({ tools, calls, toolResults }: Abilities): boolean {
  return tools && toolResults && calls !== undefined
}

/** The conversation and the tools that are left for the template itself. */
export function adapt(
  messages: readonly ChatMessage[],
  tools: readonly ChatTool[],
  abilities: Abilities,
): { readonly messages: readonly ChatMessage[]; readonly tools: readonly ChatTool[] } {
  const isOwn = hasOwnCalls(abilities)
  let adapted = messages
  if (!isOwn) {
    adapted = withoutResults(adapted.map(withoutCalls))
    if (tools.length > 0) adapted = [...instructed(adapted, tools)]
  }
  if (!abilities.system) adapted = folded(adapted)
  return { messages: adapted, tools: isOwn ? tools : [] }
}

function withoutCalls(message: ChatMessage): ChatMessage {
  if (message.role !== 'assistant' || !message.toolCalls?.length) return message
  const { toolCalls, content, ...rest } = message
  const calls = toolCalls.map(({ name, arguments: args }) => JSON.stringify({ name, arguments: args }))
  return { ...rest, content: [textOf(content), ...calls].filter((text) => text !== '').join('\n') }
}

/** The tools in words, behind the first system text or as one. */
function* instructed(messages: readonly ChatMessage[], tools: readonly ChatTool[]): Generator<ChatMessage> {
  const [first] = messages
  const words = `You may call functions to fulfil the request. These are the functions, as JSON:
${tools.map((tool) => JSON.stringify(templateTool(tool).function)).join('\n')}
To call a function, answer with one JSON object and nothing else: {"name": "the function's name", "arguments": {"an argument": "its value"}}
When no function is needed, answer in words.`
  const isSystem = first?.role === 'system'
  yield {
    role: 'system',
    content: isSystem ? `${textOf(first.content)}\n\n${words}` : words,
  }
  yield* isSystem ? messages.slice(1) : messages
}

/** System texts before the next user's text; at the end, as a user's. */
function folded(messages: readonly ChatMessage[]): ChatMessage[] {
  const out: ChatMessage[] = []
  let held: string[] = []
  for (const message of messages) {
    if (message.role === 'system') held.push(textOf(message.content))
    else if (message.role === 'user' && held.length > 0) {
      out.push({ role: 'user', content: [...held, textOf(message.content)].join('\n\n') })
      held = []
    } else out.push(message)
  }
  if (held.length > 0) out.push({ role: 'user', content: held.join('\n\n') })
  return out
}

/** Results as a user's text, those of several calls and what the user says next in one: turns alternate. */
function withoutResults(messages: readonly ChatMessage[]): ChatMessage[] {
  const out: ChatMessage[] = []
  let wasResult = false
  for (const message of messages) {
    const isResult = message.role === 'tool'
    const of = isResult && message.name !== undefined ? ` of ${message.name}` : ''
    const text = isResult ? `Result${of}:\n${textOf(message.content)}` : textOf(message.content)
    const last = out.at(-1)
    if (wasResult && last && (isResult || message.role === 'user')) {
      out[out.length - 1] = { role: 'user', content: `${textOf(last.content)}\n\n${text}` }
    } else out.push(isResult ? { role: 'user', content: text } : message)
    wasResult = isResult
  }
  return out
}
