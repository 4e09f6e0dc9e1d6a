/**
 * What a month costs on each side, in US dollars, and the calls a month at which both cost the same. Retries are left out: a call that
 * is sent twice is paid twice, and nobody knows before how many are. Pure; every figure is finite for finite input.
 */
import type { CloudPrice } from '../facts/types.ts'
import type { UseCase } from '../use-case/types.ts'

const MILLION = 1e6
const GB = 1e9

/**
 * One call in the cloud: `(prompt x ((1 - cached) x input + cached x cached input) + output x output price) / 1,000,000`. A price list without a
 * price for cached input bills it as input.
 */
export function usdPerCall(
  price: CloudPrice,
  { promptTokens, outputTokens, cachedShare }: UseCase['volume'],
): number {
  const input = (1 - cachedShare) * price.inputPerMTok + cachedShare * cachedInputPrice(price)
  return (promptTokens * input + outputTokens * price.outputPerMTok) / MILLION
}

export const cachedInputPrice = (price: CloudPrice): number => price.cachedInputPerMTok ?? price.inputPerMTok

/** What the device's side costs a month, however many calls there are. */
export interface FixedCost {
  /** `days x dollars a day / months`. */
  readonly engineeringUsd: number
  /** `users x bytes a user / 1e9 x dollars a GB / months`: each user downloads the model once in these months. */
  readonly egressUsd: number
  readonly usd: number
}

/** `bytesPerUser`: of the file, on average over all users, those who get none included. */
export function fixedCost(
  { days, usdPerDay, months, egressUsdPerGB }: UseCase['engineering'],
  users: number,
  bytesPerUser: number,
): FixedCost {
  const engineeringUsd = (days * usdPerDay) / months
  const egressUsd = ((users * bytesPerUser) / GB / months) * egressUsdPerGB
  return { engineeringUsd, egressUsd, usd: engineeringUsd + egressUsd }
}

/**
 * Share of calls whose device answer is compared with the cloud's, behind the call, while the device's side runs: so many that a month
 * gives the audits a certificate takes, at least 1 % and at most all. 0 without calls.
 */
export function auditShare(callsPerMonth: number, needed: number): number {
  return callsPerMonth <= 0 ? 0 : Math.min(1, Math.max(0.01, needed / callsPerMonth))
}

/**
 * Calls to compare until a bound on harm can be proven: without any harm it takes `ln(1 - confidence) / ln(1 - harm)` of them (trials without a
 * success); three times that leave room for some. `harm` is the share of the cloud's quality that may be lost, at least 0.1 %: nobody proves 0.
 */
export function auditsNeeded(harm: number, confidence = 0.95): number {
  return Math.ceil((3 * Math.log(1 - confidence)) / Math.log1p(-Math.min(0.5, Math.max(0.001, harm))))
}

/** Calls a month at which `fixedUsd` is what calls save: `fixed / saved a call`. null where a call saves nothing and something must be saved. */
export function breakEvenCalls(fixedUsd: number, savedPerCallUsd: number): number | null {
  if (fixedUsd <= 0) return 0
  if (!(savedPerCallUsd > 0)) return null
  const calls = fixedUsd / savedPerCallUsd
  return Number.isFinite(calls) ? calls : null
}
