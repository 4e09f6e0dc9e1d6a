/**
 * A call and its rule -> the whole answer: pieces of text (a piece is a token), tool calls, usage. Pure; when each piece
 * is sent is decided elsewhere.
 */
import type { ScriptedAnswer, ScriptedUsage, ScriptRule } from '../script/types.ts'
import { exampleOf } from './json-example.ts'
import { type ChatRequest, lastUserText, textOf } from './request.ts'

export interface Answer {
  /** Of the text, in order. */
  readonly pieces: readonly string[]
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  readonly finishReason: string
  /** Log-probability of each piece. */
  readonly logprobs: readonly number[]
  /** null: none is reported. */
  readonly usage: Required<ScriptedUsage> | null
}

/** Characters a token: what texts in English come to with common vocabularies, near enough for a bill nobody pays. */
const TOKEN_CHARS = 4
const DEFAULT_LOGPROB = -0.05

const DEFAULT_TEXT =
  'This is a rehearsal: no model was asked, and nothing was bought. A script can say what is answered here.'

/**
 * @param callNumber of the call at this server, from 1; it makes the ids of tool calls unique
 */
export function answerOf(request: ChatRequest, rule: ScriptRule, callNumber: number): Answer {
  const scripted: ScriptedAnswer | undefined =
    typeof rule.answer === 'string' ? { text: rule.answer } : rule.answer
  const toolCalls = scripted === undefined ? defaultToolCalls(request) : (scripted.toolCalls ?? [])
  const all =
    scripted !== undefined
      ? scriptedPieces(scripted, request)
      : toolCalls.length === 0
        ? pieces(defaultText(request))
        : []
  const kept = request.maxTokens === null ? all : all.slice(0, request.maxTokens)
  const calls = toolCalls.map((call, index) => ({
    id: `call_rehearsal_${callNumber}_${index}`,
    name: call.name,
    arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments ?? {}),
  }))
  const finishReason =
    scripted?.finishReason ??
    (kept.length < all.length
      ? 'length'
      : calls.length > 0
        ? 'tool_calls'
        : endOf(request, kept, scripted === undefined))
  const logprobs = scripted?.logprobs ?? [DEFAULT_LOGPROB]
  return {
    pieces: kept,
    toolCalls: calls,
    finishReason,
    logprobs: kept.map((_, index) => logprobs[Math.min(index, logprobs.length - 1)]!),
    usage: rule.usage === null ? null : usageOf(request, kept, calls, rule.usage ?? {}),
  }
}

function scriptedPieces({ text, json }: ScriptedAnswer, request: ChatRequest): readonly string[] {
  if (json !== undefined) return pieces(JSON.stringify(json))
  if (typeof text !== 'string') return text ?? []
  return pieces(text.replaceAll('{{user}}', () => lastUserText(request)))
}

/** A text in tokens: at most four characters with the space before them, so that words and placeholders are split. */
export function pieces(text: string): string[] {
  return text.match(/\s?\S{1,4}|\s/gu) ?? []
}

function defaultToolCalls({ requiredTool, tools }: ChatRequest): { name: string; arguments: unknown }[] {
  const tool = tools.find(({ name }) => name === requiredTool)
  return tool === undefined ? [] : [{ name: tool.name, arguments: exampleOf(tool.parameters) }]
}

/** JSON of the schema asked for; else a text that is as long as the caller allows, the bare sentence without a limit. */
function defaultText({ jsonSchema, maxTokens }: ChatRequest): string {
  if (jsonSchema !== null) return JSON.stringify(exampleOf(jsonSchema))
  const sentence = pieces(DEFAULT_TEXT)
  if (maxTokens === null || maxTokens <= sentence.length) return DEFAULT_TEXT
  const next = pieces(` ${DEFAULT_TEXT}`)
  const rest = Array.from({ length: maxTokens - sentence.length }, (_, index) => next[index % next.length]!)
  return [...sentence, ...rest].join('')
}

/** A default text that fills the limit stopped because of it. */
function endOf({ maxTokens, jsonSchema }: ChatRequest, kept: readonly string[], isDefault: boolean): string {
  return isDefault && jsonSchema === null && kept.length === maxTokens ? 'length' : 'stop'
}

function usageOf(
  request: ChatRequest,
  kept: readonly string[],
  calls: readonly { readonly name: string; readonly arguments: string }[],
  said: ScriptedUsage,
): Required<ScriptedUsage> {
  const characters = request.messages.reduce((sum, message) => sum + textOf(message).length, 0)
  const inCalls = calls.reduce(
    (sum, call) => sum + pieces(call.name).length + pieces(call.arguments).length,
    0,
  )
  return {
    input: said.input ?? Math.max(1, Math.ceil(characters / TOKEN_CHARS)),
    cached: said.cached ?? 0,
    output: said.output ?? kept.length + inCalls,
  }
}
