/**
 * Money of calls, in constant memory: spent, avoided, the cut with its interval; and what went into attempts whose answer nobody
 * got. The cut is avoided / (spent + avoided): a call that failed stands on both sides with what it cost.
 */
import type { Attempt, Receipt } from '../receipt.ts'
import { BlockSums } from '../statistics/bootstrap.ts'
import { ExactSum } from '../statistics/exact-sum.ts'
import { KnownSum } from './counts.ts'
import { type Audits, CONFIDENCE, type Money, SMALL, type Waste, type Wasted } from './types.ts'

export class MoneyCount {
  readonly spent: KnownSum = new KnownSum()
  readonly avoided: KnownSum = new KnownSum()
  /** Columns: spent, avoided; made with the first call that has money. */
  #blocks: BlockSums | null = null
  #avoidedUnknown = 0

  add({ costUsd, avoidedUsd, error }: Receipt): void {
    this.spent.add(costUsd)
    if (avoidedUsd !== null || error === null) this.avoided.add(avoidedUsd)
    if (avoidedUsd === null && error === null) this.#avoidedUnknown += 1
    if (costUsd === null && avoidedUsd === null) return
    this.#blocks ??= new BlockSums(2)
    this.#blocks.add([costUsd ?? 0, avoidedUsd ?? 0])
  }

  done(): Money {
    const spentUsd = this.spent.sum
    const avoidedUsd = this.avoided.sum
    const alwaysCloudUsd = spentUsd === null || avoidedUsd === null ? null : spentUsd + avoidedUsd
    return {
      spentUsd,
      avoidedUsd,
      alwaysCloudUsd,
      cut: avoidedUsd === null || alwaysCloudUsd === null ? null : this.#cut(avoidedUsd, alwaysCloudUsd),
      costUnknown: this.spent.unknown,
      avoidedUnknown: this.#avoidedUnknown,
    }
  }

  #cut(avoidedUsd: number, alwaysCloudUsd: number): Money['cut'] {
    const n = this.avoided.known
    if (n === 0 || this.#blocks === null || !(alwaysCloudUsd > 0)) return null
    const [drawn] = this.#blocks.estimates(
      ([spent, avoided]) => [spent! + avoided! > 0 ? avoided! / (spent! + avoided!) : Number.NaN],
      { confidence: CONFIDENCE },
    )
    return drawn ? { ...drawn, value: avoidedUsd / alwaysCloudUsd, n, small: n < SMALL } : null
  }
}

class WasteCount {
  readonly #usd = new KnownSum()
  #device = 0
  #cloud = 0
  readonly #deviceMs = new ExactSum()

  add({ place, costUsd, ms }: Attempt): void {
    this.#usd.add(costUsd)
    if (place === 'cloud') this.#cloud += 1
    else {
      this.#device += 1
      this.#deviceMs.add(ms)
    }
  }

  done(): Waste {
    return {
      device: this.#device,
      cloud: this.#cloud,
      usd: this.#usd.sum,
      costUnknown: this.#usd.unknown,
      deviceMs: this.#deviceMs.value,
    }
  }
}

export class WastedCount {
  readonly #usd = new KnownSum()
  readonly #lostRaces = new WasteCount()
  readonly #rejected = new WasteCount()
  readonly #failed = new WasteCount()
  readonly #abandoned = new WasteCount()
  #resent = 0

  add({ attempts, error }: Receipt): void {
    for (const attempt of attempts) {
      if (attempt.place === 'cloud') this.#resent += Math.max(0, attempt.tries - 1)
      if (attempt.outcome === 'answered') continue
      this.#usd.add(attempt.costUsd)
      if (attempt.outcome === 'rejected') this.#rejected.add(attempt)
      else if (attempt.outcome === 'failed') this.#failed.add(attempt)
      else if (error === 'aborted') this.#abandoned.add(attempt)
      else this.#lostRaces.add(attempt)
    }
  }

  done(): Wasted {
    return {
      usd: this.#usd.sum,
      lostRaces: this.#lostRaces.done(),
      rejected: this.#rejected.done(),
      failed: this.#failed.done(),
      abandoned: this.#abandoned.done(),
      resent: this.#resent,
    }
  }
}

export class AuditCount {
  readonly #usd = new KnownSum()
  #count = 0
  #bytesOut = 0

  add({ costUsd, bytesOut }: Attempt): void {
    this.#count += 1
    this.#usd.add(costUsd)
    this.#bytesOut += bytesOut
  }

  get bytesOut(): number {
    return this.#bytesOut
  }

  done(): Audits {
    return {
      count: this.#count,
      usd: this.#usd.sum,
      costUnknown: this.#usd.unknown,
      bytesOut: this.#bytesOut,
    }
  }
}
