/**
 * How many tokens of a draft to run: as many as promise the most tokens a second, none where plain decoding is as fast.
 * How often drafts of a kind hold is counted, also of those that were not run; what a pass costs is in pass-costs.ts.
 * A pure function of the numbers it is told: it changes when tokens come, never which.
 */
import { LONGEST_MATCH } from './lookup.ts'
import { Estimate, LONGEST_PASS, type PassCosts } from './pass-costs.ts'

/** What decides on the length of drafts. */
export interface Pace {
  /** Tokens worth asking a drafter for, behind `given` tokens that must run anyway; `most` at most. */
  ask(given: number, most: number): number
  /** How many of `offered` tokens to run in the pass of `given` tokens. */
  choose(given: number, offered: number, matched: number | undefined): number
  /** Whether the token at place `at` of a draft was right; the ones before it were. */
  judged(matched: number | undefined, at: number, isRight: boolean): void
  /** What a pass was and what came of it, when that is known. */
  passed(pass: Pass): void
}

export interface Pass {
  /** Tokens that had to run, and drafted ones behind them. */
  readonly given: number
  readonly drafted: number
  /** Tokens a drafter was asked for; some may not have been run. */
  readonly asked: number
  /** Logits of this pass that a token was drawn from: at least 1. */
  readonly used: number
  readonly draftMs: number
  readonly passMs: number
}

/** A draft must promise so much more than plain decoding: less is within what is known of costs. */
const MARGIN = 1.05
/**
 * Kinds of drafts by how long their match is, up to so many tokens, and how often their next token holds: as counted on
 * English prose, source files and corrected texts, of the least favourable one. The last is for what is no copy.
 */
const KINDS = [
  [1, 0.15],
  [2, 0.3],
  [4, 0.4],
  [8, 0.6],
  [LONGEST_MATCH - 1, 0.8],
  [Number.POSITIVE_INFINITY, 0.9],
] as const
const OTHER = 0.6
/** How many observations the figures above weigh, and how much of what was counted is left when another one comes. */
const PRIOR = 4
const KEPT = 0.95
/** A drafter that takes more of a token's time than this for a draft is asked only when the draft would be run. */
const FREE = 0.01
/** Passes after which such a drafter is asked again, to see whether it is right now. */
const RETRY = 64

export class AdaptivePace implements Pace {
  readonly #costs: PassCosts
  readonly #kinds = [...KINDS.map(([, holds]) => holds), OTHER].map((holds) => ({
    right: holds * PRIOR,
    all: PRIOR,
    holds,
  }))
  /** Milliseconds for a token of a draft. */
  readonly #drafting = new Estimate()
  #sinceAsked = 0

  constructor(costs: PassCosts) {
    this.#costs = costs
  }

  ask(given: number, most: number): number {
    const room = Math.min(most, LONGEST_PASS - given)
    if (room < 1) return 0
    if (this.#drafting.seen === 0) return 1
    const cost = this.#costs.inPasses(this.#drafting.value)
    if (cost * LONGEST_PASS < FREE) return room
    if (this.#sinceAsked >= RETRY && this.#costs.isReady) return 1
    return this.choose(given, room, undefined)
  }

  choose(given: number, offered: number, matched: number | undefined): number {
    const costs = this.#costs
    const most = Math.min(offered, LONGEST_PASS - given)
    if (most < 1 || !costs.isReady) return 0
    const plain = costs.of(given)
    const drafting = costs.inPasses(this.#drafting.value)
    let best = 0
    let bestWorth = MARGIN / plain
    let holds = 1
    let expected = 1
    for (let n = 1; n <= most; n++) {
      holds *= this.#holds(matched, n - 1)
      expected += holds
      const cost = costs.of(given + n) + n * drafting
      if (cost - plain > costs.credit) break
      const worth = expected / cost
      if (worth <= bestWorth) continue
      best = n
      bestWorth = worth
    }
    return best
  }

  judged(matched: number | undefined, at: number, isRight: boolean): void {
    const kind = this.#kinds[kindOf(matched, at)]!
    kind.right = kind.right * KEPT + (isRight ? 1 : 0) + (1 - KEPT) * PRIOR * kind.holds
    kind.all = kind.all * KEPT + 1 + (1 - KEPT) * PRIOR
  }

  passed({ given, drafted, asked, used, draftMs, passMs }: Pass): void {
    const costs = this.#costs
    costs.measured(given + drafted, passMs)
    if (asked > 0) this.#drafting.add(draftMs / asked)
    this.#sinceAsked = asked > 0 ? 0 : this.#sinceAsked + 1
    if (given > LONGEST_PASS) return
    const gained = drafted > 0 ? costs.of(given) + used - 1 - costs.spent(given + drafted, passMs) : 0
    costs.settle(gained - (asked > 0 ? costs.inPasses(draftMs) : 0))
  }

  #holds(matched: number | undefined, at: number): number {
    const { right, all } = this.#kinds[kindOf(matched, at)]!
    return right / all
  }
}

/** Each token that holds makes the match longer by one. */
function kindOf(matched: number | undefined, at: number): number {
  if (!matched) return KINDS.length
  return KINDS.findIndex(([upTo]) => matched + at <= upTo)
}
