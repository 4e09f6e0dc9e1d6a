/** The figures of one day and of one task. */
import type { Judgement } from '../judgement.ts'
import type { Receipt } from '../receipt.ts'
import { KnownSum } from './counts.ts'
import { MoneyCount } from './money.ts'
import { QualityCount } from './quality.ts'
import type { AnsweredBy, Day, TaskFigures } from './types.ts'
import { answeredBy, LatencyCount, wasEscalated } from './where.ts'

export class DayCount {
  readonly #by: Record<AnsweredBy, number> = { device: 0, cloud: 0, kept: 0, nowhere: 0 }
  readonly #spent = new KnownSum()
  readonly #avoided = new KnownSum()
  #calls = 0
  #escalated = 0
  #bytesOut = 0

  add(receipt: Receipt): void {
    const { costUsd, avoidedUsd, error, bytesOut } = receipt
    this.#calls += 1
    this.#by[answeredBy(receipt)] += 1
    if (wasEscalated(receipt)) this.#escalated += 1
    this.#spent.add(costUsd)
    if (avoidedUsd !== null || error === null) this.#avoided.add(avoidedUsd)
    this.#bytesOut += bytesOut
  }

  done(day: string | null): Day {
    return {
      day,
      calls: this.#calls,
      ...this.#by,
      escalated: this.#escalated,
      spentUsd: this.#spent.sum,
      avoidedUsd: this.#avoided.sum,
      costUnknown: this.#spent.unknown,
      bytesOut: this.#bytesOut,
    }
  }
}

export class TaskCount {
  readonly #by: Record<AnsweredBy, number> = { device: 0, cloud: 0, kept: 0, nowhere: 0 }
  readonly #money = new MoneyCount()
  readonly #latency = new LatencyCount()
  readonly #quality = new QualityCount()
  #calls = 0
  #escalated = 0
  #failed = 0
  #sent = 0
  #bytesOut = 0
  #auditBytesOut = 0

  add(receipt: Receipt, judgements: readonly Judgement[], auditBytesOut: number): void {
    const by = answeredBy(receipt)
    this.#calls += 1
    this.#by[by] += 1
    if (wasEscalated(receipt)) this.#escalated += 1
    if (by !== 'nowhere') this.#latency.add(receipt)
    else if (receipt.error !== 'aborted') this.#failed += 1
    if (receipt.bytesOut > 0) this.#sent += 1
    this.#bytesOut += receipt.bytesOut
    this.#auditBytesOut += auditBytesOut
    this.#money.add(receipt)
    this.#quality.add(receipt, judgements)
  }

  done(task: string | null, judged: boolean): TaskFigures {
    return {
      task,
      calls: this.#calls,
      ...this.#by,
      escalated: this.#escalated,
      failed: this.#failed,
      money: this.#money.done(),
      sent: this.#sent,
      bytesOut: this.#bytesOut,
      auditBytesOut: judged ? this.#auditBytesOut : null,
      latency: this.#latency.done(),
      quality: judged ? this.#quality.done() : null,
    }
  }
}
