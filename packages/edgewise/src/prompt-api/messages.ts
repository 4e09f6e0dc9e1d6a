/** Messages of the Prompt API -> the AI SDK's prompt, checked as a browser checks them. Text alone: a `LanguageModelV4` says of no other input whether it takes it. */
import type { LanguageModelV4FunctionTool, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { exception } from './exceptions.ts'
import type { PromptContent, PromptInput, PromptMessage, PromptTool } from './shape.ts'

type Message = LanguageModelV4Prompt[number]

export interface ReadInput {
  readonly messages: readonly Message[]
  /** What the answer is to go on from; it is the last message, too. */
  readonly prefix: string
}

/** Throws NotSupportedError for what is no text, SyntaxError for a prefix elsewhere than last, TypeError for a system message late. */
export function readInput(input: PromptInput, { mayPrefix }: { readonly mayPrefix: boolean }): ReadInput {
  const given: readonly PromptMessage[] =
    typeof input === 'string' ? [{ role: 'user', content: input }] : input
  let prefix = ''
  const messages = given.map((message, i): Message => {
    const text = textOf(message.content)
    if (message.prefix) {
      if (!mayPrefix || message.role !== 'assistant' || i !== given.length - 1) {
        throw exception('SyntaxError', 'only the last message of a prompt, an assistant’s, can be a prefix')
      }
      prefix = text
    }
    if (message.role === 'system') {
      if (i > 0) throw new TypeError('a system message can only be the first')
      return { role: 'system', content: text }
    }
    return { role: message.role, content: [{ type: 'text', text }] }
  })
  return { messages, prefix }
}

function textOf(content: string | readonly PromptContent[]): string {
  if (typeof content === 'string') return content
  return content
    .map(({ type, value }) => {
      if (type !== 'text') throw exception('NotSupportedError', `this model takes text, not ${type}`)
      if (typeof value !== 'string') throw new TypeError('the value of a text must be a string')
      return value
    })
    .join('')
}

export function toTools(tools: readonly PromptTool[]): LanguageModelV4FunctionTool[] {
  return tools.map(({ name, description, inputSchema }) => ({
    type: 'function',
    name,
    description,
    inputSchema,
  }))
}
