/**
 * Watches whether a certificate still stands: the signal's values against those it was proven on, and the outcomes of audited calls
 * against its claim. Both tests may be looked at after every call; with nothing changed, an alarm is ever raised with probability at
 * most `falseAlarm`. An alarm stays: what was proven for other calls proves nothing for these.
 */
import type { Certificate } from '../certify/certificate.ts'
import { excessOf, harmOf } from '../certify/claim-test.ts'
import { hash32 } from '../statistics/random.ts'
import { roundDown } from '../statistics/significant.ts'
import { Capital } from './capital.ts'
import { Exchangeability } from './exchangeability.ts'

export interface DriftAlarm {
  /** signal: its values have changed. harm: audited calls are harmed more than claimed. */
  readonly kind: 'signal' | 'harm'
  /** How many values, or audited calls, it took. */
  readonly after: number
  /** A clause for people. */
  readonly why: string
}

export interface AuditedCall {
  /** Whether the device's answer was kept. */
  readonly kept: boolean
  /** Scores, 0 to 1. */
  readonly device: number
  readonly cloud: number
}

/** Stakes in units of 1 / limit, for harm from a little above the limit to a multiple of it. */
const STAKES = [0.02, 0.06, 0.2]

/** An answer of the device that is right where the cloud is wrong has an excess of -1: a larger stake could lose more than there is. */
const LARGEST_STAKE = 0.9

export class DriftMonitor {
  readonly #certificate: Certificate
  readonly #limit: number
  readonly #stakes: readonly number[]
  /** Money at which a test gives alarm: each has half of the false alarms. */
  readonly #enough: number
  readonly #signals: Exchangeability | null
  readonly #harm: Capital = new Capital(STAKES.length)
  #lost = 0
  #alarm: DriftAlarm | null = null

  constructor(certificate: Certificate, { falseAlarm = 0.05 }: { readonly falseAlarm?: number } = {}) {
    const { claim, bar, reference, id } = certificate
    this.#certificate = certificate
    this.#limit = claim.kind === 'harm' ? claim.alpha : 1 - claim.share
    const largest = claim.kind === 'harm' ? Number.POSITIVE_INFINITY : LARGEST_STAKE
    this.#stakes = STAKES.map((stake) => Math.min(largest, stake / this.#limit))
    this.#enough = 2 / falseAlarm
    const before = reference.map(([value, count]) => [value ?? Number.NEGATIVE_INFINITY, count] as const)
    this.#signals = bar === null ? null : new Exchangeability(before, hash32(id))
  }

  /** null while the certificate stands. */
  get alarm(): DriftAlarm | null {
    return this.#alarm
  }

  /** Values, and audited calls, so far. */
  get seen(): { readonly signals: number; readonly audits: number } {
    return { signals: this.#signals?.seen ?? 0, audits: this.#harm.seen }
  }

  /** The signal of an answer of the device, kept or not; null: it had none. Of every one, in order. */
  signal(value: number | null): void {
    const { bar } = this.#certificate
    if (this.#alarm !== null || this.#signals === null || bar === null) return
    // What is below the bar is escalated, whatever it is: only how much of it there is can matter.
    const isBelow = value === null || !(value >= bar.threshold)
    this.#signals.add(isBelow ? Number.NEGATIVE_INFINITY : roundDown(value))
    if (this.#signals.evidence < this.#enough) return
    const after = this.#signals.seen
    const why = `the values of ${bar.signal} are no longer those it was proven on (noticed after ${after})`
    this.#alarm = { kind: 'signal', after, why }
  }

  /** The outcome of a call that was chosen to be audited before its answer was known. One without two scores says nothing. */
  audit(call: AuditedCall): void {
    if (this.#alarm !== null || !isScore(call.device) || !isScore(call.cloud)) return
    const { claim } = this.#certificate
    if (call.kept) this.#lost += claim.kind === 'harm' ? harmOf(call) : call.cloud - call.device
    const excess = excessOf(claim, call.kept, call)
    this.#harm.add(this.#stakes.map((stake) => 1 + stake * excess))
    if (this.#harm.value < this.#enough) return
    const after = this.#harm.seen
    const limit = `${round(this.#limit * 100)} %`
    const why =
      claim.kind === 'harm'
        ? `${round(this.#lost)} of ${after} audited calls were harmed, more than the ${limit} it claims`
        : `over ${after} audited calls more than ${limit} of the cloud's score was lost (${round(this.#lost)})`
    this.#alarm = { kind: 'harm', after, why }
  }
}

/** Outside 0 to 1 a bet could lose more than there is. */
const isScore = (value: number): boolean => value >= 0 && value <= 1

const round = (value: number): number => Number(value.toPrecision(3))
