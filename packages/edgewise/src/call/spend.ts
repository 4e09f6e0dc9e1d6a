/**
 * What a call spends of its rule's budget: checked when it comes in, held when the cloud is asked, booked when its receipt is there.
 * What was decided stands on its record.
 */
import type { Book, BudgetCall, Budgets, BudgetVerdict } from '../cloud/budget.ts'
import { BudgetError } from '../errors.ts'
import type { CallRecord } from '../receipt/record.ts'

export class Spend {
  readonly #budgets: Budgets
  readonly #call: BudgetCall
  readonly #record: CallRecord
  #book: Book | null = null

  constructor(budgets: Budgets, call: BudgetCall, record: CallRecord) {
    this.#budgets = budgets
    this.#call = call
    this.#record = record
  }

  /** By what the ledger says. */
  async check(signal: AbortSignal | undefined): Promise<BudgetVerdict | null> {
    const verdict = await this.#budgets.check(this.#call, signal)
    if (verdict !== null) this.#note(verdict)
    return verdict
  }

  /** Right before the cloud is asked. The error when other calls have taken the budget meanwhile, else null. */
  hold(): BudgetError | null {
    const held = this.#budgets.tryHold(this.#call)
    if (typeof held === 'function') {
      this.#book = held
      return null
    }
    this.#note(held)
    return new BudgetError(held.problem ?? '', { receiptId: this.#record.id })
  }

  /** `costUsd` as on the receipt, and whether the ledger has that. Nothing where nothing is held. */
  book(costUsd: number | null, isRecorded: boolean): void {
    this.#book?.(costUsd, isRecorded)
  }

  #note({ spentUsd, limitUsd, problem }: BudgetVerdict): void {
    this.#record.step('budget', spentUsd, limitUsd, problem ?? 'within the budget')
  }
}
