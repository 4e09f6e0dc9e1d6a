/** What other prices of the cloud would do: the bill, and the calls a month from which the device's side costs less. */
import type { CloudPrice } from '../facts/types.ts'
import type { UseCase } from '../use-case/types.ts'
import { breakEvenCalls, usdPerCall } from './money.ts'

export interface PriceChange {
  /** 0.5: half of today's price. */
  readonly factor: number
  readonly usdPerCall: number
  readonly usdPerMonth: number
  /** null: never. */
  readonly breakEvenCallsPerMonth: number | null
}

/** `fixedUsd` a month for the device's side, of whose calls `staysShare` cost nothing. */
export function priceChanges(
  price: CloudPrice,
  volume: UseCase['volume'],
  fixedUsd: number,
  staysShare: number,
  factors: readonly number[] = [0.25, 0.5, 1, 2, 4],
): readonly PriceChange[] {
  return factors.map((factor) => {
    const call = factor * usdPerCall(price, volume)
    return {
      factor,
      usdPerCall: call,
      usdPerMonth: call * volume.callsPerMonth,
      breakEvenCallsPerMonth: breakEvenCalls(fixedUsd, call * staysShare),
    }
  })
}

/** The same row of the price list, `factor` times as dear. */
export function scaledPrice(price: CloudPrice, factor: number): CloudPrice {
  return {
    ...price,
    inputPerMTok: price.inputPerMTok * factor,
    cachedInputPerMTok: price.cachedInputPerMTok === null ? null : price.cachedInputPerMTok * factor,
    outputPerMTok: price.outputPerMTok * factor,
  }
}
