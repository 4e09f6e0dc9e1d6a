/**
 * Who wins, in one sentence: the policy against everything that costs no more. Better is what an interval says, not a mean; where one
 * of them cannot be told from the policy, nothing is claimed.
 */
import type { Replay, Strategy } from './result.ts'

export interface Standing {
  /**
   * better: than each of them, for certain. worse: one of them is better for certain. undecided: neither. unknown: no item has scores of both
   * models, or nothing was replayed.
   */
  readonly standing: 'better' | 'worse' | 'undecided' | 'unknown'
  /** The one it loses to, or cannot be told from: of several, the one with the best quality. */
  readonly rival: Strategy | null
  readonly sentence: string
}

export function standingOf(replay: Replay): Standing {
  const { policy } = replay
  if (policy.quality === null)
    return {
      standing: 'unknown',
      rival: null,
      sentence: 'Nobody can say who wins: no item has a score of both models.',
    }
  const rivals = rivalsOf(replay)
  const worse = bestOf(rivals.filter(({ lead }) => lead !== null && lead.high < 0))
  if (worse !== null)
    return {
      standing: 'worse',
      rival: worse,
      sentence: `The policy loses: ${nameOf(worse)} costs no more and is better by ${points(worse, -1)} of quality.`,
    }
  const open = bestOf(rivals.filter(({ lead }) => lead === null || lead.low <= 0))
  if (open !== null)
    return {
      standing: 'undecided',
      rival: open,
      sentence: isSame(open)
        ? `No winner: the policy does what ${nameOf(open)} does.`
        : `No winner: ${nameOf(open)} costs no more and cannot be told from the policy, whose lead is ${points(open, 1)} of quality.`,
    }
  const nearest = bestOf(rivals)!
  return {
    standing: 'better',
    rival: null,
    sentence: `The policy wins: of all that costs no more, ${nameOf(nearest)} comes closest, and it leads that by ${points(nearest, 1)} of quality.`,
  }
}

/** What costs no more than the policy; the best constant may be the device. */
function rivalsOf({ baselines }: Replay): Strategy[] {
  const { alwaysDevice, bestConstant, randomMix, meanLogprob } = baselines
  return [bestConstant, randomMix, ...(meanLogprob === null ? [] : [meanLogprob]), alwaysDevice]
}

function bestOf(strategies: readonly Strategy[]): Strategy | null {
  return strategies.reduce<Strategy | null>(
    (best, one) => ((one.quality?.value ?? 0) > (best?.quality?.value ?? -1) ? one : best),
    null,
  )
}

const isSame = ({ lead }: Strategy): boolean => lead !== null && lead.low === 0 && lead.high === 0

/** As people call it. */
function nameOf({ name, threshold }: Strategy): string {
  if (threshold !== null) return `the plain bar, ${name} >= ${Number(threshold.toPrecision(4))},`
  return name === 'random mix' ? 'a random mix' : name
}

/** `1.2 points (0.4 to 2.0)`, of a lead or, with -1, of being behind. */
function points({ lead }: Strategy, sign: 1 | -1): string {
  const of = (value: number): string => (sign * 100 * value + 0).toFixed(1)
  const { value, low, high } = lead!
  return sign === 1
    ? `${of(value)} points (${of(low)} to ${of(high)})`
    : `${of(value)} points (${of(high)} to ${of(low)})`
}
