/**
 * A law's word on a setting with the interval that the fit's ends make of its spread: seconds or bytes, of which the logarithm is what is
 * uncertain.
 */
import type { Device } from '../facts/types.ts'
import { endsName, spreadOf } from './conformal.ts'
import type { Case } from './effects.ts'
import type { Fitted } from './fit.ts'
import type { Stage } from './hold-out.ts'
import { type LawName, laws } from './laws.ts'
import type { Sound } from './left-out.ts'
import { nothingTold, type Told, tell, type Word, wordOf } from './own.ts'

export interface Said extends Word {
  readonly low: number
  readonly high: number
  readonly stage: Stage
}

/** Which factor tells that a device was seen with a runtime, by law. */
const seenBy: Readonly<Record<LawName, number>> = {
  decode: seenIn('decode'),
  prefill: seenIn('prefill'),
  firstToken: seenIn('firstToken'),
  memory: seenIn('memory'),
}

function seenIn(law: LawName): number {
  return laws[law].findIndex(({ name }) => name === 'device and runtime')
}

/** Own measurements of another runtime or backend move a value a little, and do not make of it one that was measured. */
const TELLING = 0.6

export function say(law: LawName, asked: Case, device: Device, fitted: Fitted, told: Told): Said {
  const word = wordOf(fitted.laws, law, asked, told)
  const level = asked.levels[seenBy[law]]
  const seen =
    typeof level === 'string' && Object.hasOwn(fitted.laws[law].factors[seenBy[law]]!.levels, level)
  const stage: Stage = word.left < TELLING ? 'own' : seen ? 'known' : 'cold'
  const ends = fitted.ends[law][endsName(stage, device)]
  const spread = spreadOf(law, stage, word.spread)
  return {
    ...word,
    low: word.value * Math.exp(ends.low * spread),
    high: word.value * Math.exp(ends.high * spread),
    stage,
  }
}

const kept = new WeakMap<readonly Sound[], { readonly fitted: Fitted; readonly told: Told }>()

/** What own measurements tell, once for the same list and fit. */
export function toldBy(fitted: Fitted, own: readonly Sound[] | undefined): Told {
  if (!own) return nothingTold
  const before = kept.get(own)
  if (before?.fitted === fitted) return before.told
  const told = tell(fitted.laws, own)
  kept.set(own, { fitted, told })
  return told
}
