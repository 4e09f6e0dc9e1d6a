/** How fast a model runs on this host, run by run: the same greedy answer again and again, in a new session each time, nothing guessed. */
import { generate, type Model } from '@edgewise/engine'

export interface RunSpeed {
  /** Whether the run is one of those that count, after the warm-ups. */
  readonly counts: boolean
  /** Tokens a second of the prompt, and of the answer behind its first token. */
  readonly prefillTps: number
  readonly decodeTps: number
  /** From the call to the first token, ms. */
  readonly firstTokenMs: number
}

export interface RunOptions {
  /** Of each answer, from 2. */
  readonly outputTokens: number
  /** Runs that are given before those that count: hosts compile what runs often. */
  readonly warmUps: number
  readonly runs: number
  readonly signal?: AbortSignal
}

/** Throws what `generate` throws. */
export async function* runSpeeds(
  model: Model,
  prompt: readonly number[],
  { outputTokens, warmUps, runs, signal }: RunOptions,
): AsyncGenerator<RunSpeed> {
  for (let run = 0; run < warmUps + runs; run++) {
    const began = performance.now()
    const tokens = generate(model, prompt, {
      maxTokens: outputTokens,
      temperature: 0,
      stopTokens: [],
      draft: false,
      ...(signal && { signal }),
    })
    let step = await tokens.next()
    const firstTokenMs = performance.now() - began
    while (!step.done) step = await tokens.next()
    const { prefillMs, decodeMs, completionTokens } = step.value
    yield {
      counts: run >= warmUps,
      prefillTps: (1000 * prompt.length) / prefillMs,
      decodeTps: (1000 * (completionTokens - 1)) / decodeMs,
      firstTokenMs,
    }
  }
}

/** The middle one, of an even number the lower; NaN of none. */
export function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN
}
