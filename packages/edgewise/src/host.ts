/** What all calls of one `edgewise()` share: the policy resolved, the cloud with its breaker, budgets, vaults, the cache. */
import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { Certificate, Ledger } from '@edgewise/evidence'
import { type NameFinder, Vaults } from '@edgewise/redact'
import type { Agree } from './audit/agree.ts'
import { Audits } from './audit/audits.ts'
import { AnswerCache } from './cache/index.ts'
import { certifiedRule, refusals } from './certificates/certified-rules.ts'
import { DeviceSetups } from './certificates/device-setup.ts'
import { Certificates } from './certificates/standing.ts'
import { Budgets } from './cloud/budget.ts'
import { createCloud, type Env } from './cloud/cloud.ts'
import { type Resilience, resilience } from './cloud/resilience.ts'
import type { DeviceModel } from './device/device-model.ts'
import {
  CertificateRefusedError,
  CloudConfigError,
  PolicyError,
  type PolicyIssue,
  UnknownSignalError,
} from './errors.ts'
import {
  checkPolicy,
  DEFAULT_RETRIES,
  type Policy,
  type ResolvedRule,
  resolveRule,
  safeRule,
} from './policy/index.ts'
import type { TokenScorer } from './prepare/compress/token-scorer.ts'
import type { PassageScorer } from './prepare/select/index.ts'
import type { OwnSignals } from './signals/signal.ts'
import { isBuiltIn } from './signals/watch.ts'

export interface EdgewiseOptions {
  readonly policy: Policy
  /** null: none is ready. Read again for every call, so a getter may hand out a model that was loaded meanwhile. */
  readonly device: DeviceModel | null
  /**
   * The models that rules name (`deviceModel`), by that name; read again for every call. A rule whose model is not here has no device: another
   * one would answer something else.
   */
  readonly deviceModels?: { readonly [name: string]: DeviceModel }
  /** Instead of the policy's cloud: any language model, or null for none. */
  readonly cloud?: LanguageModelV4 | null
  /** Where receipts go. Default: nowhere; they are in every result as well. */
  readonly ledger?: Ledger
  /**
   * Finds names, places and organisations in what leaves under `"privacy": "redacted"`: `miniNames(mini)`. Without it, the cloud
   * is not asked for such a task.
   */
  readonly names?: NameFinder
  /** Signals of the host's own that the policy's bars may name; a linear head is one. */
  readonly signals?: OwnSignals
  /**
   * Scores the passages that `select` chooses from, after BM25: `likelihoodScorer(model)`. Worth it with a device model of some hundred
   * million parameters, not with the embedded one (docs/context.md).
   */
  readonly passages?: PassageScorer
  /** Log-probabilities of a text's tokens, by which `compress` chooses: `tokenScorer(model)`. */
  readonly scorer?: TokenScorer
  /**
   * The certificates that the policy's bars name, each checked with `verifyCertificate` where it comes from outside. What is only allowed
   * with one (`compress`) stays off without it.
   */
  readonly certificates?: readonly Certificate[]
  /**
   * How good the device's answer is when the cloud's is right, 0 to 1: what audits go by (docs/certificates.md). Default: 1 for the same
   * text, JSON or tool calls, else 0.
   */
  readonly agree?: Agree
  /** Whether there is a network. Default: what the browser says; in Node always. */
  readonly online?: () => boolean
  /**
   * Puts prompts and answers on OpenTelemetry's spans, of tasks whose `privacy` is `anything` alone. Default: they are never recorded.
   */
  readonly recordContents?: boolean
  /** Where the policy's `apiKeyEnv` is looked up. Default: the process's environment, where the host has one. */
  readonly env?: Env
  /** Milliseconds since 1970. Default: Date.now. */
  readonly now?: () => number
}

export interface Host {
  readonly policy: Policy
  readonly rules: ReadonlyMap<string, ResolvedRule>
  readonly defaultRule: ResolvedRule
  /** Of rules whose bars name certificates: what stands in for them while one is not in force. */
  readonly safeRules: ReadonlyMap<ResolvedRule, ResolvedRule>
  readonly options: EdgewiseOptions
  readonly cloud: FoundCloud
  readonly resilience: Resilience
  readonly budgets: Budgets
  readonly vaults: Vaults
  readonly cache: AnswerCache
  readonly setups: DeviceSetups
  readonly certificates: Certificates
  readonly audits: Audits
  readonly now: () => number
}

/**
 * Throws PolicyError, also for a budget on what has no price, UnknownSignalError for a bar on a signal that nobody provides, and
 * CertificateRefusedError for a bar whose certificate is not there or is for something else.
 */
export function openHost(options: EdgewiseOptions): Host {
  const policy = checkPolicy(options.policy)
  const cloud = findCloud(policy, options)
  const cloudModel = cloud.model?.modelId ?? (options.cloud === null ? null : (policy.cloud?.model ?? null))
  const { rules, defaultRule } = resolvedRules(policy, options.certificates ?? [], cloudModel)
  const named = [...rules, ['default', defaultRule] as const]
  checkSignals(named, options.signals ?? {})
  checkPrices(policy, named, options)
  const now = options.now ?? Date.now
  const ledger = options.ledger ?? null
  const rehearsal = policy.cloud?.rehearsal ?? false
  const certificates = new Certificates(options.certificates ?? [], { ledger, cloudModel, rehearsal })
  return {
    policy,
    rules,
    defaultRule,
    safeRules: new Map(named.flatMap(([, rule]) => pairWith(rule, safeRule(rule)))),
    options,
    cloud,
    resilience: resilience(policy.cloud?.retries ?? DEFAULT_RETRIES),
    budgets: new Budgets(ledger, now),
    vaults: new Vaults({ now }),
    cache: new AnswerCache(options.env === undefined ? { now } : { now, env: options.env }),
    setups: new DeviceSetups(),
    certificates,
    audits: new Audits({
      ledger,
      budgets: new Budgets(ledger && auditMoney(ledger, rehearsal), now),
      agree: options.agree,
      now,
      onJudged: (receipt, outcome) => certificates.judged(receipt, outcome),
    }),
    now,
  }
}

/** Who answers calls of this rule on the device; null: none is ready. A host in plain JavaScript may leave it out. */
export function deviceFor(
  { device, deviceModels = {} }: EdgewiseOptions,
  rule: ResolvedRule,
): DeviceModel | null {
  if (rule.deviceModel === null) return device ?? null
  return Object.hasOwn(deviceModels, rule.deviceModel) ? deviceModels[rule.deviceModel]! : null
}

/** The rules of a policy, with what certificates say of their bars. */
function resolvedRules(
  policy: Policy,
  certificates: readonly Certificate[],
  cloudModel: string | null,
): Pick<Host, 'rules' | 'defaultRule'> {
  const given = new Map(certificates.map((certificate) => [certificate.id, certificate]))
  const resolved = Object.entries(policy.tasks).map(([name, rule]) => [name, resolveRule(rule)] as const)
  const fallback = resolveRule(policy.default)
  const reasons = refusals([...resolved, ['default', fallback]], given, cloudModel)
  if (reasons.length > 0) throw new CertificateRefusedError(reasons)
  return {
    rules: new Map(resolved.map(([name, rule]) => [name, certifiedRule(rule, given)])),
    defaultRule: certifiedRule(fallback, given),
  }
}

const pairWith = (rule: ResolvedRule, safe: ResolvedRule | null): [ResolvedRule, ResolvedRule][] =>
  safe === null ? [] : [[rule, safe]]

/** What audits spent, as calls' own money is asked for; of a rehearsal what it rehearsed. */
const auditMoney = (ledger: Ledger, rehearsal: boolean): Pick<Ledger, 'spentUsd'> => ({
  spentUsd: (since, by) => ledger.spentUsd(since, { ...by, audits: true, rehearsal }),
})

function checkSignals(rules: readonly (readonly [string, ResolvedRule])[], own: OwnSignals): void {
  for (const [task, { escalate }] of rules)
    for (const { signal, combination } of escalate)
      if (combination === null && !isBuiltIn(signal) && !Object.hasOwn(own, signal))
        throw new UnknownSignalError(signal, task)
}

/** A budget limits nothing where nobody knows what a call costs. The policy's own cloud was seen to when the policy was checked. */
function checkPrices(
  policy: Policy,
  rules: readonly (readonly [string, ResolvedRule])[],
  { cloud }: EdgewiseOptions,
): void {
  const issues: PolicyIssue[] = []
  const say = (path: string, message: string) => issues.push({ path, line: null, column: null, message })
  for (const [task, { budget, audit, privacy }] of rules) {
    const rule = task === 'default' ? task : `tasks.${task}`
    if (audit !== null && audit.perDayUsd !== null && cloud && policy.cloud?.price === undefined) {
      say(
        `${rule}.audit.perDayUsd`,
        'what the cloud given in code costs is not known: add "cloud" with its "price", or take it out',
      )
    }
    if (budget === null) continue
    const path = `${rule}.budget`
    if (cloud && policy.cloud?.price === undefined) {
      say(
        path,
        'what the cloud given in code costs is not known: add "cloud" with its "price", or take the budget out',
      )
    }
    const embedding = policy.cloud?.embedding
    if (privacy === 'anything' && embedding !== undefined && embedding.inputPerMTok === undefined) {
      say(
        path,
        'what embeddings cost is not known: add "inputPerMTok" to "cloud.embedding", or take the budget out',
      )
    }
  }
  if (issues.length > 0) throw new PolicyError('policy', issues)
}

export interface FoundCloud {
  readonly model: LanguageModelV4 | null
  /** Why there is none; empty when there is one. */
  readonly why: string
}

function findCloud(policy: Policy, { cloud, env }: EdgewiseOptions): FoundCloud {
  if (cloud) return { model: cloud, why: '' }
  if (cloud === null || policy.cloud === undefined) return { model: null, why: 'no cloud is configured' }
  try {
    return { model: createCloud(policy.cloud, env === undefined ? {} : { env }), why: '' }
  } catch (error) {
    if (!(error instanceof CloudConfigError)) throw error
    return { model: null, why: `the cloud's key is missing (${error.variable} is not set)` }
  }
}
