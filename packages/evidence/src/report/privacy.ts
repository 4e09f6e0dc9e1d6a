/**
 * What left the device: bytes by class of privacy, placeholders by type, how well names are found, and the proof for tasks of which
 * nothing may leave. A call that was audited afterwards did not stay, whatever its receipt says.
 */
import type { Receipt } from '../receipt.ts'
import { Groups, Tally } from './counts.ts'
import { MOST_TASKS, type Privacy } from './types.ts'
import { MOST_NAMES } from './where.ts'

type Class = Receipt['privacy']

const classes: readonly Class[] = ['nothing-leaves', 'structured-only', 'redacted', 'anything']

export class PrivacyCount {
  readonly #byClass = new Map(classes.map((privacy) => [privacy, { calls: 0, sent: 0, bytesOut: 0 }]))
  readonly #sealed = new Groups(MOST_TASKS, () => ({
    calls: 0,
    bytesOut: 0,
    cloudAttempts: 0,
    auditBytesOut: 0,
  }))
  readonly #placeholders = new Tally(MOST_NAMES)
  readonly #nameRecall = new Tally(MOST_NAMES)
  #stayed = 0
  #sent = 0
  #sentByAuditAlone = 0
  #bytesOut = 0
  #redacted = 0

  /** `task`: as its figures are kept under. */
  add(receipt: Receipt, task: string | null, auditBytesOut: number): void {
    const { privacy, bytesOut, prepared, attempts } = receipt
    const left = bytesOut > 0 ? 1 : 0
    this.#bytesOut += bytesOut
    this.#sent += left
    if (left === 0 && auditBytesOut > 0) this.#sentByAuditAlone += 1
    else if (left === 0) this.#stayed += 1
    const group = this.#byClass.get(privacy)
    if (group !== undefined) {
      group.calls += 1
      group.sent += left
      group.bytesOut += bytesOut
    }
    if (privacy === 'nothing-leaves') {
      const sealed = this.#sealed.of(task)
      sealed.calls += 1
      sealed.bytesOut += bytesOut
      sealed.auditBytesOut += auditBytesOut
      for (const { place } of attempts) if (place === 'cloud') sealed.cloudAttempts += 1
    }
    if (prepared.redacted !== null) {
      this.#redacted += 1
      for (const type of Object.keys(prepared.redacted))
        this.#placeholders.add(type, prepared.redacted[type]!)
    }
    if (prepared.nameRecall !== null) {
      const { recall, measuredOn } = prepared.nameRecall
      this.#nameRecall.add(JSON.stringify([measuredOn, recall]))
    }
  }

  done(judged: boolean): Privacy {
    return {
      stayed: this.#stayed,
      sent: this.#sent,
      sentByAuditAlone: judged ? this.#sentByAuditAlone : null,
      bytesOut: this.#bytesOut,
      byClass: [...this.#byClass]
        .filter(([, { calls }]) => calls > 0)
        .map(([privacy, sums]) => ({ privacy, ...sums })),
      redactedCalls: this.#redacted,
      placeholders: this.#placeholders.counted('others').map(([type, count]) => ({ type, count })),
      nameRecall: this.#nameRecall.counted(JSON.stringify(['others', 0])).map(([key, calls]) => {
        const [measuredOn, recall] = JSON.parse(key) as [string, number]
        return { measuredOn, recall, calls }
      }),
      sealed: this.#sealed.entries().map(([task, sums]) => ({
        task,
        ...sums,
        auditBytesOut: judged ? sums.auditBytesOut : null,
      })),
    }
  }
}
