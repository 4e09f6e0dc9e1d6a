/**
 * A rule with every default filled in: what the path of a call works with, made once when a policy is loaded. A policy file
 * says what differs from these defaults; nothing else knows them.
 */
import type { Combination } from '@edgewise/evidence'
import { DEFAULT_SAMPLES } from './limits.ts'
import type { Commit, Escalate, PlaceRule, Privacy, Rule } from './types.ts'

/** A bar with its samples; `threshold` is null for `schema`, which passes or not, and where a certificate says it. */
export interface ResolvedEscalate {
  readonly signal: Escalate['signal']
  readonly threshold: number | null
  /** Drawn beside the answer: 0 for every signal but `agreement`. */
  readonly samples: number
  readonly certificate: string | null
  /** How the certificate makes this signal of others; null: it is read off the answer. The policy does not say: the host's certificates do. */
  readonly combination: Combination | null
}

/** The keys of `Rule` (types.ts), where null means that the policy sets none. */
export interface ResolvedRule {
  readonly place: PlaceRule
  readonly privacy: Privacy
  readonly deviceTask: string | null
  readonly deviceModel: string | null
  readonly instructions: string | null
  readonly deadlineMs: { readonly firstToken: number | null; readonly total: number | null }
  /** 0 for `race`: both places start at once. */
  readonly hedgeAfterMs: number | null
  readonly budget: { readonly perDayUsd: number | null; readonly perUserPerDayUsd: number | null } | null
  readonly maxInputTokens: number | null
  readonly escalate: readonly ResolvedEscalate[]
  /** `perDayUsd` is null where the cloud has no price. */
  readonly audit: { readonly share: number; readonly perDayUsd: number | null } | null
  readonly commit: Commit
  readonly offline: 'device' | 'fail'
  /** `minSimilarity` is null when only the same call gets the answer again. */
  readonly cache: { readonly ttlSeconds: number; readonly minSimilarity: number | null } | null
  readonly select: { readonly maxTokens: number } | null
  readonly compress: { readonly keep: number; readonly certificate: string } | null
  /** Days that prompts and answers are kept; null: they are not stored. */
  readonly storeDays: number | null
}

/** Fills the defaults of a rule that was checked. */
export function resolveRule(rule: Rule): ResolvedRule {
  const { place, deadlineMs, budget, escalate = [], audit, cache } = rule
  return {
    place,
    privacy: rule.privacy ?? (place === 'device-only' ? 'nothing-leaves' : 'anything'),
    deviceTask: rule.deviceTask ?? null,
    deviceModel: rule.deviceModel ?? null,
    instructions: rule.instructions ?? null,
    deadlineMs: { firstToken: deadlineMs?.firstToken ?? null, total: deadlineMs?.total ?? null },
    hedgeAfterMs: place === 'race' ? 0 : (rule.hedgeAfterMs ?? null),
    budget:
      budget === undefined
        ? null
        : { perDayUsd: budget.perDayUsd ?? null, perUserPerDayUsd: budget.perUserPerDayUsd ?? null },
    maxInputTokens: rule.maxInputTokens ?? null,
    escalate: escalate.map(({ signal, threshold, samples, certificate }) => ({
      signal,
      threshold: threshold ?? null,
      samples: signal === 'agreement' ? (samples ?? DEFAULT_SAMPLES) : 0,
      certificate: certificate ?? null,
      combination: null,
    })),
    audit: audit === undefined ? null : { share: audit.share, perDayUsd: audit.perDayUsd ?? null },
    commit: rule.commit ?? (escalate.length > 0 ? 'whole-answer' : 'first-output'),
    offline: rule.offline ?? (place === 'cloud-only' ? 'fail' : 'device'),
    cache:
      cache === undefined
        ? null
        : { ttlSeconds: cache.ttlSeconds, minSimilarity: cache.semantic?.minSimilarity ?? null },
    select: rule.select ?? null,
    compress: rule.compress ?? null,
    storeDays: rule.store?.days ?? null,
  }
}
