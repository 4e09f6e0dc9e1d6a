/**
 * The check of a device's answer: a pure function of its signal and the policy's bar. The signal is the mean natural
 * log-probability of the answer's tokens as the model reports it. No signal is no evidence: it does not pass.
 */
import type { Signal } from '@edgewise/evidence'

export interface Verdict {
  readonly pass: boolean
  /** null when the model reported no signal. */
  readonly signal: Signal | null
  /** A clause for people: `mean logprob -0.12, the bar is -0.50`. */
  readonly note: string
}

/** Checks a mean logprob (null or NaN: none reported) against `threshold` (null: record it, pass everything). */
export function checkAnswer(meanLogprob: number | null, threshold: number | null): Verdict {
  if (meanLogprob === null || Number.isNaN(meanLogprob)) {
    return { pass: threshold === null, signal: null, note: 'the device model reports no mean logprob' }
  }
  // JSON has no infinity, and a receipt is JSON: the lowest finite number says the same.
  const value = Math.max(meanLogprob, -Number.MAX_VALUE)
  const signal: Signal = { name: 'meanLogprob', value, threshold }
  const seen = `mean logprob ${value.toFixed(2)}`
  if (threshold === null) return { pass: true, signal, note: seen }
  return { pass: value >= threshold, signal, note: `${seen}, the bar is ${threshold.toFixed(2)}` }
}
