/** The same steps for either side: a context of llama.cpp or a session of ours, both of which run tokens to logits. */

export interface Runs {
  /** Appends `tokens`; the logits of the last [vocab], or of each [n, vocab]. */
  forward(tokens: readonly number[], every?: boolean): Float32Array
}

export interface History {
  readonly prompt: readonly number[]
  readonly ids: readonly number[]
  /** How many tokens of the prompt are run alone as well. */
  readonly alone: number
}

export interface Steps {
  /** [alone, vocab]: the logits after tokens of the prompt where each stands alone. */
  readonly alone: Float32Array
  /** [prompt, vocab]: after each token of the prompt, run at once. */
  readonly prompt: Float32Array
  /** [ids, vocab]: those each of the ids was to be chosen from, run one by one after the prompt. */
  readonly decoded: Float32Array
}

/** `clear` forgets all tokens of `side`. */
export function run(side: Runs, clear: () => void, { prompt, ids, alone }: History): Steps {
  const single = prompt.slice(0, alone).map((id) => {
    clear()
    return side.forward([id])
  })
  clear()
  const together = side.forward(prompt, true)
  const last = together.subarray(together.length - together.length / prompt.length)
  return {
    alone: joined(single),
    prompt: together,
    decoded: joined([last, ...ids.slice(0, -1).map((id) => side.forward([id]))]),
  }
}

export function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let filled = 0
  for (const part of parts) {
    all.set(part, filled)
    filled += part.length
  }
  return all
}
