/**
 * What the bars of a rule (`escalate`) and its commit point say against themselves and each other. A bar must be decided
 * at the commit point: after it no other place can answer.
 */
import type { Contradiction } from './contradictions.ts'
import type { Escalate, Rule } from './types.ts'

/** Of the built-in signals: how their threshold is bounded, and whether N tokens are enough to know them. */
interface SignalFacts {
  readonly threshold: 'none' | ((threshold: number) => string | null)
  readonly early: boolean
}

const atMostZero = (threshold: number): string | null =>
  threshold > 0 ? 'a log-probability is never above 0: every answer would be refused; use 0 or less' : null

const signals: Readonly<Record<string, SignalFacts>> = {
  meanLogprob: { threshold: atMostZero, early: true },
  minLogprob: { threshold: atMostZero, early: true },
  margin: {
    threshold: (threshold) =>
      threshold > 0 ? null : 'a margin is never below 0: every answer would pass; use more than 0',
    early: true,
  },
  length: {
    threshold: (threshold) =>
      Number.isInteger(threshold) && threshold > 0
        ? null
        : 'this counts tokens: use a whole number, 1 or more',
    early: true,
  },
  schema: { threshold: 'none', early: false },
  agreement: {
    threshold: (threshold) =>
      threshold > 0 && threshold <= 1 ? null : 'this is a share of samples: use more than 0 and at most 1',
    early: false,
  },
}

/** Of a rule that can ask both places. */
export function barContradictions(rule: Rule, path: readonly string[]): readonly Contradiction[] {
  const found: Contradiction[] = []
  const say = (key: readonly PropertyKey[], message: string) =>
    found.push({ path: [...path, ...key], message })
  const { place, escalate, commit, hedgeAfterMs } = rule

  if (place === 'prefer-cloud' && hedgeAfterMs === undefined && typeof commit === 'object') {
    say(
      ['commit'],
      'this contradicts "place": "prefer-cloud": it counts tokens of the device, which is asked last: use "whole-answer" or "first-output"',
    )
  }
  if (escalate !== undefined && commit === 'first-output') {
    say(
      ['commit'],
      'this contradicts "escalate": the answer would be seen before its bars are known: use "whole-answer", "valid-json" or { "tokens": N }',
    )
  }
  escalate?.forEach((bar, index) => {
    const at = ['escalate', index]
    const first = escalate.findIndex(({ signal }) => signal === bar.signal)
    if (first !== index) say([...at, 'signal'], 'this signal has a bar above: keep one of them')
    sayBar(bar, (key, message) => say([...at, ...key], message))
    if (typeof commit === 'object')
      sayEarly(bar, commit.tokens, (key, message) => say([...at, ...key], message))
  })
  return found
}

type Say = (key: readonly PropertyKey[], message: string) => void

function sayBar({ signal, threshold, samples, certificate }: Escalate, say: Say): void {
  const facts = Object.hasOwn(signals, signal) ? signals[signal] : undefined
  const meant = Object.keys(signals).find((name) => name !== signal && plain(name) === plain(signal))
  if (meant !== undefined) say(['signal'], `this is nearly "${meant}": write it so, or choose another name`)
  if (facts?.threshold === 'none') {
    if (threshold !== undefined)
      say(['threshold'], `"${signal}" passes or not and has no threshold: take it out`)
  } else if (threshold === undefined) {
    // That of the certificate is taken.
    if (certificate === undefined)
      say([], `"threshold" is missing: say which value of this signal passes, or name a "certificate"`)
  } else {
    const problem = facts?.threshold(threshold) ?? null
    if (problem !== null) say(['threshold'], problem)
  }
  if (samples !== undefined && signal !== 'agreement') {
    say(['samples'], 'only "agreement" draws samples: take it out')
  }
}

function sayEarly({ signal, threshold, certificate }: Escalate, tokens: number, say: Say): void {
  if (certificate !== undefined) {
    say(
      ['certificate'],
      'this is proven on whole answers, and "commit" has them judged by their first tokens: use "commit": "whole-answer", or take the certificate out',
    )
  }
  const isEarly = Object.hasOwn(signals, signal) && signals[signal]!.early
  if (!isEarly) {
    say(
      ['signal'],
      'this needs the whole answer, and "commit" lets it be seen before: use "commit": "whole-answer", or another signal',
    )
  } else if (signal === 'length' && threshold !== undefined && threshold >= tokens) {
    say(
      ['threshold'],
      'the answer is seen before it can be this long: make it less than the tokens of "commit", or use "commit": "whole-answer"',
    )
  }
}

/** `mean_logprob`, `MeanLogProb` and `meanLogprob` are one name to a reader. */
const plain = (name: string): string => name.toLowerCase().replace(/[_.-]/g, '')
