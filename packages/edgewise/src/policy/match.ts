/**
 * Which task a call without a name is of: the first matching rule whose conditions all hold. Pure, and linear in the text
 * of the call: texts are searched as they are, nothing in the file is a pattern. Files and their bytes are not read.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4Message } from '@ai-sdk/provider'
import type { MatchRule, Policy } from './types.ts'

/** The task of `call`, or null when no rule fits (then `default` holds). */
export function matchTask(policy: Policy, call: LanguageModelV4CallOptions): string | null {
  if (policy.match === undefined) return null
  const facts = new CallFacts(call)
  return policy.match.find(({ when }) => holds(when, facts))?.task ?? null
}

function holds(when: MatchRule['when'], facts: CallFacts): boolean {
  const { systemContains, userContains, minChars, maxChars, hasTools, wantsJson } = when
  return (
    (hasTools === undefined || hasTools === facts.hasTools) &&
    (wantsJson === undefined || wantsJson === facts.wantsJson) &&
    (minChars === undefined || facts.chars >= minChars) &&
    (maxChars === undefined || facts.chars <= maxChars) &&
    (systemContains === undefined || containsAny(facts.system, systemContains)) &&
    (userContains === undefined || containsAny(facts.user, userContains))
  )
}

/** Upper case, because the lower case of a Σ hangs on its neighbours. */
const containsAny = (text: string, parts: readonly string[]): boolean =>
  parts.some((part) => text.includes(part.toUpperCase()))

/** What the conditions look at, each worked out when a rule first asks for it. */
class CallFacts {
  readonly #call: LanguageModelV4CallOptions
  #system: string | null = null
  #user: string | null = null
  #chars: number | null = null

  constructor(call: LanguageModelV4CallOptions) {
    this.#call = call
  }

  get hasTools(): boolean {
    return (this.#call.tools?.length ?? 0) > 0
  }

  get wantsJson(): boolean {
    return this.#call.responseFormat?.type === 'json'
  }

  /** All system messages, in upper case. */
  get system(): string {
    this.#system ??= this.#call.prompt
      .filter(({ role }) => role === 'system')
      .map(textOf)
      .join('\n')
      .toUpperCase()
    return this.#system
  }

  /** The last user message, in upper case. */
  get user(): string {
    const last = this.#call.prompt.findLast(({ role }) => role === 'user')
    this.#user ??= last === undefined ? '' : textOf(last).toUpperCase()
    return this.#user
  }

  /** UTF-16 units of all messages: texts, reasoning, inputs and outputs of tools. */
  get chars(): number {
    this.#chars ??= this.#call.prompt.reduce((sum, message) => sum + charsOf(message), 0)
    return this.#chars
  }
}

/** The text parts of a message, one a line. */
function textOf({ content }: LanguageModelV4Message): string {
  if (typeof content === 'string') return content
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

function charsOf({ content }: LanguageModelV4Message): number {
  if (typeof content === 'string') return content.length
  let sum = 0
  for (const part of content) {
    if (part.type === 'text' || part.type === 'reasoning') sum += part.text.length
    else if (part.type === 'tool-call') sum += jsonLength(part.input)
    else if (part.type === 'tool-result' && 'value' in part.output) sum += jsonLength(part.output.value)
  }
  return sum
}

/** A text as it is, anything else as its JSON. */
const jsonLength = (value: unknown): number =>
  typeof value === 'string' ? value.length : (JSON.stringify(value)?.length ?? 0)
