/** Draws a text under a constraint as a model with random logits would, and ends it within a budget of tokens. */
import type { Constraint } from '../constraint.ts'
import { hasBit, idsOf } from '../mask/mask.ts'

export interface Drawn {
  readonly text: string
  readonly bytes: Uint8Array
  readonly tokens: number
}

/** `maxTokens` must be at least the constraint's `minTokens`. */
export function draw(constraint: Constraint, random: () => number, maxTokens: number): Drawn {
  const { tokenizer } = constraint
  const ids: number[] = []
  let state = constraint.start()
  const take = (id: number): void => {
    state = state.accept(id)
    ids.push(id)
  }
  for (;;) {
    if (state.isFinished) break
    if (random() < 0.3) takeForced()
    if (ids.length >= maxTokens || state.isFinished) break
    const id = pick(state.mask(), tokenizer.size, random)
    if (tokenizer.ends.includes(id)) break
    if (!canTake(id)) {
      for (const next of state.shortestCompletion()) take(next)
      break
    }
    take(id)
  }
  function takeForced(): void {
    for (const id of state.forced()) {
      if (!canTake(id)) return
      take(id)
    }
  }
  function canTake(id: number): boolean {
    return state.accept(id).canCompleteIn(maxTokens - ids.length - 1)
  }
  const bytes = Uint8Array.from(ids.flatMap((id) => [...tokenizer.bytesOf(id)]))
  // Fatal: text that is no UTF-8 is a failure of its own.
  return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), bytes, tokens: ids.length }
}

/** One of the ids that are set, most often found by trying. */
function pick(mask: Uint32Array, size: number, random: () => number): number {
  if (random() < 0.7) {
    for (let tries = 0; tries < 20; tries++) {
      const id = Math.floor(random() * size)
      if (hasBit(mask, id)) return id
    }
  }
  const ids = idsOf(mask)
  if (ids.length === 0) throw new Error('no token is allowed')
  return ids[Math.floor(random() * ids.length)]!
}
