/**
 * Messages and tools as callers give them, checked, and as templates take them: OpenAI's shapes, which are also those of
 * transformers' `apply_chat_template`. Arguments of calls are objects here; what a model wrote is parsed before.
 */
import { BadOptionError } from '../errors.ts'

/** A JSON object: a schema, or the arguments of a call. */
export type JsonObject = Readonly<Record<string, unknown>>

export interface ChatTextPart {
  readonly type: 'text'
  readonly text: string
}

/** Parts are joined without anything between them, unless the template takes parts. */
export type ChatContent = string | readonly ChatTextPart[]

/** A function the model may call. */
export interface ChatTool {
  readonly name: string
  readonly description?: string
  /** JSON schema of the arguments: an object's. */
  readonly parameters: JsonObject
}

export interface ChatToolCall {
  /** Names the call in its result. Some templates insist on nine letters and digits; ids made here have that form. */
  readonly id: string
  readonly name: string
  readonly arguments: JsonObject
}

export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly content: ChatContent }
  | {
      readonly role: 'assistant'
      readonly content?: ChatContent
      /** What the model thought before it answered; templates that know nothing of it leave it out. */
      readonly reasoning?: string
      readonly toolCalls?: readonly ChatToolCall[]
    }
  | {
      readonly role: 'tool'
      readonly content: ChatContent
      readonly toolCallId: string
      /** The tool's name; that of the call with this id when not given. */
      readonly name?: string
    }

/** Levels of lists and objects in a schema or in arguments. Templates recurse into them. */
const MAX_DEPTH = 100

const roles = new Set(['system', 'user', 'assistant', 'tool'])

/** The text of a content. */
export function textOf(content: ChatContent | undefined): string {
  if (content === undefined || typeof content === 'string') return content ?? ''
  return content.map(({ text }) => text).join('')
}

/** Throws BadOptionError for what no template can take: no message, an unknown role, nesting without end. */
export function checkMessages(messages: readonly ChatMessage[], tools: readonly ChatTool[]): void {
  if (messages.length === 0) throw new BadOptionError('there is no message: give at least one')
  for (const [i, message] of messages.entries()) {
    const at = `messages[${i}]`
    if (!roles.has(message.role)) {
      throw new BadOptionError(`${at} has the role ${String(message.role)}: use ${[...roles].join(', ')}`)
    }
    checkContent(message.content, `${at}.content`)
    if (message.role !== 'assistant') continue
    for (const call of message.toolCalls ?? [])
      checkObject(call.arguments, `arguments of the call ${call.name}`)
  }
  for (const { name, parameters } of tools) checkObject(parameters, `parameters of the tool ${name}`)
}

function checkContent(content: unknown, at: string): void {
  const isText =
    content === undefined ||
    typeof content === 'string' ||
    (Array.isArray(content) &&
      content.every((part) => part?.type === 'text' && typeof part.text === 'string'))
  if (!isText) throw new BadOptionError(`${at} is not text: this engine takes text and text parts alone`)
}

function checkObject(value: unknown, at: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadOptionError(`the ${at} are not an object`)
  }
  if (!isShallow(value, MAX_DEPTH)) {
    throw new BadOptionError(`the ${at} nest more than ${MAX_DEPTH} levels deep, or hold themselves`)
  }
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every((held) => isShallow(held, depth - 1))
}

/** How a template wants what it is given; found by trying (probe.ts). */
export interface MessageForm {
  /** Contents as lists of parts. */
  readonly parts: boolean
  /** `content` of a message that is all calls: null for templates that ask `is none`. */
  readonly emptyContent: '' | null
}

/** A message for the template. */
export function templateMessage(
  message: ChatMessage,
  { parts, emptyContent }: MessageForm,
): JsonObject & { readonly role: string } {
  const text = textOf(message.content)
  const content = parts ? partsOf(message.content) : text
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content }
    case 'tool':
      return {
        role: 'tool',
        ...(message.name === undefined ? {} : { name: message.name }),
        tool_call_id: message.toolCallId,
        content,
      }
    case 'assistant': {
      const calls = message.toolCalls ?? []
      return {
        role: 'assistant',
        content: calls.length > 0 && text === '' ? emptyContent : content,
        ...(message.reasoning === undefined ? {} : { reasoning_content: message.reasoning }),
        ...(calls.length === 0 ? {} : { tool_calls: calls.map(templateCall) }),
      }
    }
  }
}

function partsOf(content: ChatContent | undefined): readonly ChatTextPart[] {
  if (content !== undefined && typeof content !== 'string') return content
  return [{ type: 'text', text: content ?? '' }]
}

function templateCall({ id, name, arguments: args }: ChatToolCall): JsonObject {
  return { id, type: 'function', function: { name, arguments: args } }
}

/** A tool for the template, as transformers gives it. */
export function templateTool({ name, description, parameters }: ChatTool): JsonObject {
  return {
    type: 'function',
    function: { name, ...(description === undefined ? {} : { description }), parameters },
  }
}
