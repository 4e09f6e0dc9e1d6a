/**
 * The verdict of a use case: pure, deterministic, and never a number that is none. What it is made of: case.ts (facts and predictions), figures.ts (in
 * one world), rules.ts and choose.ts (what follows), options.ts, segments.ts, flips.ts, settle.ts, warnings.ts (what is told).
 */
import { breakEvenCalls } from '../economics/money.ts'
import type { Facts } from '../facts/types.ts'
import { type Predict, remembered } from '../fleet/predictions.ts'
import { predict } from '../predict/predict.ts'
import type { Predicted, Prediction } from '../predict/types.ts'
import { checkUseCase } from '../use-case/parse.ts'
import type { UseCase } from '../use-case/types.ts'
import { type Case, caseOf } from './case.ts'
import { decided, type Leaning } from './choose.ts'
import { type Fixed, fixedOf } from './figures.ts'
import { firingsOf } from './firings.ts'
import { flipsOf } from './flips.ts'
import { optionsOf, worldsOf } from './options.ts'
import { segmentsOf } from './segments.ts'
import { settleOf } from './settle.ts'
import type { Option, Verdict } from './types.ts'
import { warningsOf } from './warnings.ts'
import { whyOf } from './why.ts'

export interface DecideOptions {
  /** What predicts; default: the predictor fitted to published measurements. Must be pure: what it says of a setting is remembered. */
  readonly predict?: Predict
}

/**
 * Throws AdvisorError `use_case_invalid` for a use case that contradicts itself, and `unknown_device`, `unknown_model`, `unknown_price` or
 * `unknown_preset` for an id that the facts lack.
 */
export function decide(useCase: UseCase, facts: Facts, options: DecideOptions = {}): Verdict {
  const checked = checkUseCase(useCase, facts)
  const of = caseOf(checked, facts, remembered(options.predict ?? predict))
  const fixed = fixedOf(of)
  const worlds = worldsOf(of, fixed)
  const base = decided(of, fixed)
  const all = optionsOf(of, fixed, worlds)
  const breakEvenCallsPerMonth = breakEvenOf(of, fixed, all, base.leans)
  const told = { of, breakEven: breakEvenCallsPerMonth?.value ?? null, options: all }
  const settle = settleOf(of, base)
  return {
    useCase: checked,
    factsVersion: facts.version,
    answer: base.answer,
    leans: base.leans,
    why: whyOf(told, base),
    fleet: of.fleet.shares,
    fleetSource: of.fleet.source,
    price: of.price,
    segments: segmentsOf(of, worlds, base.leans),
    options: all,
    firings: firingsOf(told, worlds),
    settle,
    flips: flipsOf(of, base),
    predictions: predictionsOf(of),
    breakEvenCallsPerMonth,
    warnings: warningsOf(of, base, all),
  }
}

/** Of the device's side that would be built: both where the verdict leans to both or the device alone is ruled out, else the device alone. */
function breakEvenOf(of: Case, fixed: Fixed, options: readonly Option[], leans: Leaning): Predicted | null {
  const [alone, both] = options
  if (alone!.ships.length === 0 && both!.ships.length === 0) return null
  const isBoth = leans === 'hybrid' || alone!.ruledOutBy.length > 0
  if (!isBoth) {
    const calls = breakEvenCalls(fixed.device, of.callUsd)
    return calls === null ? null : { value: calls, low: calls, high: calls, level: 1 }
  }
  const { value, low, high, level } = both!.staysShare
  // Audits are a share of the calls; at break-even there may be others, and the share that they are today is taken.
  const at = (stays: number): number | null =>
    breakEvenCalls(fixed.both, of.callUsd * stays * (1 - fixed.audits))
  const middle = at(value)
  if (middle === null) return null
  return { value: middle, low: at(high) ?? middle, high: at(low) ?? middle, level }
}

function predictionsOf({ fleet }: Case): readonly Prediction[] {
  return fleet.devices.flatMap(({ candidates }) => candidates.map(({ prediction }) => prediction))
}
