/**
 * A policy as `replay` asks it: what the router would do with an item of a trace, by the router's own parts. The item's task finds the rule,
 * `decide` the order of places, the bars are compared as signals/ compares them, budgets are the router's accounts, and the contest runs in
 * the latencies of the trace. Both places are there and neither fails; what else a trace cannot show is named in `notes`.
 */
import {
  type Certificate,
  type ModelPair,
  type Outcome,
  outcomeOf,
  type Place,
  type ReplayDecision,
  type ReplayPolicy,
  type TraceItem,
} from '@edgewise/evidence'
import { commitOf } from '../call/commit.ts'
import { certifiedRule } from '../certificates/certified-rules.ts'
import { decide, type Plan } from '../place/place.ts'
import { checkPolicy, type Policy, type ResolvedRule, resolveRule } from '../policy/index.ts'
import { DayBudgets, type HeldBudget } from './day-budget.ts'
import { cloudVerdict, deviceVerdict, type ReplayBar, replayBars, type Verdict } from './judge.ts'
import { finishOf } from './race.ts'
import { ReplayCertificateError, ReplayRuleError, ReplayTaskError } from './replay-error.ts'
import { type Counts, countNotes, ruleNotes } from './replay-notes.ts'

export interface PolicyReplaySettings {
  readonly pair: ModelPair
  /** What it is called in the result. Default: `policy`. */
  readonly name?: string
  /** The rule all items are held to, whatever their task: a task of the policy, or `default`. Absent: that of each item's own task. */
  readonly rule?: string
  /** The certificates that bars name: their thresholds and how they make a signal of others. They are taken to be in force. */
  readonly certificates?: readonly Certificate[]
  /** Tokens the device model can hold. Absent: any. */
  readonly contextLength?: number
}

interface ReadyRule {
  readonly path: string
  readonly rule: ResolvedRule
  readonly bars: readonly ReplayBar[]
}

/**
 * Throws PolicyError for a policy that cannot be used, ReplayRuleError for a `rule` that it lacks, ReplayCertificateError for a bar
 * without a threshold; `decide` throws ReplayTaskError for an item of a task that the policy lacks.
 */
export function policyReplay(policy: Policy, settings: PolicyReplaySettings): ReplayPolicy {
  return new PolicyReplay(checkPolicy(policy), settings)
}

class PolicyReplay implements ReplayPolicy {
  readonly name: string
  readonly #pair: ModelPair
  readonly #rules: ReadonlyMap<string, ReadyRule>
  readonly #fixed: ReadyRule | null
  readonly #budgets: DayBudgets
  readonly #contextLength: number | null
  readonly #certificates: ReadonlyMap<string, Certificate>
  readonly #hasMatch: boolean
  readonly #used = new Set<ReadyRule>()
  readonly #counts: Counts = {
    noTime: 0,
    backwards: 0,
    noInputTokens: 0,
    noLatencyForDeadline: 0,
    undecided: 0,
    late: 0,
  }

  constructor(policy: Policy, { pair, name, rule, certificates = [], contextLength }: PolicyReplaySettings) {
    this.name = name ?? 'policy'
    this.#pair = pair
    this.#contextLength = contextLength ?? null
    this.#certificates = new Map(certificates.map((certificate) => [certificate.id, certificate]))
    this.#budgets = new DayBudgets(policy.cloud?.price ?? null)
    this.#hasMatch = policy.match !== undefined
    const ready = (path: string, resolved: ResolvedRule): ReadyRule => {
      const certified = certifiedRule(resolved, this.#certificates)
      for (const { signal, threshold, certificate } of certified.escalate)
        if (threshold === null && signal !== 'schema' && certificate !== null)
          throw new ReplayCertificateError(path, certificate)
      return { path, rule: certified, bars: replayBars(certified.escalate) }
    }
    this.#rules = new Map([
      ...Object.entries(policy.tasks).map(
        ([task, own]) => [task, ready(`tasks.${task}`, resolveRule(own))] as const,
      ),
      ['default', ready('default', resolveRule(policy.default))],
    ])
    if (rule !== undefined && !this.#rules.has(rule))
      throw new ReplayRuleError(rule, Object.keys(policy.tasks))
    this.#fixed = rule === undefined ? null : this.#rules.get(rule)!
  }

  decide(item: TraceItem): ReplayDecision {
    const found = this.#fixed ?? this.#rules.get(item.task)
    if (found === undefined) {
      const known = [...this.#rules.keys()].filter((name) => name !== 'default')
      throw new ReplayTaskError(item.task, item.id, known)
    }
    this.#used.add(found)
    const { rule, bars } = found
    const device = outcomeOf(item, this.#pair.device)
    const cloud = outcomeOf(item, this.#pair.cloud)
    // Where only one place may be, nothing is counted.
    const isCounted = rule.place !== 'device-only' && rule.place !== 'cloud-only'
    const inputTokens = isCounted ? (device?.inputTokens ?? null) : null
    const held = this.#held(item, found, inputTokens, cloud)
    const plan = decide(rule, {
      deviceProblem: null,
      cloudProblem: held?.problem ?? null,
      inputTokens,
      contextLength: isCounted ? this.#contextLength : null,
      deviceLacks: [],
    })
    const decision = this.#run(plan, rule, bars, device, cloud)
    held?.close(decision.asked.includes('cloud') ? cloud : null)
    if (inputTokens === null && isCounted && (rule.maxInputTokens ?? this.#contextLength) !== null)
      this.#counts.noInputTokens++
    return decision
  }

  notes(): readonly string[] {
    const counts = { ...this.#counts, backwards: this.#budgets.backwards }
    return [
      ...(this.#hasMatch && this.#fixed === null
        ? ['match: items name their task, so no rule that finds one is replayed']
        : []),
      ...[...this.#used].flatMap(({ path, rule }) =>
        ruleNotes(path, rule, (id) => this.#certificates.has(id)),
      ),
      ...countNotes(counts),
    ]
  }

  #held(
    item: TraceItem,
    { path, rule }: ReadyRule,
    inputTokens: number | null,
    cloud: Outcome | null,
  ): HeldBudget | null {
    if (rule.place === 'device-only') return null
    if (rule.budget !== null && rule.budget.perDayUsd !== null && item.at === null) this.#counts.noTime++
    // Of a call that no device counts the router takes the bytes; without a prompt the trace's own tokens are nearer.
    const expected = inputTokens ?? (item.prompt === null ? (cloud?.inputTokens ?? null) : null)
    return this.#budgets.hold(item, path, rule, expected)
  }

  #run(
    plan: Plan,
    rule: ResolvedRule,
    bars: readonly ReplayBar[],
    device: Outcome | null,
    cloud: Outcome | null,
  ): ReplayDecision {
    const verdicts = new Map<Place, Verdict>()
    const runners = plan.order.map((place) => {
      const commit = commitOf(place, rule, plan)
      const verdict =
        place === 'cloud'
          ? cloudVerdict(cloud, commit)
          : deviceVerdict(device, commit, plan.isChecked ? bars : null)
      verdicts.set(place, verdict)
      return {
        place,
        ms: (place === 'cloud' ? cloud : device)?.latencyMs ?? null,
        passes: verdict.pass,
        whole: verdict.whole,
        commit,
      }
    })
    const { place, asked, latencyMs, undecided, late } = finishOf(runners, plan.secondAfterMs, rule)
    const { firstToken, total } = rule.deadlineMs
    if (undecided) this.#counts.undecided++
    if (late) this.#counts.late++
    else if ((firstToken ?? total) !== null && place !== null && latencyMs === null)
      this.#counts.noLatencyForDeadline++
    const missing = asked.includes('device') ? (verdicts.get('device')?.missing ?? null) : null
    return { place, asked, latencyMs, missing }
  }
}
