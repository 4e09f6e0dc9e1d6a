/**
 * What a teacher has answered already, out of the ledger: calls whose content is kept, because their users agreed and its time is not up. Contents
 * are redacted when they are kept, and once more here, as rules get better. Receipts alone hold no text, so other calls are not even read.
 */
import type { Ledger, Receipt } from '@edgewise/evidence'
import type { NameFinder } from '@edgewise/redact'
import type { TeacherAnswer } from './answer.ts'
import { redactedPair } from './redact.ts'

export interface FromLedgerOptions {
  readonly task: string
  /** ISO 8601: calls from then on, and before. */
  readonly since?: string | undefined
  readonly until?: string | undefined
  /** Whose answers; every cloud's when not given. */
  readonly teacher?: string | undefined
  readonly names?: NameFinder | null | undefined
  /** null, or none: answers are any text. */
  readonly labels?: readonly string[] | null | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Answers of the cloud, in the order of the ledger. Left out are calls that failed, kept answers (asked once already), rehearsals, and
 * prompts of more than one turn of the user: a student is asked one text. Throws what the ledger throws, and the signal's reason.
 */
export async function* answersFromLedger(
  ledger: Pick<Ledger, 'all' | 'content' | 'judgements'>,
  { task, since, until, teacher, names = null, labels = null, signal }: FromLedgerOptions,
): AsyncGenerator<TeacherAnswer, void, void> {
  for await (const receipt of ledger.all({ task, since, until, place: 'cloud' })) {
    signal?.throwIfAborted()
    const { id, model, error, cache, rehearsal } = receipt
    if (error !== null || cache !== null || rehearsal || model === null) continue
    if (teacher !== undefined && model !== teacher) continue
    const content = await ledger.content(id)
    const asked = content && askedOf(content.prompt)
    if (content === undefined || asked === null || asked === undefined) continue
    const [text, answer] = await redactedPair(asked, content.answer, { names, labels, signal })
    const attempt = receipt.attempts.find(({ outcome }) => outcome === 'answered')
    yield {
      id,
      text,
      answer,
      teacher: model,
      sample: 0,
      costUsd: attempt?.costUsd ?? null,
      inputTokens: attempt?.inputTokens ?? null,
      outputTokens: attempt?.outputTokens ?? null,
      at: Date.parse(receipt.at),
      user: receipt.user,
      feedback: await feedbackOn(ledger, receipt),
      probabilities: null,
    }
  }
}

/** The newest word of a user on the cloud's answer. */
async function feedbackOn(ledger: Pick<Ledger, 'judgements'>, { id }: Receipt): Promise<number | null> {
  const said = (await ledger.judgements(id)).filter(({ by, cloud }) => by === 'user' && cloud !== null)
  return said.at(-1)?.cloud ?? null
}

/** The text of the one message of the user; null for a conversation, for files, and for what is no prompt. */
function askedOf(prompt: string): string | null {
  let messages: unknown
  try {
    messages = JSON.parse(prompt)
  } catch {
    return null
  }
  if (!Array.isArray(messages)) return null
  const turns = messages.filter((message) => message?.role !== 'system')
  const [turn] = turns
  if (turns.length !== 1 || turn?.role !== 'user' || !Array.isArray(turn.content)) return null
  const parts: unknown[] = turn.content.map((part: { type?: unknown; text?: unknown }) =>
    part?.type === 'text' ? part.text : null,
  )
  return parts.length > 0 && parts.every((part) => typeof part === 'string') ? parts.join('\n') : null
}
