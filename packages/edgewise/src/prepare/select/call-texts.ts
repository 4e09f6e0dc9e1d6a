/**
 * The texts of a prompt, each with what may be done to it, and the prompt again with some of them replaced. Context is what
 * tools gave, what the user wrote or attached before, and the long strings inside JSON results; everything else of the prompt
 * is fixed. Where the question lies in the last user message is left to question.ts.
 */
import type {
  JSONValue,
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultOutput,
} from '@ai-sdk/provider'

/** `json`: context inside a JSON result. `asked`: of the last user message, the question among it. `fixed`: never changed. */
export type TextKind = 'context' | 'json' | 'asked' | 'fixed'

/** Gives the text as it shall stand; for a fixed one the result is not used. */
export type Visit = (text: string, kind: TextKind) => string

/** UTF-16 units up to which a text is not worth cutting: the mark of what was left out is not much shorter. */
const SHORT = 280

/** Levels of a JSON result that are looked into; strings deeper down stay as they are. */
const MOST_DEPTH = 64

/** Visits every text in order. Messages and parts in which nothing changes are the ones that were given. */
export function mapTexts(prompt: LanguageModelV4Prompt, visit: Visit): LanguageModelV4Prompt {
  const asked = prompt.findLastIndex(({ role }) => role === 'user')
  const context: Visit = (text, kind) =>
    visit(text, text.length <= SHORT ? 'fixed' : kind === 'asked' ? 'context' : kind)
  return mapSame(prompt, (message, i): LanguageModelV4Message => {
    switch (message.role) {
      case 'system':
        visit(message.content, 'fixed')
        return message
      case 'assistant':
        for (const part of message.content) {
          if (part.type === 'text' || part.type === 'reasoning') visit(part.text, 'fixed')
          if (part.type === 'tool-call') visit(jsonText(part.input), 'fixed')
          if (part.type === 'tool-result') visit(jsonText(part.output), 'fixed')
        }
        return message
      case 'user': {
        const content = mapSame(message.content, (part) => userPart(part, i === asked ? visit : context))
        return content === message.content ? message : { ...message, content }
      }
      case 'tool': {
        const content = mapSame(message.content, (part) => {
          if (part.type !== 'tool-result') return part
          const output = toolOutput(part.output, context)
          return output === part.output ? part : { ...part, output }
        })
        return content === message.content ? message : { ...message, content }
      }
    }
  })
}

function userPart(
  part: LanguageModelV4TextPart | LanguageModelV4FilePart,
  visit: Visit,
): LanguageModelV4TextPart | LanguageModelV4FilePart {
  if (part.type === 'text') {
    const text = visit(part.text, 'asked')
    return text === part.text ? part : { ...part, text }
  }
  if (part.data.type !== 'text') return part
  // A document that was attached as text: never the question.
  const text = visit(part.data.text, part.data.text.length <= SHORT ? 'fixed' : 'context')
  return text === part.data.text ? part : { ...part, data: { ...part.data, text } }
}

function toolOutput(output: LanguageModelV4ToolResultOutput, visit: Visit): LanguageModelV4ToolResultOutput {
  switch (output.type) {
    case 'text':
    case 'error-text': {
      const value = visit(output.value, 'context')
      return value === output.value ? output : { ...output, value }
    }
    case 'json':
    case 'error-json': {
      visit(jsonText(mapStrings(output.value, (text) => (text.length > SHORT ? '' : text))), 'fixed')
      const value = mapStrings(output.value, (text) => (text.length > SHORT ? visit(text, 'json') : text))
      return value === output.value ? output : { ...output, value }
    }
    case 'content': {
      const value = mapSame(output.value, (part) => {
        if (part.type !== 'text') return part
        const text = visit(part.text, 'context')
        return text === part.text ? part : { ...part, text }
      })
      return value === output.value ? output : { ...output, value }
    }
    case 'execution-denied':
      return output
  }
}

/** The value with `change` made to its strings, keys and structure as they were; itself where nothing changes. */
function mapStrings(value: JSONValue, change: (text: string) => string, depth = 0): JSONValue {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null || depth === MOST_DEPTH) return value
  if (Array.isArray(value)) return mapSame(value, (item: JSONValue) => mapStrings(item, change, depth + 1))
  let isSame = true
  const entries = Object.entries(value).map(([key, item]) => {
    const changed = item === undefined ? item : mapStrings(item, change, depth + 1)
    if (changed !== item) isSame = false
    return [key, changed] as const
  })
  return isSame ? value : Object.fromEntries(entries)
}

/** Tool inputs are JSON or, from providers that run their own tools, text. */
const jsonText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '')

/** The array itself where `change` gives the same item for each. */
function mapSame<T>(items: T[], change: (item: T, index: number) => T): T[] {
  const changed = items.map(change)
  return changed.every((item, i) => item === items[i]) ? items : changed
}
