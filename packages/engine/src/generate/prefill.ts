/** Tokens into a session in pieces, so that the host's events get their turn between them. */
import { CHUNK } from '../model/forward.ts'
import type { Session } from '../model/session.ts'
import { TURN_MS, type Turn } from './turns.ts'

/** Rewinds to what the session and the prompt share; the last prompt token always runs, its logits are needed. */
export function keepShared(session: Session, prompt: readonly number[]): number {
  const most = Math.min(session.length, prompt.length - 1)
  let shared = 0
  while (shared < most && session.tokens[shared] === prompt[shared]) shared++
  session.rewind(shared)
  return shared
}

/** Runs tokens and returns the logits of the last one [vocab]. */
export async function prefill(
  session: Session,
  tokens: readonly number[],
  turn: Turn,
): Promise<Float32Array> {
  // Small first, then as many tokens as fit between two turns at the pace seen; in fours, which kernels like.
  let size = 4
  let from = 0
  while (tokens.length - from > size) {
    const started = performance.now()
    session.prefill(tokens.slice(from, from + size))
    from += size
    const pace = Math.max(performance.now() - started, 0.01) / size
    size = Math.min(CHUNK, Math.max(4, 4 * Math.floor(TURN_MS / (4 * pace))))
    await turn()
  }
  return session.forward(tokens.slice(from))
}
