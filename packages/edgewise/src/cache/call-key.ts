/**
 * What of a call decides its answer, as one text: two calls with the same text may have the same answer. It is compared as a
 * whole, so there is no digest that two calls could share. Who asks and of which task is in it; the conversation's name is
 * not, as the messages are. A call that is more than plain data (a file, bytes) has none and is never cached.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4Message } from '@ai-sdk/provider'
import { contentOf } from './meaning.ts'

/** Whose answers these are: nobody is given another user's, and no task another's. */
export interface CacheScope {
  readonly task: string
  /** null: nobody in particular. All such calls share their answers. */
  readonly user: string | null
  /** From which similarity on another text's answer is given; null: for the same call alone. */
  readonly minSimilarity: number | null
}

export interface CallKey {
  readonly exact: string
  /** What the last user message says, and the key of all calls that differ in its wording alone; null where none may. */
  readonly meaning: { readonly text: string; readonly key: string } | null
}

/** null: the call is more than plain data. */
export function callKey(call: LanguageModelV4CallOptions, scope: CacheScope): CallKey | null {
  const rest = settingsOf(call, scope)
  const prompt = call.prompt.map(unmarked)
  const exact = plainJson([rest, prompt])
  if (exact === null) return null
  return { exact, meaning: scope.minSimilarity === null ? null : meaningOf(prompt, rest) }
}

/** A message without what earlier answers carry of this package (place, why, log-probabilities): it decides nothing. */
function unmarked(message: LanguageModelV4Message): LanguageModelV4Message {
  if (message.role !== 'assistant') return message
  const content = message.content.map((part) => {
    if (part.providerOptions?.edgewise === undefined) return part
    const { providerOptions, ...rest } = part
    const { edgewise: _, ...others } = providerOptions
    return Object.keys(others).length === 0 ? rest : { ...rest, providerOptions: others }
  })
  return { ...message, content }
}

/**
 * Headers are in it, as they go to the cloud and may decide what it answers: a host that sends one of its own with each call has
 * no hits.
 */
function settingsOf(call: LanguageModelV4CallOptions, { task, user }: CacheScope): unknown[] {
  const { task: _, user: __, conversation: ___, ...ours } = call.providerOptions?.edgewise ?? {}
  return [
    [task, user],
    [call.tools, call.toolChoice, call.responseFormat],
    [call.temperature, call.topP, call.topK, call.seed, call.presencePenalty, call.frequencyPenalty],
    [call.maxOutputTokens, call.stopSequences, call.reasoning],
    [{ ...call.providerOptions, edgewise: ours }, call.headers],
  ]
}

/** Of a question that ends the prompt and is one text; all before it must be the same. */
function meaningOf(prompt: LanguageModelV4CallOptions['prompt'], rest: unknown): CallKey['meaning'] {
  const last = prompt.at(-1)
  if (last?.role !== 'user' || last.content.length !== 1) return null
  const [part] = last.content
  if (part?.type !== 'text') return null
  const content = contentOf(part.text)
  if (content === null) return null
  const said = [last.providerOptions, part.providerOptions, content]
  const key = plainJson([rest, prompt.slice(0, -1), said])
  return key === null ? null : { text: part.text, key }
}

/** JSON; null of what JSON cannot hold: objects of a class would be left out or look like one another. */
export function plainJson(value: unknown): string | null {
  try {
    return JSON.stringify(value, plain)
  } catch {
    // A cycle or a bigint, too.
    return null
  }
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) throw new TypeError('an object of a class')
  }
  return value
}
