/**
 * The report: receipts in, figures out (types.ts), in one pass and in constant memory: what a hundred thousand calls and a hundred
 * million take is the same. It asks for the judgements of each call as it passes. Texts for people are made of its data
 * (sections.ts), as Markdown (markdown.ts) or as a page (html.ts).
 */
import type { Certificate } from '../certify/certificate.ts'
import type { Judgement } from '../judgement.ts'
import type { Receipt } from '../receipt.ts'
import { isoTime } from '../row.ts'
import { CertificateCount } from './certified.ts'
import { Groups } from './counts.ts'
import { DayCount, TaskCount } from './groups.ts'
import { AuditCount, MoneyCount, WastedCount } from './money.ts'
import { PrivacyCount } from './privacy.ts'
import { QualityCount } from './quality.ts'
import { CONFIDENCE, MOST_DAYS, MOST_TASKS, type Report } from './types.ts'
import { answeredBy, LatencyCount, WhereCount } from './where.ts'
import { worstTasks } from './worst.ts'

export interface ReportOptions {
  /** What was judged of a call; absent: nobody looked, and the report says that its quality is unknown. */
  readonly judgements?:
    | ((receiptId: string) => readonly Judgement[] | Promise<readonly Judgement[]>)
    | undefined
  /** Those of the policy. Whether each stood when a call came in, its receipt says. */
  readonly certificates?: readonly Certificate[] | undefined
  /** ISO 8601: calls from that time on. */
  readonly since?: string | undefined
  /** ISO 8601: calls before that time. */
  readonly until?: string | undefined
  /** Calls of this task alone. */
  readonly task?: string | undefined
  /** ISO 8601; default: the clock. */
  readonly now?: string | undefined
  /** Rehearsals instead of calls that were none. */
  readonly rehearsal?: boolean | undefined
}

const NONE: readonly Judgement[] = []

/** The figures of these receipts, in whatever order they come. Throws `ledger_bad_time` for a time that is none. */
export async function report(
  receipts: Iterable<Receipt> | AsyncIterable<Receipt>,
  options: ReportOptions = {},
): Promise<Report> {
  const counting = new Counting(options)
  const { judgements } = options
  const judgementsOf = (receipt: Receipt): readonly Judgement[] | Promise<readonly Judgement[]> =>
    judgements !== undefined && counting.takes(receipt) ? judgements(receipt.id) : NONE
  // A turn of the event loop a receipt is only waited for where somebody asks for it.
  if (Symbol.iterator in receipts) {
    for (const receipt of receipts) {
      const found = judgementsOf(receipt)
      counting.add(receipt, 'then' in found ? await found : found)
    }
  } else for await (const receipt of receipts) counting.add(receipt, await judgementsOf(receipt))
  return counting.done()
}

class Counting {
  readonly #options: ReportOptions
  readonly #since: string | null
  readonly #until: string | null
  readonly #money = new MoneyCount()
  readonly #wasted = new WastedCount()
  readonly #audits = new AuditCount()
  readonly #where = new WhereCount()
  readonly #latency = { device: new LatencyCount(), cloud: new LatencyCount(), kept: new LatencyCount() }
  readonly #privacy = new PrivacyCount()
  readonly #quality = new QualityCount()
  readonly #certificates = new CertificateCount()
  readonly #days = new Groups(MOST_DAYS, () => new DayCount())
  readonly #tasks = new Groups(MOST_TASKS, () => new TaskCount())
  #first: string | null = null
  #last: string | null = null
  #calls = 0
  #leftOut = 0

  constructor(options: ReportOptions) {
    this.#options = options
    this.#since = options.since === undefined ? null : isoTime(options.since)
    this.#until = options.until === undefined ? null : isoTime(options.until)
  }

  /** Whether the report is of this call. */
  takes(receipt: Receipt): boolean {
    return this.#inScope(receipt, timeOf(receipt)) && receipt.rehearsal === this.#ofRehearsals
  }

  add(receipt: Receipt, judgements: readonly Judgement[]): void {
    const at = timeOf(receipt)
    if (!this.#inScope(receipt, at)) return
    if (receipt.rehearsal !== this.#ofRehearsals) {
      this.#leftOut += 1
      return
    }
    this.#calls += 1
    if (this.#first === null || at < this.#first) this.#first = at
    if (this.#last === null || at > this.#last) this.#last = at
    let auditBytesOut = 0
    for (const { shadow } of judgements) {
      if (shadow === null) continue
      this.#audits.add(shadow)
      auditBytesOut += shadow.bytesOut
    }
    // A name that the policy refused is no task of it, and there is no end of such names.
    const task = receipt.error === 'unknown_task' ? null : receipt.task
    this.#money.add(receipt)
    this.#wasted.add(receipt)
    this.#where.add(receipt)
    const by = answeredBy(receipt)
    if (by !== 'nowhere') this.#latency[by].add(receipt)
    this.#privacy.add(receipt, task, auditBytesOut)
    this.#quality.add(receipt, judgements)
    this.#certificates.add(receipt)
    this.#days.of(at.slice(0, 10)).add(receipt)
    this.#tasks.of(task).add(receipt, judgements, auditBytesOut)
  }

  done(): Report {
    const { certificates = [], now, task = null, judgements } = this.#options
    const madeAt = now === undefined ? new Date().toISOString() : isoTime(now)
    const judged = judgements !== undefined
    const tasks = this.#tasks
      .entries()
      .map(([name, group]) => group.done(name, judged))
      .sort((a, b) => Number(a.task === null) - Number(b.task === null) || b.calls - a.calls)
    const { device, cloud, kept } = this.#latency
    return {
      format: 'edgewise.report/1',
      madeAt,
      scope: { since: this.#since, until: this.#until, task, rehearsal: this.#ofRehearsals },
      first: this.#first,
      last: this.#last,
      calls: this.#calls,
      leftOut: this.#leftOut,
      confidence: CONFIDENCE,
      money: {
        ...this.#money.done(),
        wasted: this.#wasted.done(),
        audits: judged ? this.#audits.done() : null,
      },
      where: this.#where.done(),
      latency: { device: device.done(), cloud: cloud.done(), kept: kept.done() },
      privacy: this.#privacy.done(judged),
      quality: judged ? this.#quality.done() : null,
      certificates: this.#certificates.done(certificates, Date.parse(madeAt)),
      days: this.#days.entries().map(([day, group]) => group.done(day)),
      tasks,
      worst: worstTasks(tasks),
    }
  }

  get #ofRehearsals(): boolean {
    return this.#options.rehearsal === true
  }

  #inScope({ task }: Receipt, at: string): boolean {
    return (
      (this.#since === null || at >= this.#since) &&
      (this.#until === null || at < this.#until) &&
      (this.#options.task === undefined || task === this.#options.task)
    )
  }
}

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** When the call came in, in the one form that sorts as text. */
const timeOf = ({ at }: Receipt): string => (UTC.test(at) ? at : isoTime(at))
