/** Log-probabilities of tokens that are given, not drawn, from an engine session: the one thing both scorers of this room need. */
import type { Session } from '@edgewise/engine'

/** Numbers in the logits held at once: a large vocabulary has 262,144 a token. */
const LOGITS = 2 ** 21

/**
 * Natural logarithms of the probabilities of `tokens` from `first` on, each after `head` and all tokens before it; those before `first`
 * are only read. The session's text is replaced. The very first token, with nothing before it, is as likely as any other.
 * Throws as `Session.run`.
 */
export async function tokenLogprobs(
  session: Session,
  head: readonly number[],
  tokens: readonly number[],
  first: number,
  turn: () => Promise<void>,
): Promise<number[]> {
  const { size } = session.model.tokenizer
  const logprobs: number[] = []
  session.rewind(0)
  let before = [...head, ...tokens.slice(0, first)]
  if (before.length === 0 && tokens.length > 0) {
    logprobs.push(-Math.log(size))
    before = [tokens[0]!]
  }
  const step = Math.max(1, Math.floor(LOGITS / size))
  for (let at = first + logprobs.length; at < tokens.length; ) {
    // The logits after `before` are those of the first token here, the ones after each of the draft those of the next.
    const here = tokens.slice(at, at + step)
    const draft = here.slice(0, -1)
    const { logits, rows } = await session.run(before, turn, draft)
    here.forEach((id, i) => {
      logprobs.push(logits[i * size + id]! - rows[i]!.logSum)
    })
    for (const id of draft) session.accept(id)
    before = [here.at(-1)!]
    at += here.length
  }
  return logprobs
}
