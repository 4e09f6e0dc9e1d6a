/**
 * The data of a report: what calls cost, where they ran, how fast, what left the device, how good the answers were. Ready for JSON. Money is in
 * US dollars, times in milliseconds, sizes in bytes, days are UTC. A figure nobody knows is null, never 0; what each is made of
 * stands in docs/report.md. No prompt, no answer, no user.
 */
import type { Judgement } from '../judgement.ts'
import type { Place, Receipt } from '../receipt.ts'
import type { Estimate, Interval } from '../statistics/bootstrap.ts'
import type { Quantile } from '../statistics/log-histogram.ts'

/** `kept`: an answer that an earlier call had got. `nowhere`: the call has no answer. */
export type AnsweredBy = Place | 'kept' | 'nowhere'

/** Of some calls (`n`) those with a property, as a sample of what calls of this kind do; the interval is Clopper and Pearson's. */
export interface Share extends Interval {
  readonly count: number
  readonly n: number
  readonly share: number
  /** `n` is below `SMALL`: the interval is true and wide, the share alone says little. */
  readonly small: boolean
}

export interface Money {
  /** Over the calls whose cost is known; null when there are calls and no cost is. */
  readonly spentUsd: number | null
  /** What the cloud alone would have cost, less what the calls cost; null when nobody knows it of any call. */
  readonly avoidedUsd: number | null
  /** `spentUsd + avoidedUsd`. */
  readonly alwaysCloudUsd: number | null
  /** `avoidedUsd / alwaysCloudUsd` with its bootstrap interval; null without money. */
  readonly cut: (Estimate & { readonly n: number; readonly small: boolean }) | null
  /** Calls whose cost nobody knows: they are in none of the sums. */
  readonly costUnknown: number
  /** Calls that were answered and of which nobody knows what the cloud alone would have cost. */
  readonly avoidedUnknown: number
}

/** Attempts whose answer nobody got. Their money is part of what was spent. */
export interface Waste {
  readonly device: number
  readonly cloud: number
  readonly usd: number | null
  /** Attempts whose cost nobody knows. */
  readonly costUnknown: number
  /** How long the device worked on them. */
  readonly deviceMs: number
}

export interface Wasted {
  readonly usd: number | null
  /** Stopped because the other place answered first. */
  readonly lostRaces: Waste
  /** Answered, and the check did not pass them. */
  readonly rejected: Waste
  readonly failed: Waste
  /** Stopped because their caller had left. */
  readonly abandoned: Waste
  /** How often a call was sent to the cloud once more. A receipt does not say what of an attempt's cost is a repetition's. */
  readonly resent: number
}

/** Calls to the cloud made for judging alone: their money and bytes are in no other figure. */
export interface Audits {
  readonly count: number
  readonly usd: number | null
  readonly costUnknown: number
  readonly bytesOut: number
}

/** Why the cloud answered a call. */
export interface CloudReason {
  /**
   * policy: its task goes there. limit: the device comes first and could not take the call (too long, tools, no model). bar: the
   * device's answer did not pass. failure: the device failed. race: both worked on it, the cloud was first.
   */
  readonly kind: 'policy' | 'limit' | 'bar' | 'failure' | 'race'
  /** Of a bar the signal, of a failure its code, of the others the place that the policy names. */
  readonly name: string | null
  readonly threshold: number | null
  readonly calls: number
}

export interface Where {
  readonly answeredBy: Readonly<Record<AnsweredBy, number>>
  /** Calls that the device had begun and the cloud answered. */
  readonly escalated: number
  readonly cloudBecause: readonly CloudReason[]
  /** Device answers that did not pass their bar and were given all the same, because nobody else could answer. */
  readonly stood: number
  readonly kept: { readonly exact: number; readonly semantic: number }
  /** Calls without an answer, by the code of their error; `aborted`: their caller left. */
  readonly failures: readonly { readonly code: string; readonly calls: number }[]
  /** Attempts that failed, of calls that were answered or not. */
  readonly failedAttempts: readonly {
    readonly place: Place
    readonly code: string
    readonly attempts: number
  }[]
  /** Calls that were answered although an attempt had failed. */
  readonly rescued: number
}

/** Times of the calls that were answered. */
export interface Latency {
  readonly n: number
  readonly small: boolean
  readonly p50: Quantile | null
  readonly p95: Quantile | null
  readonly p99: Quantile | null
}

export interface PlaceLatency {
  /** To the first output the caller could see. */
  readonly firstOutput: Latency
  readonly total: Latency
}

export interface Privacy {
  /** Calls of which nothing left the device, audits included. */
  readonly stayed: number
  /** Calls that sent something. */
  readonly sent: number
  /** Calls of which nothing left when they were answered, and something later, for an audit; null when no judgements were read. */
  readonly sentByAuditAlone: number | null
  /** To answer. */
  readonly bytesOut: number
  readonly byClass: readonly {
    readonly privacy: Receipt['privacy']
    readonly calls: number
    readonly sent: number
    readonly bytesOut: number
  }[]
  /** Calls that were searched for what must not leave. */
  readonly redactedCalls: number
  readonly placeholders: readonly { readonly type: string; readonly count: number }[]
  /** Of the finder of names, as measured on a labelled set, and for how many calls it ran. */
  readonly nameRecall: readonly {
    readonly measuredOn: string
    readonly recall: number
    readonly calls: number
  }[]
  /** Tasks with calls under `nothing-leaves`, and what these calls sent: the proof is that every number is 0. */
  readonly sealed: readonly Sealed[]
}

export interface Sealed {
  readonly task: string | null
  readonly calls: number
  readonly bytesOut: number
  readonly cloudAttempts: number
  /** null when no judgements were read. */
  readonly auditBytesOut: number | null
}

/** What was judged after the calls. */
export interface Quality {
  /** Calls with a judgement. */
  readonly judged: number
  readonly by: Readonly<Record<Judgement['by'], number>>
  /** Of the device's answers that were compared with the cloud's those that were worse; null when none was compared. */
  readonly harm: Share | null
  /** What those lost of the cloud's score, on average over all compared; null when none was. */
  readonly meanLoss: number | null
  /** Answers their users judged, the average of 0 to 1, and how many are below one half. */
  readonly feedback: { readonly n: number; readonly mean: number | null; readonly bad: number }
}

export interface Day extends Readonly<Record<AnsweredBy, number>> {
  /** `2026-08-05`, UTC; null: all days after the `MOST_DAYS` that came first. */
  readonly day: string | null
  readonly calls: number
  readonly escalated: number
  readonly spentUsd: number | null
  readonly avoidedUsd: number | null
  readonly costUnknown: number
  readonly bytesOut: number
}

export interface TaskFigures extends Readonly<Record<AnsweredBy, number>> {
  /** null: calls of names the policy lacks, and of tasks after the `MOST_TASKS` that came first. */
  readonly task: string | null
  readonly calls: number
  readonly escalated: number
  /** Calls without an answer, those whose caller left not counted. */
  readonly failed: number
  readonly money: Money
  /** Calls that sent something. */
  readonly sent: number
  readonly bytesOut: number
  /** null when no judgements were read. */
  readonly auditBytesOut: number | null
  readonly latency: PlaceLatency
  /** null when no judgements were read. */
  readonly quality: Quality | null
}

/** A task and what it is among the worst in; the interval is null where there is none. */
export interface WorstTask {
  readonly task: string | null
  readonly value: number
  readonly low: number | null
  readonly high: number | null
  readonly n: number
  readonly small: boolean
}

export interface CertificateFigures {
  readonly id: string
  readonly task: string
  /** In words. */
  readonly claim: string
  readonly confidence: number
  /** Judged items it was proven with, and the window they came in. */
  readonly n: number
  readonly from: string | null
  readonly until: string | null
  readonly issuedAt: string
  /** Days since it was issued. */
  readonly ageDays: number
  readonly bar: { readonly signal: string; readonly threshold: number } | null
  /** Device answers that its threshold let through. */
  readonly letThrough: number
}

export interface Certificates {
  readonly atHand: readonly CertificateFigures[]
  /** Certificates that receipts name and that were not given. */
  readonly notAtHand: readonly { readonly id: string; readonly letThrough: number }[]
  /** Calls for which a certificate did not stand, and why. */
  readonly notStanding: { readonly calls: number; readonly because: readonly NotStanding[] }
}

export interface NotStanding {
  readonly certificate: string | null
  readonly why: string
  readonly calls: number
}

export interface Report {
  readonly format: 'edgewise.report/1'
  /** ISO 8601, UTC, as all times. */
  readonly madeAt: string
  readonly scope: {
    readonly since: string | null
    readonly until: string | null
    readonly task: string | null
    /** Whether it is of rehearsals, in which nothing was bought and nothing saved. */
    readonly rehearsal: boolean
  }
  /** When the first and the last of these calls came in. */
  readonly first: string | null
  readonly last: string | null
  readonly calls: number
  /** Calls of the same scope that are in no figure: rehearsals, or in a report of rehearsals those that were none. */
  readonly leftOut: number
  /** Of every interval. */
  readonly confidence: number
  readonly money: Money & { readonly wasted: Wasted; readonly audits: Audits | null }
  readonly where: Where
  readonly latency: Readonly<Record<Place | 'kept', PlaceLatency>>
  readonly privacy: Privacy
  /** null when no judgements were read. */
  readonly quality: Quality | null
  readonly certificates: Certificates
  /** In the order of time. */
  readonly days: readonly Day[]
  /** Most calls first. */
  readonly tasks: readonly TaskFigures[]
  readonly worst: {
    /** By the lower end of their intervals, so that one bad call of one is not the worst task. */
    readonly harm: readonly WorstTask[]
    readonly failures: readonly WorstTask[]
    /** By what they cost. */
    readonly cost: readonly WorstTask[]
    /** By the 95 % quantile of their total time. */
    readonly p95: readonly WorstTask[]
  }
}

/** Below so many, a share or a quantile is called small. */
export const SMALL = 30
/** Tasks and days that have figures of their own; a ledger has more only when names are made up. */
export const MOST_TASKS = 200
export const MOST_DAYS = 4000
/** Of all intervals. */
export const CONFIDENCE = 0.95
