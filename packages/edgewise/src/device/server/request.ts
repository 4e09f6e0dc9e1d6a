/** A call -> the body of a chat completion, by the row of the server; and what of the call it will not heed. Pure. */
import type { LanguageModelV4CallOptions, SharedV4Warning } from '@ai-sdk/provider'
import type { ChatMessage, ChatTool } from '@edgewise/engine'
import { notText, toMessages, toTools } from '../gguf-device-messages.ts'
import type { Quirks, Setting } from './quirks.ts'

type Json = Readonly<Record<string, unknown>>

export interface Asked {
  /** The name to send. */
  readonly model: string
  /** Whether the answer is to come in one piece. */
  readonly whole: boolean
}

/** The body as an object. */
export function requestBody(call: LanguageModelV4CallOptions, { model, whole }: Asked, quirks: Quirks): Json {
  const { responseFormat, topP } = call
  const json = responseFormat?.type === 'json' ? responseFormat : undefined
  const words = json && quirks.json !== 'schema' ? jsonWords(json.schema) : undefined
  const tools = quirks.tools ? toTools(call) : []
  return present({
    model,
    messages: toMessages(call.prompt, words).map(wireMessage),
    stream: !whole,
    stream_options: !whole && quirks.includeUsage ? { include_usage: true } : undefined,
    [quirks.maxTokens]: call.maxOutputTokens,
    temperature: call.temperature,
    top_p: topP,
    response_format: json && responseFormatOf(json, quirks),
    tools: tools.length > 0 ? tools.map(wireTool) : undefined,
    tool_choice: tools.length > 0 && !ignores(quirks, 'toolChoice') ? toolChoiceOf(call) : undefined,
    ...(tools.length > 0 && quirks.toolsWithoutLogprobs ? {} : logprobsOf(call, quirks, whole)),
    ...Object.fromEntries(
      settings.filter(([name]) => !ignores(quirks, name)).map(([name, key]) => [key, call[name]]),
    ),
  })
}

const settings = [
  ['topK', 'top_k'],
  ['seed', 'seed'],
  ['stopSequences', 'stop'],
  ['presencePenalty', 'presence_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
] as const

/** How many of the most probable tokens the call asks to be told; the margin takes two. */
export function topLogprobsOf({ providerOptions }: LanguageModelV4CallOptions): number {
  const asked = providerOptions?.edgewise?.topLogprobs
  return typeof asked === 'number' ? asked : 0
}

function logprobsOf(call: LanguageModelV4CallOptions, { logprobs }: Quirks, whole: boolean): Json {
  if (logprobs === 'stream') return { logprobs: true, top_logprobs: Math.max(2, topLogprobsOf(call)) }
  return logprobs === 'whole' && whole ? { logprobs: true } : {}
}

const ignores = (quirks: Quirks, name: Setting): boolean => quirks.ignores.includes(name)

const present = (body: Json): Json =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))

function wireMessage(message: ChatMessage): Json {
  const content =
    typeof message.content === 'string' || message.content === undefined
      ? (message.content ?? '')
      : message.content.map(({ text }) => text).join('')
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.toolCallId, content }
  if (message.role !== 'assistant' || !message.toolCalls) return { role: message.role, content }
  return {
    role: 'assistant',
    content,
    tool_calls: message.toolCalls.map(({ id, name, arguments: input }) => ({
      id,
      type: 'function',
      function: { name, arguments: JSON.stringify(input) },
    })),
  }
}

const wireTool = ({ name, description, parameters }: ChatTool): Json => ({
  type: 'function',
  function: present({ name, description, parameters }),
})

function toolChoiceOf({ toolChoice }: LanguageModelV4CallOptions): unknown {
  return toolChoice?.type === 'tool'
    ? { type: 'function', function: { name: toolChoice.toolName } }
    : toolChoice?.type
}

type JsonFormat = Extract<LanguageModelV4CallOptions['responseFormat'], { type: 'json' }>

function responseFormatOf({ schema, name }: JsonFormat, quirks: Quirks): Json | undefined {
  if (quirks.json === 'words') return undefined
  if (quirks.json === 'object') return { type: 'json_object' }
  // Not `json_object` without a schema: LM Studio refuses it.
  const asked = schema === undefined ? { schema: { type: 'object' } } : { schema, strict: true }
  return { type: 'json_schema', json_schema: { name: name ?? 'answer', ...asked } }
}

function jsonWords(schema: unknown): string {
  const asked = 'Answer with JSON and nothing else'
  return schema === undefined
    ? `${asked}.`
    : `${asked}, as this JSON schema has it:\n${JSON.stringify(schema)}`
}

/** What another place would take and this server cannot. */
export function lacks(call: LanguageModelV4CallOptions, quirks: Quirks): string[] {
  const missing = notText(call)
  if (!quirks.tools && toTools(call).length > 0) missing.push('tools')
  if (quirks.json === 'words' && call.responseFormat?.type === 'json') missing.push('a JSON answer')
  return missing
}

export function warningsOf(call: LanguageModelV4CallOptions, quirks: Quirks): SharedV4Warning[] {
  const { presencePenalty, frequencyPenalty, reasoning, toolChoice } = call
  const mustCall = toolChoice?.type === 'required' || toolChoice?.type === 'tool'
  const asked: Record<Setting, boolean> = {
    topK: call.topK !== undefined,
    seed: call.seed !== undefined,
    stopSequences: (call.stopSequences?.length ?? 0) > 0,
    presencePenalty: !!presencePenalty,
    frequencyPenalty: !!frequencyPenalty,
    toolChoice: quirks.tools && mustCall,
  }
  const details = `${quirks.name} ignores it`
  const unsupported = (feature: string, why?: string): SharedV4Warning => ({
    type: 'unsupported',
    feature,
    ...(why === undefined ? {} : { details: why }),
  })
  const warnings = notText(call).map((feature) => unsupported(feature))
  if (!quirks.tools && toTools(call).length > 0) warnings.push(unsupported('tools', details))
  for (const name of quirks.ignores) if (asked[name]) warnings.push(unsupported(name, details))
  if (reasoning !== undefined && reasoning !== 'provider-default') warnings.push(unsupported('reasoning'))
  if (call.responseFormat?.type === 'json' && quirks.json !== 'schema') {
    const what = quirks.json === 'words' ? 'JSON is asked for in words' : 'the schema is asked for in words'
    warnings.push({
      type: 'compatibility',
      feature: 'responseFormat',
      details: `${what} and not enforced: ${quirks.name} knows no schema`,
    })
  }
  return warnings
}
