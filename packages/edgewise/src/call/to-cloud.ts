/** A call as it leaves for the cloud: with the rule's instructions, prepared, and what it is expected to cost. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { callBytes } from '../cloud/call-bytes.ts'
import type { Host } from '../host.ts'
import type { Price, ResolvedRule } from '../policy/index.ts'
import { needsPreparing, prepare, type ReadyForCloud } from '../prepare/prepare.ts'
import { mapTexts } from '../prepare/select/call-texts.ts'
import { tokensIn } from '../receipt/cost.ts'
import { tokenCost } from '../receipt/money.ts'
import { NOTHING_PREPARED } from '../receipt/record.ts'
import type { FoundTask } from './task.ts'

/** Output tokens a call is expected to take at most when it does not say. */
const USUAL_OUTPUT = 500

/** Rejects as the steps of preparing do. */
export function readyForCloud(
  host: Host,
  rule: ResolvedRule,
  { name, user, conversation }: FoundTask,
  options: LanguageModelV4CallOptions,
  signal: AbortSignal,
): ReadyForCloud | Promise<ReadyForCloud> {
  const call = instructed(rule, options)
  if (!needsPreparing(rule)) return { call, facts: NOTHING_PREPARED, restore: null }
  const { names, passages, scorer, certificates = [] } = host.options
  // One without a bar: it speaks of the whole task.
  const isCertified = certificates.some(
    ({ id, task, bar }) => id === rule.compress?.certificate && task === name && bar === null,
  )
  return prepare(call, {
    rule,
    names: names ?? null,
    passages: passages ?? null,
    vault: () => host.vaults.of(conversation ?? undefined, user ?? undefined),
    scorer: isCertified ? (scorer ?? null) : null,
    signal,
  })
}

/** The call with the rule's instructions as its system message, unless it has one or the rule has none. */
export function instructed(
  { instructions }: Pick<ResolvedRule, 'instructions'>,
  call: LanguageModelV4CallOptions,
): LanguageModelV4CallOptions {
  if (instructions === null || call.prompt.some(({ role }) => role === 'system')) return call
  return { ...call, prompt: [{ role: 'system', content: instructions }, ...call.prompt] }
}

/**
 * What the call may cost in the cloud, US dollars: its input (`inputTokens` as a device counts them, else by its size) and the output
 * it asks for, or a usual one. null without a price. Under `select` no more goes up than that allows and what is never cut.
 */
export function estimateUsd(
  price: Price | null,
  rule: Pick<ResolvedRule, 'instructions' | 'select'>,
  options: LanguageModelV4CallOptions,
  inputTokens: number | null,
): number | null {
  if (price === null) return null
  const call = instructed(rule, options)
  const whole = inputTokens ?? tokensIn(callBytes(call))
  return tokenCost(price, {
    inputTokens: rule.select === null ? whole : Math.min(whole, rule.select.maxTokens + uncutTokens(call)),
    cachedTokens: null,
    outputTokens: options.maxOutputTokens ?? USUAL_OUTPUT,
  })
}

function uncutTokens(call: LanguageModelV4CallOptions): number {
  try {
    const prompt = mapTexts(call.prompt, (text, kind) => (kind === 'fixed' ? text : ''))
    return tokensIn(callBytes({ ...call, prompt }))
  } catch {
    // What JSON cannot hold: preparing it will say so.
    return Number.POSITIVE_INFINITY
  }
}
