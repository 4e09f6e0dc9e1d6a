/** The AI SDK's prompt -> messages of the Prompt API, and what of a call the built-in model will not heed. Pure. */
import type { LanguageModelV4CallOptions, SharedV4Warning } from '@ai-sdk/provider'
import type { PromptMessage, SamplingMode } from '../../prompt-api/shape.ts'
import { notText, toMessages, toTools } from '../gguf-device-messages.ts'

export interface Split {
  /** What the session begins with. */
  readonly initialPrompts: readonly PromptMessage[]
  /** What is prompted. */
  readonly input: readonly PromptMessage[]
}

type Message = ReturnType<typeof toMessages>[number]

/** System messages are made one, as the API takes only a first one. */
export function toPrompts(call: LanguageModelV4CallOptions): Split {
  const messages = toMessages(call.prompt)
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => textOf(content))
  const said = messages.filter(({ role }) => role !== 'system').map(toPrompt)
  const last = said.findLastIndex(({ role }) => role === 'assistant')
  const first: PromptMessage[] = system.length === 0 ? [] : [{ role: 'system', content: system.join('\n\n') }]
  return { initialPrompts: [...first, ...said.slice(0, last + 1)], input: said.slice(last + 1) }
}

/** Calls of tools and their results are told in words: the API has no messages for them. */
function toPrompt(message: Message): PromptMessage {
  const text = textOf(message.content)
  if (message.role === 'tool') return { role: 'user', content: `Result of ${message.name}:\n${text}` }
  if (message.role !== 'assistant') return { role: message.role, content: text }
  const calls = (message.toolCalls ?? []).map(
    (call) => `Called ${call.name}: ${JSON.stringify(call.arguments)}`,
  )
  return { role: 'assistant', content: [text, ...calls].filter(Boolean).join('\n') }
}

const textOf = (content: Message['content']): string =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text).join('')

/** Pages have no temperature; the ends of its range have names. */
export function samplingOf({ temperature }: LanguageModelV4CallOptions): SamplingMode | undefined {
  if (temperature === undefined) return undefined
  if (temperature === 0) return 'most-predictable'
  return temperature < 0.5 ? 'predictable' : temperature <= 1 ? 'creative' : 'most-creative'
}

/** What this browser's API takes, found by which options it reads. */
export interface Abilities {
  readonly tools: boolean
  readonly samplingMode: boolean
}

export function lacks(call: LanguageModelV4CallOptions, abilities: Abilities): string[] {
  const missing = notText(call)
  if (!abilities.tools && toTools(call).length > 0) missing.push('tools')
  return missing
}

export function warningsOf(call: LanguageModelV4CallOptions, abilities: Abilities): SharedV4Warning[] {
  const { toolChoice, temperature, reasoning } = call
  const features = lacks(call, abilities)
  const settings = ['maxOutputTokens', 'topP', 'topK', 'seed', 'presencePenalty', 'frequencyPenalty'] as const
  features.push(...settings.filter((name) => call[name] !== undefined))
  if (call.stopSequences?.length) features.push('stopSequences')
  if (reasoning !== undefined && reasoning !== 'provider-default') features.push('reasoning')
  if (abilities.tools && (toolChoice?.type === 'required' || toolChoice?.type === 'tool'))
    features.push('toolChoice')
  const warnings: SharedV4Warning[] = features.map((feature) => ({ type: 'unsupported', feature }))
  if (temperature !== undefined) {
    warnings.push(
      abilities.samplingMode
        ? {
            type: 'compatibility',
            feature: 'temperature',
            details: `the browser takes no number: asked for "${samplingOf(call)}"`,
          }
        : { type: 'unsupported', feature: 'temperature' },
    )
  }
  return warnings
}
