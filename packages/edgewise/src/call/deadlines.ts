/** The deadlines of one call: for the commit, and for its end. One that passes ends everything the call has running. */
import { DeadlineError } from '../errors.ts'
import type { ResolvedRule } from '../policy/index.ts'
import type { CallRecord } from '../receipt/record.ts'

export class Deadlines {
  /** The deadline that passed, or null. */
  passed: DeadlineError | null = null
  readonly #timers: { firstToken?: ReturnType<typeof setTimeout>; total?: ReturnType<typeof setTimeout> } = {}

  constructor(
    { firstToken, total }: ResolvedRule['deadlineMs'],
    record: CallRecord,
    onPassed: (error: DeadlineError) => void,
  ) {
    const start = (kind: 'firstToken' | 'total', ms: number | null): void => {
      if (ms === null) return
      // What was spent before the call came here counts, too.
      const left = Math.max(0, ms - (performance.now() - record.started))
      this.#timers[kind] = setTimeout(() => {
        const error = new DeadlineError(kind, ms, { receiptId: record.id })
        this.passed ??= error
        record.step('deadline', Math.round(performance.now() - record.started), ms, 'everything was stopped')
        onPassed(error)
      }, left)
    }
    start('firstToken', firstToken)
    start('total', total)
  }

  /** The caller sees the first output. */
  committed(): void {
    clearTimeout(this.#timers.firstToken)
  }

  end(): void {
    clearTimeout(this.#timers.firstToken)
    clearTimeout(this.#timers.total)
  }
}
