/**
 * Certify: of all thresholds of a signal the lowest, which saves most, at which a claim holds with confidence 1 - delta; or the reason
 * why nothing can be promised. Finite-sample and exact, without assumptions on the distribution: only that the items are drawn as the
 * calls to come are. Where the items' own times contradict that, it is refused. The method is in docs/certificates.md.
 */
import { Exchangeability } from '../drift/exchangeability.ts'
import { sortedJson } from '../sorted-json.ts'
import { auroc } from '../statistics/auroc.ts'
import { BlockSums, type Estimate } from '../statistics/bootstrap.ts'
import { ExactSum } from '../statistics/exact-sum.ts'
import { hash32 } from '../statistics/random.ts'
import type { TraceItem } from '../trace/item.ts'
import type { Certificate, Claim, Setup } from './certificate.ts'
import { CertifyError } from './certify-error.ts'
import { type ClaimTest, claimTest, harmOf } from './claim-test.ts'
import { sha256 } from './digest.ts'
import { byCertainty, type Certain, type Kept, lowestThreshold } from './fixed-sequence.ts'
import { naiveFit } from './naive-fit.ts'
import { type SampleItem, type SampleOptions, sampleOf } from './sample.ts'
import { CERTIFICATE_FORMAT, certificateFault, certificateId } from './verify.ts'

export interface CertifyOptions extends SampleOptions {
  readonly claim: Claim
  /** The chance that the claim is false all the same. Default 0.1. */
  readonly delta?: number | undefined
  /** ISO 8601. Default: now. */
  readonly issuedAt?: string | undefined
  /** Bars that are tried on these items, of which one will be chosen (best-signal.ts). Default 1. */
  readonly candidates?: number | undefined
}

/** The fit without confidence, to be shown beside: share of the items kept, and dollars saved (calls, where no costs are known). */
export interface Naive {
  readonly threshold: number | null
  readonly kept: number
  readonly saved: number
}

/** What the items themselves say, whatever can be proven with them. */
export interface Seen {
  readonly n: number
  /** Items that one of the two models did not answer, or nobody judged: left out. */
  readonly unjudged: number
  /** How well the signal tells right answers of the device from wrong ones; null without a signal, or where all are right or wrong. */
  readonly auroc: number | null
  readonly naive: Naive
}

export type Certified =
  | { readonly kind: 'certificate'; readonly certificate: Certificate; readonly seen: Seen }
  | {
      readonly kind: 'refused'
      /**
       * - `too_few`: no outcome of so few items would prove it.
       * - `no_threshold`: the most certain answers already do more harm than can be excluded.
       * - `shifted`: the items changed over their window, so they do not speak for the calls to come.
       */
      readonly code: 'too_few' | 'no_threshold' | 'shifted'
      /** A sentence for people, with the next step. */
      readonly why: string
      readonly setup: Setup
      /** Items that are missing until anything can be proven; null where more of the same would not help. */
      readonly missing: number | null
      readonly seen: Seen
    }

type Refusal = Extract<Certified, { kind: 'refused' }>

/** Chance of taking items that did not change for items that did. */
const FALSE_SHIFT = 0.01

/** Throws CertifyError for what cannot be asked; what cannot be proven is `refused`. */
export async function certify(
  trace: Iterable<TraceItem> | AsyncIterable<TraceItem>,
  options: CertifyOptions,
): Promise<Certified> {
  const { delta = 0.1, signal, combination = null, candidates = 1 } = options
  const claim = checked(options.claim)
  checkOptions(claim, delta, candidates)
  const { items, setup, unjudged } = await sampleOf(trace, options)
  const sorted = signal === null ? [] : byCertainty(items)
  const naive = signal === null ? naiveWhole(claim, items) : naiveOf(items, naiveFit(claim, sorted, items))
  const seen = { n: items.length, unjudged, auroc: signal === null ? null : aurocOf(sorted), naive }
  const refused = (code: Refusal['code'], why: string, missing: number | null = null): Refusal => ({
    kind: 'refused',
    code,
    why,
    setup,
    missing,
    seen,
  })

  const shift = shiftIn(items)
  if (shift !== null) return refused('shifted', shift)
  const test = claimTest(claim, delta / candidates, items)
  const fit = signal === null ? wholeTask(items, test) : lowestThreshold(sorted, test)
  if (fit === null) {
    const missing = test.needed - test.counted
    return missing > 0
      ? refused('too_few', tooFew(claim, test, missing), missing)
      : refused('no_threshold', noThreshold(signal, sorted.length, naive))
  }
  const said: Omit<Certificate, 'id'> = {
    format: CERTIFICATE_FORMAT,
    issuedAt: options.issuedAt ?? new Date().toISOString(),
    ...setup,
    claim,
    delta,
    method: test.method,
    bar: signal === null ? null : { signal, threshold: fit.threshold, combination },
    evidence: {
      n: items.length,
      candidates,
      ...windowOf(items),
      digest: await digestOf(items),
      kept: fit.kept,
      harm: harmAmong(items.filter((item) => isKept(item, signal, fit))),
      saved: savedBy(items, (item) => isKept(item, signal, fit)),
    },
    reference: signal === null ? [] : referenceOf(items, fit.threshold),
  }
  const certificate: Certificate = { ...said, id: await certificateId(said) }
  const fault = certificateFault(certificate)
  if (fault !== null) throw new CertifyError('certify_bad_option', `it would be no certificate: ${fault}`)
  return { kind: 'certificate', certificate, seen }
}

const isKept = (item: SampleItem, signal: string | null, { threshold }: Kept): boolean =>
  signal === null || (item.signal !== null && item.signal >= threshold)

/** The claim with what belongs to it and nothing else. */
function checked(claim: Claim): Claim {
  if (claim.kind === 'keeps') return { kind: 'keeps', share: claim.share }
  const { kind, alpha, calls } = claim
  if (kind !== 'harm')
    throw new CertifyError('certify_bad_option', `the claim is ${String(kind)}: it must be harm or keeps`)
  return calls === undefined ? { kind, alpha } : { kind, alpha, calls }
}

function checkOptions(claim: Claim, delta: number, candidates: number): void {
  const share = claim.kind === 'harm' ? claim.alpha : claim.share
  const name = claim.kind === 'harm' ? 'alpha' : 'share'
  for (const [what, value] of [
    [name, share],
    ['delta', delta],
  ] as const)
    if (!(value > 0 && value < 1))
      throw new CertifyError('certify_bad_option', `${what} is ${value}: it must be above 0 and below 1`)
  const calls = claim.kind === 'harm' ? (claim.calls ?? 1) : 1
  for (const [what, value] of Object.entries({ calls, candidates }))
    if (!(Number.isSafeInteger(value) && value > 0))
      throw new CertifyError('certify_bad_option', `${what} is ${value}: it must be a whole number above 0`)
}

const aurocOf = (sorted: readonly Certain[]): number | null =>
  auroc(sorted.map(({ signal, device }) => ({ signal, right: device > 0.5 })))

/** All items stay, or nothing is proven. */
function wholeTask(items: readonly SampleItem[], test: ClaimTest): Kept | null {
  for (const item of items) test.keep(item)
  return test.passes() ? { threshold: Number.NEGATIVE_INFINITY, kept: items.length } : null
}

function naiveWhole(claim: Claim, items: readonly SampleItem[]): Naive {
  const certain = items.map((item): Certain => ({ ...item, signal: 0 }))
  const fit = naiveFit(claim, certain, items)
  return fit === null ? { threshold: null, kept: 0, saved: 0 } : { threshold: null, kept: 1, saved: 1 }
}

function naiveOf(items: readonly SampleItem[], fit: Kept | null): Naive {
  if (fit === null) return { threshold: null, kept: 0, saved: 0 }
  const saved = savedBy(items, (item) => item.signal !== null && item.signal >= fit.threshold).value
  return { threshold: fit.threshold, kept: fit.kept / items.length, saved }
}

/** To the last bit the same in any order. */
function harmAmong(items: readonly SampleItem[]): number {
  const sum = new ExactSum()
  for (const item of items) sum.add(harmOf(item))
  return sum.value
}

/** By dollars where every item has a cost, and all of them together one that is a number; else by calls. */
function savedBy(items: readonly SampleItem[], kept: (item: SampleItem) => boolean): Estimate {
  const known = items.every(({ costUsd }) => costUsd !== null)
  const all = known ? items.reduce((sum, { costUsd }) => sum + costUsd!, 0) : 0
  const hasCosts = all > 0 && Number.isFinite(all)
  const sums = new BlockSums(2)
  for (const item of items) {
    const cost = hasCosts ? item.costUsd! : 1
    sums.add([kept(item) ? cost : 0, cost])
  }
  const [estimate] = sums.estimates(([saved, all]) => [saved! / all!])
  return estimate!
}

function windowOf(items: readonly SampleItem[]): { from: string | null; until: string | null } {
  const times = items.flatMap(({ at }) => at ?? []).sort((a, b) => Date.parse(a) - Date.parse(b))
  return { from: times[0] ?? null, until: times.at(-1) ?? null }
}

/** The same for the same items in any order. */
function digestOf(items: readonly SampleItem[]): Promise<string> {
  const lines = items.map(({ id, signal, device, cloud }) => sortedJson([id, signal, device, cloud]))
  return sha256(lines.sort().join('\n'))
}

function referenceOf(items: readonly SampleItem[], threshold: number): [number | null, number][] {
  const counts = new Map<number | null, number>()
  for (const { signal } of items) {
    const value = signal !== null && signal >= threshold ? signal : null
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts].sort(([a], [b]) => (a ?? Number.NEGATIVE_INFINITY) - (b ?? Number.NEGATIVE_INFINITY))
}

/** Why the items, in the order of their times, do not look alike; null when they do, or have no times. */
function shiftIn(items: readonly SampleItem[]): string | null {
  if (items.some(({ at }) => at === null)) return null
  // Items of one time have no order, and what their ids begin with may say what they are.
  const ordered = items
    .map((item) => ({ ...item, time: Date.parse(item.at!), lot: hash32(item.id) }))
    .sort((a, b) => a.time - b.time || a.lot - b.lot || (a.id < b.id ? -1 : 1))
  if (ordered[0]!.time === ordered.at(-1)!.time) return null
  const looks = {
    "the signal's values": (item: SampleItem) => item.signal ?? Number.NEGATIVE_INFINITY,
    'the harm of staying on the device': harmOf,
  }
  for (const [what, look] of Object.entries(looks)) {
    const test = new Exchangeability([], hash32(what))
    for (const item of ordered) {
      test.add(look(item))
      if (test.evidence >= Object.keys(looks).length / FALSE_SHIFT)
        return `${what} changed within the window of the data (noticed at ${item.at}): what was true of it need not be true of the calls to come; certify on the time since then`
    }
  }
  return null
}

function tooFew(claim: Claim, { counted, needed }: ClaimTest, missing: number): string {
  const which = claim.kind === 'harm' ? 'judged items' : 'judged items that the cloud answers right'
  return `${counted} ${which} cannot prove it, not even if none were harmed: it takes ${needed}, ${missing} more`
}

function noThreshold(signal: string | null, withSignal: number, { kept }: Naive): string {
  if (signal === null)
    return 'keeping the whole task on the device does more harm than that: use a signal, or escalate it'
  if (withSignal === 0)
    return `no answer of the device has a signal ${signal}: name one that is there, or let the device give its log-probabilities`
  const hope =
    kept > 0
      ? `without any confidence a bar would keep ${(kept * 100).toFixed(1)} %: more items may prove part of it`
      : 'no bar would keep any: route this task to the cloud, or find another signal'
  return `the most certain answers by ${signal} already do more harm than can be excluded; ${hope}`
}
