/** Where calls ran and why: places, escalations with the bar they missed, failures by code, kept answers, latencies by place. */
import type { Place, Receipt } from '../receipt.ts'
import { LogHistogram } from '../statistics/log-histogram.ts'
import { Tally } from './counts.ts'
import {
  type AnsweredBy,
  type CloudReason,
  CONFIDENCE,
  type Latency,
  type PlaceLatency,
  SMALL,
  type Where,
} from './types.ts'

/** Codes, signals and types have few names; a ledger that has more is not readable by them. */
export const MOST_NAMES = 100

/** Who gave the answer that the caller got. A call that broke off has none. */
export function answeredBy({ place, cache, error }: Receipt): AnsweredBy {
  if (place === null || error !== null) return 'nowhere'
  return cache === null ? place : 'kept'
}

/** Whether the device had begun on a call that the cloud answered. */
export const wasEscalated = (receipt: Receipt): boolean =>
  answeredBy(receipt) === 'cloud' && receipt.attempts.some(({ place }) => place === 'device')

export class WhereCount {
  readonly #answeredBy: Record<AnsweredBy, number> = { device: 0, cloud: 0, kept: 0, nowhere: 0 }
  readonly #because = new Tally(MOST_NAMES)
  readonly #failures = new Tally(MOST_NAMES)
  readonly #failedAttempts = new Tally(MOST_NAMES)
  readonly #kept = { exact: 0, semantic: 0 }
  #escalated = 0
  #stood = 0
  #rescued = 0

  add(receipt: Receipt): void {
    const by = answeredBy(receipt)
    this.#answeredBy[by] += 1
    if (by === 'nowhere') this.#failures.add(receipt.error ?? 'no_answer')
    if (by === 'kept') this.#kept[receipt.cache!.kind] += 1
    if (by === 'cloud') this.#because.add(JSON.stringify(reasonOf(receipt)))
    if (wasEscalated(receipt)) this.#escalated += 1
    if (by === 'device' && receipt.signals.some(({ pass }) => pass === false)) this.#stood += 1
    let failed = false
    for (const { place, outcome, code } of receipt.attempts) {
      if (outcome !== 'failed') continue
      failed = true
      this.#failedAttempts.add(`${place} ${code ?? 'no_code'}`)
    }
    if (failed && by !== 'nowhere') this.#rescued += 1
  }

  done(): Where {
    return {
      answeredBy: { ...this.#answeredBy },
      escalated: this.#escalated,
      cloudBecause: this.#because.counted(OTHERS).map(([key, calls]) => {
        const [kind, name, threshold] = JSON.parse(key) as Reason
        return { kind, name, threshold, calls }
      }),
      stood: this.#stood,
      kept: { ...this.#kept },
      failures: this.#failures.counted('others').map(([code, calls]) => ({ code, calls })),
      failedAttempts: this.#failedAttempts.counted('device others').map(([key, attempts]) => {
        const at = key.indexOf(' ')
        return { place: key.slice(0, at) as Place, code: key.slice(at + 1), attempts }
      }),
      rescued: this.#rescued,
    }
  }
}

type Reason = readonly [kind: CloudReason['kind'], name: string | null, threshold: number | null]

/** Bars of more names than are counted: from a ledger whose signals have made-up names. */
const OTHERS = JSON.stringify(['bar', 'others', null] satisfies Reason)

/** Why the cloud answered this call. */
function reasonOf({ attempts, signals, path }: Receipt): Reason {
  const device = attempts.find(({ place }) => place === 'device')
  const policy = path.find(({ rule }) => rule === 'place')?.value ?? null
  if (device === undefined) {
    const deviceFirst = policy === 'prefer-device' || policy === 'race'
    return [deviceFirst ? 'limit' : 'policy', policy === null ? null : String(policy), null]
  }
  if (device.outcome === 'failed') return ['failure', device.code, null]
  if (device.outcome === 'rejected') {
    const missed = signals.find(({ pass }) => pass === false)
    return ['bar', missed?.name ?? null, missed?.threshold ?? null]
  }
  return ['race', policy === null ? null : String(policy), null]
}

/** First output and total of the calls one place has answered. */
export class LatencyCount {
  readonly #firstOutput = new LogHistogram()
  readonly #total = new LogHistogram()

  add({ firstTokenMs, totalMs }: Receipt): void {
    if (firstTokenMs !== null) this.#firstOutput.add(firstTokenMs)
    this.#total.add(totalMs)
  }

  done(): PlaceLatency {
    return { firstOutput: latency(this.#firstOutput), total: latency(this.#total) }
  }
}

function latency(histogram: LogHistogram): Latency {
  return {
    n: histogram.n,
    small: histogram.n < SMALL,
    p50: histogram.quantile(0.5, CONFIDENCE),
    p95: histogram.quantile(0.95, CONFIDENCE),
    p99: histogram.quantile(0.99, CONFIDENCE),
  }
}
