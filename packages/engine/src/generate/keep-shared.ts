/** What a session keeps of the text it had, for the next one. */
import type { Session } from '../model/session.ts'

/** Rewinds to what the session and the prompt share; the last prompt token always runs, its logits are needed. */
export function keepShared(session: Session, prompt: readonly number[]): number {
  const most = Math.min(session.length, prompt.length - 1)
  let shared = 0
  while (shared < most && session.tokens[shared] === prompt[shared]) shared++
  session.rewind(shared)
  return shared
}
