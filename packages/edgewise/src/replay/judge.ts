/**
 * A rule's bars held against an answer of a trace, as at run time they are against one that is being made: the same comparisons
 * (signals/), the same order, and no evidence does not pass. Values come from the trace by their names; `length` from its tokens.
 */
import { type Outcome, signalOf } from '@edgewise/evidence'
import type { Commit, ResolvedEscalate } from '../policy/index.ts'
import { length } from '../signals/length.ts'
import { own } from '../signals/own.ts'
import { schema } from '../signals/schema.ts'
import { isBuiltIn } from '../signals/watch.ts'

export interface Verdict {
  readonly pass: boolean
  /** The signal without which it did not pass. */
  readonly missing: string | null
  /** Whether it was read to its end; else a bar stopped it before, or it was judged by its first tokens. */
  readonly whole: boolean
}

const PASSED: Verdict = { pass: true, missing: null, whole: true }
const STOPPED: Verdict = { pass: false, missing: null, whole: false }

/** A bar made ready once, for all items. */
export interface ReplayBar {
  readonly signal: string
  /** An answer that misses it is stopped as soon as that is certain. */
  readonly stops: boolean
  passes(value: number): boolean
  /** null: no evidence. */
  value(outcome: Outcome): number | null
}

/** In the order they are asked: what costs comes last. */
export function replayBars(bars: readonly ResolvedEscalate[]): readonly ReplayBar[] {
  const isCostly = ({ signal, combination }: ResolvedEscalate): boolean =>
    combination === null && (!isBuiltIn(signal) || signal === 'agreement')
  const certified = bars.filter(({ certificate }) => certificate !== null).length
  // What a certificate's monitor has to see is not missing by choice (watch.ts).
  const mayStop = ({ certificate }: ResolvedEscalate): boolean =>
    certified === 0 || (certified === 1 && certificate !== null)
  return [...bars]
    .sort((a, b) => Number(isCostly(a)) - Number(isCostly(b)))
    .map((bar) => barOf(bar, mayStop(bar)))
}

/** Signals that can be missed for certain before the answer ends, when nobody says how long it may be. */
const STOPPING = new Set(['minLogprob', 'margin', 'length'])

/** Of a bar on `length` or `schema` they know how to compare; all other signals pass from the threshold on. */
const comparing: { readonly [signal: string]: typeof own } = { length, schema }

function barOf(bar: ResolvedEscalate, mayStop: boolean): ReplayBar {
  const { signal, combination } = bar
  const isPlain = combination === null && Object.hasOwn(comparing, signal)
  const { passes } = (isPlain ? comparing[signal]! : own)({ bar, call: { prompt: [] }, own: {} })
  return {
    signal,
    stops: mayStop && combination === null && STOPPING.has(signal),
    passes,
    value: (outcome) => readBar(outcome, bar),
  }
}

/** What the trace has of a bar's signal; the length of an answer it has without being asked. */
function readBar(
  outcome: Outcome,
  { signal, combination }: Pick<ResolvedEscalate, 'signal' | 'combination'>,
): number | null {
  const isLength = combination === null && signal === 'length'
  return isLength && outcome.outputTokens !== null
    ? outcome.outputTokens
    : signalOf(outcome, signal, combination)
}

/** The device's answer, held to its commit point and, where they count, the bars. `outcome` null: nothing is known of it. */
export function deviceVerdict(
  outcome: Outcome | null,
  commit: Commit,
  bars: readonly ReplayBar[] | null,
): Verdict {
  const whole = typeof commit !== 'object' || (outcome?.outputTokens ?? commit.tokens) < commit.tokens
  const without = (missing: string): Verdict => ({ pass: false, missing, whole })
  const missed: Verdict = { pass: false, missing: null, whole }
  const held = (bars ?? []).map((bar) => ({ ...bar, known: outcome === null ? null : bar.value(outcome) }))
  if (held.some(({ stops, known, passes }) => stops && known !== null && !passes(known))) return STOPPED
  if (commit === 'valid-json') {
    const form = outcome === null ? null : signalOf(outcome, 'schema', null)
    if (form === null) return without('schema')
    if (form < 1) return missed
  }
  for (const { signal, passes, known } of held) {
    if (known === null) return without(signal)
    if (!passes(known)) return missed
  }
  return PASSED
}

/** The cloud's, which has no bars to reach, but a form under `valid-json`; one that the trace does not tell counts as valid. */
export function cloudVerdict(outcome: Outcome | null, commit: Commit): Verdict {
  if (commit !== 'valid-json' || outcome === null) return PASSED
  const form = signalOf(outcome, 'schema', null)
  return form === null || form >= 1 ? PASSED : { pass: false, missing: null, whole: true }
}
