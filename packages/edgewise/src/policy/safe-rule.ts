/**
 * What a rule is while the certificate of one of its bars is not in force: nothing is known then of the share of answers that are worse
 * for staying on the device, so the cloud is asked first, and the device only where the cloud cannot be had and `offline` takes that.
 * What may leave, deadlines and budgets stay as they are.
 */
import type { ResolvedRule } from './rule-defaults.ts'

/** Null for a rule whose bars name no certificate; a device-only rule, which has no bars, is one. */
export function safeRule(rule: ResolvedRule): ResolvedRule | null {
  const { place, escalate, commit } = rule
  if (place === 'device-only' || escalate.every(({ certificate }) => certificate === null)) return null
  return {
    ...rule,
    place: 'prefer-cloud',
    hedgeAfterMs: null,
    maxInputTokens: null,
    audit: null,
    // What was held back for the bars of a device need not be of the cloud; the form of an answer still counts.
    commit: commit === 'valid-json' ? commit : 'first-output',
  }
}
