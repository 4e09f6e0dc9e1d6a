/**
 * Whether certificates are in force: each is held against what runs, and its drift monitor hears the certificate's signal of every answer
 * of the device and the outcomes of audits. A bar whose certificate is not in force may not let an answer stay. What earlier processes
 * saw is read from the ledger when the host opens (history.ts); meanwhile what is new waits its turn.
 */
import {
  type AuditedCall,
  type Certificate,
  type DriftAlarm,
  DriftMonitor,
  type Ledger,
  mismatches,
  type Receipt,
} from '@edgewise/evidence'
import { abortable } from '../call/abortable.ts'
import type { ResolvedRule } from '../policy/index.ts'
import { patiently } from '../receipt/ledger-patience.ts'
import { isOfTokens } from '../signals/watch.ts'
import { traceAlarm } from '../telemetry/spans.ts'
import { cloudBeside } from './certified-rules.ts'
import type { DeviceSetup } from './device-setup.ts'
import { readHistory } from './history.ts'

/** Calls that end while the history is read; a ledger that takes longer is not waited for. */
const MOST_WAITING = 10_000

/** Steps of a receipt, one for each certificate of its rule's bars: whether it was in force. */
export const STANDS = 'certified'
export const FELL = 'certificate'

/** How a certificate stands right now. */
export interface CertificateStatus {
  readonly id: string
  readonly task: string
  readonly inForce: boolean
  /** Why it is not, a clause for people; empty when it is. */
  readonly why: string
  readonly alarm: DriftAlarm | null
  /** Answers of the device that its monitor has heard of, and audited calls; not counted any more after an alarm. */
  readonly seen: number
  readonly audited: number
  /**
   * What its monitor knows of earlier processes. none: there is no ledger. reading: it is being read. read: all of it. unreadable: nothing,
   * the monitor begins anew.
   */
  readonly history: 'none' | 'reading' | 'read' | 'unreadable'
}

/** One certificate of the host's. */
export class Watched {
  readonly certificate: Certificate
  readonly monitor: DriftMonitor
  isTold = false
  readonly #fits = new Map<string, boolean>()

  constructor(certificate: Certificate) {
    this.certificate = certificate
    this.monitor = new DriftMonitor(certificate)
  }

  /** Hears of a call that has ended, of this certificate's task. */
  saw(receipt: Receipt): void {
    const { bar } = this.certificate
    if (bar === null || !this.ranUnder(receipt)) return
    const answer = receipt.attempts.find(({ place }) => place === 'device')!
    if (answer.outcome !== 'answered' && answer.outcome !== 'rejected') return
    const value = receipt.signals.find(({ name }) => name === bar.signal)?.value ?? null
    // What costs is not always looked at, so that it is missing says nothing.
    if (value === null && !isOfTokens(bar)) return
    this.monitor.signal(value)
  }

  /** Hears of an audit of such a call. */
  judged(receipt: Receipt, outcome: AuditedCall): void {
    if (this.ranUnder(receipt)) this.monitor.audit(outcome)
  }

  /**
   * Whether the call's rule had the bar of this certificate, and the device that was asked is the certificate's. Under another rule what is
   * kept is something else, and its signal need not have been looked at.
   */
  ranUnder({ attempts, setup, path }: Receipt): boolean {
    const asked = attempts.find(({ place }) => place === 'device')
    if (asked === undefined || !setup) return false
    const { id } = this.certificate
    if (!path.some(({ rule, value }) => value === id && (rule === STANDS || rule === FELL))) return false
    const key = `${asked.model}\n${setup.quantisation}\n${setup.template}`
    let fits = this.#fits.get(key)
    if (fits === undefined) {
      const { task, cloud } = this.certificate
      fits =
        mismatches(this.certificate, { task, cloud, device: { model: asked.model, ...setup } }).length === 0
      this.#fits.set(key, fits)
    }
    return fits
  }
}

export interface StandingSettings {
  readonly ledger: Pick<Ledger, 'all' | 'judgements'> | null
  /** null: there is no cloud. */
  readonly cloudModel: string | null
  /** Whether the policy's cloud is a rehearsal: what was rehearsed and what was not are not one history. */
  readonly rehearsal: boolean
}

export class Certificates {
  readonly #byTask = new Map<string, Watched[]>()
  readonly #cloudModel: string | null
  readonly #rehearsal: boolean
  readonly #misfits = new WeakMap<DeviceSetup, Map<string, string | null>>()
  #history: CertificateStatus['history'] = 'none'
  /** What ended while the history is read. */
  #waiting: (() => void)[] | null = null
  /** Calls that began meanwhile: what the ledger says of them is no history. */
  readonly #own = new Set<string>()
  #reading: Promise<void> = Promise.resolve()
  #patience: Promise<void> | null = null
  /** Whether a call need not wait any more. */
  #isReady = true
  /** Tasks whose receipts have not yet said that the history could not be read. */
  readonly #untold = new Set<string>()

  constructor(given: Iterable<Certificate>, { ledger, cloudModel, rehearsal }: StandingSettings) {
    for (const certificate of given) {
      const own = this.#byTask.get(certificate.task) ?? []
      own.push(new Watched(certificate))
      this.#byTask.set(certificate.task, own)
    }
    this.#cloudModel = cloudModel
    this.#rehearsal = rehearsal
    if (ledger === null || this.#byTask.size === 0) return
    this.#history = 'reading'
    this.#isReady = false
    this.#waiting = []
    const isOwn = (id: string): boolean => this.#own.has(id)
    const reading = readHistory(ledger, new Map(this.#byTask), { isOwn, rehearsal })
    this.#reading = reading.then(
      () => this.#wasRead('read'),
      () => this.#wasRead('unreadable'),
    )
  }

  /** A call of this host's own begins. */
  began(receiptId: string): void {
    if (this.#waiting !== null) this.#own.add(receiptId)
  }

  /** What a call of this task waits for before it may trust a certificate: null when for nothing. Does not reject. */
  ready(task: string, signal: AbortSignal | undefined): Promise<void> | null {
    if (this.#isReady || !this.#byTask.has(task)) return null
    this.#patience ??= patiently(this.#reading)
      .catch(() => {})
      .then(() => {
        this.#isReady = true
      })
    return signal === undefined ? this.#patience : abortable(this.#patience, signal).catch(() => {})
  }

  /** What a receipt is to say of a history that is not there, once for each task; null when there is nothing to say. */
  note(task: string): string | null {
    if (!this.#byTask.has(task)) return null
    if (this.#history === 'reading') return 'what the ledger says of drift is still being read'
    return this.#untold.delete(task)
      ? 'the ledger could not be read: what it says of drift is not known, the monitor begins anew'
      : null
  }

  /** The certificates of the rule's bars, each with why it is not in force for a device; null: it is. */
  standing(
    { escalate }: ResolvedRule,
    task: string,
    setup: DeviceSetup,
  ): readonly { readonly id: string; readonly why: string | null }[] {
    const own = this.#byTask.get(task) ?? []
    return escalate.flatMap((bar) => {
      const watched = own.find(({ certificate }) => certificate.id === bar.certificate)
      return watched === undefined
        ? []
        : [{ id: watched.certificate.id, why: this.#problemOf(watched, setup) }]
    })
  }

  /** Hears of a call that has ended. */
  saw(receipt: Receipt): void {
    this.#hear(receipt, (watched) => watched.saw(receipt))
  }

  /** Hears of an audit of a call. */
  judged(receipt: Receipt, outcome: AuditedCall): void {
    this.#hear(receipt, (watched) => watched.judged(receipt, outcome))
  }

  /** `setupOf`: what would run for a task now; a clause where that is not known. */
  status(setupOf: (task: string) => DeviceSetup | string): readonly CertificateStatus[] {
    return [...this.#byTask].flatMap(([task, own]) => {
      const setup = setupOf(task)
      return own.map((watched) => {
        const why = typeof setup === 'string' ? setup : this.#problemOf(watched, setup)
        const { certificate, monitor } = watched
        return {
          id: certificate.id,
          task,
          inForce: why === null,
          why: why ?? '',
          alarm: monitor.alarm,
          seen: monitor.seen.signals,
          audited: monitor.seen.audits,
          history: this.#history,
        }
      })
    })
  }

  #problemOf({ certificate, monitor }: Watched, setup: DeviceSetup): string | null {
    if (monitor.alarm !== null) return monitor.alarm.why
    const { claim } = certificate
    const calls = claim.kind === 'harm' ? (claim.calls ?? Infinity) : Infinity
    if (monitor.seen.signals >= calls) return `the ${calls} calls it was proven for have been made`
    let known = this.#misfits.get(setup)
    if (known === undefined) this.#misfits.set(setup, (known = new Map()))
    let why = known.get(certificate.id)
    if (why === undefined) {
      const { model, quantisation, template } = setup
      const running = {
        task: certificate.task,
        device: { model, quantisation, template },
        cloud: {
          model: this.#cloudModel === null ? certificate.cloud.model : cloudBeside(model, this.#cloudModel),
        },
      }
      why = mismatches(certificate, running).join('; ') || null
      known.set(certificate.id, why)
    }
    return why
  }

  #hear({ task, rehearsal }: Receipt, tell: (watched: Watched) => void): void {
    if (!this.#byTask.has(task) || rehearsal !== this.#rehearsal) return
    const waiting = this.#waiting
    if (waiting === null) this.#tell(task, tell)
    else if (waiting.push(() => this.#tell(task, tell)) > MOST_WAITING) this.#wasRead('unreadable')
  }

  #tell(task: string, tell: (watched: Watched) => void): void {
    for (const watched of this.#byTask.get(task) ?? []) {
      tell(watched)
      const { alarm } = watched.monitor
      if (alarm === null || watched.isTold) continue
      watched.isTold = true
      traceAlarm(watched.certificate, alarm)
    }
  }

  /** The first word counts. */
  #wasRead(history: 'read' | 'unreadable'): void {
    if (this.#waiting === null) return
    this.#history = history
    if (history === 'unreadable') this.#beginAnew()
    const waiting = this.#waiting
    this.#waiting = null
    this.#own.clear()
    this.#isReady = true
    for (const tell of waiting) tell()
  }

  /** A part of the history would be heard as if it were all. */
  #beginAnew(): void {
    for (const [task, own] of this.#byTask) {
      this.#untold.add(task)
      this.#byTask.set(
        task,
        own.map(({ certificate }) => new Watched(certificate)),
      )
    }
  }
}
