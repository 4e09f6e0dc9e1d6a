/**
 * Stop strings in streamed text. Text that may be the beginning of a stop string is held back until it is clear,
 * so that no part of one is ever given out, wherever the borders of the tokens fall.
 */

export interface StopFilter {
  /** The text that can go out now, and whether a stop string was met (then the text ends before it). */
  push(text: string): { readonly text: string; readonly stopped: boolean }
  /** What was held back, when no more text comes. */
  end(): string
}

/** Empty stop strings are the caller's mistake and must be refused before. */
export function stopFilter(stops: readonly string[]): StopFilter {
  let held = ''
  return {
    push(text) {
      held += text
      const found = stops.map((stop) => held.indexOf(stop)).filter((at) => at >= 0)
      const out = found.length > 0 ? Math.min(...found) : held.length - openLength(held, stops)
      const result = { text: held.slice(0, out), stopped: found.length > 0 }
      held = result.stopped ? '' : held.slice(out)
      return result
    },
    end() {
      const rest = held
      held = ''
      return rest
    },
  }
}

/** Length of the longest end of `text` that is the beginning of a stop string. */
function openLength(text: string, stops: readonly string[]): number {
  let longest = 0
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (stop.startsWith(text.slice(-length))) longest = length
    }
  }
  return longest
}
