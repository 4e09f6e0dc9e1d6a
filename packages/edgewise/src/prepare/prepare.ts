/**
 * What is done on the device before a call goes up, in this order: passages are selected, identifiers replaced, tokens of low
 * information dropped. Each step is its own folder; here is only which of them a rule asks for and what the receipt hears of it.
 * A step that fails ends the attempt before anything was sent.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Prepared } from '@edgewise/evidence'
import type { NameFinder, Vault } from '@edgewise/redact'
import type { ResolvedRule } from '../policy/index.ts'
import { compressCall } from './compress/compress-call.ts'
import type { TokenScorer } from './compress/token-scorer.ts'
import { redactCall, restoreParts } from './redact/index.ts'
import { type PassageScorer, selectContext } from './select/index.ts'

export interface PrepareSettings {
  readonly rule: ResolvedRule
  readonly names: NameFinder | null
  readonly vault: () => Vault
  /** Scores passages after BM25; null: BM25 alone. */
  readonly passages: PassageScorer | null
  /** Token log-probabilities of the device, for compression; null: not compressed. */
  readonly scorer: TokenScorer | null
  readonly signal: AbortSignal
}

export interface ReadyForCloud {
  readonly call: LanguageModelV4CallOptions
  readonly facts: Prepared
  /** Puts back what was replaced, part by part; null when nothing was. */
  readonly restore: ((part: LanguageModelV4StreamPart) => LanguageModelV4StreamPart[]) | null
}

export async function prepare(
  call: LanguageModelV4CallOptions,
  { rule, names, vault, passages, scorer, signal }: PrepareSettings,
): Promise<ReadyForCloud> {
  const { privacy, select, compress } = rule
  let ready = call
  let selected: Prepared['selected'] = null
  let compressed: Prepared['compressed'] = null
  let redacted: Prepared['redacted'] = null
  let restore: ReadyForCloud['restore'] = null
  if (select !== null) {
    const score = passages === null ? {} : { score: passages }
    const step = await selectContext(ready, { maxTokens: select.maxTokens, signal, ...score })
    ready = step.call
    selected = step.facts
  }
  if (privacy === 'redacted' || privacy === 'structured-only') {
    const kept = vault()
    const { instructions } = rule
    const step = await redactCall(ready, { vault: kept, names, privacy, instructions, signal })
    ready = step.call
    redacted = step.counts
    restore = restoreParts(kept, { json: call.responseFormat?.type === 'json' })
  }
  if (compress !== null && scorer !== null) {
    const step = await compressCall(ready, { keep: compress.keep, scorer, signal })
    ready = step.call
    compressed = step.facts
  }
  const nameRecall = redacted === null ? null : (names?.recall ?? null)
  return { call: ready, facts: { redacted, nameRecall, selected, compressed }, restore }
}

/** What a rule asks to be done before a call goes up. */
export const needsPreparing = ({ privacy, select, compress }: ResolvedRule): boolean =>
  privacy === 'redacted' || privacy === 'structured-only' || select !== null || compress !== null
