/** The same steps for either side: a context of llama.cpp or a session of ours, both of which run tokens to logits. */

export interface Runs {
  /** Appends `tokens`; the logits of the last [vocab], or of each [n, vocab]. */
  forward(tokens: readonly number[], every?: boolean): Float32Array
}

/**
 * [prompt + ids - 1, vocab]: the logits after every token of the prompt, run at once, and after all but the last of `ids`,
 * run one by one. Each of `ids` was to be chosen from the row before it.
 */
export function run(side: Runs, prompt: readonly number[], ids: readonly number[]): Float32Array {
  const parts = [side.forward(prompt, true), ...ids.slice(0, -1).map((id) => side.forward([id]))]
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let filled = 0
  for (const part of parts) {
    all.set(part, filled)
    filled += part.length
  }
  return all
}
