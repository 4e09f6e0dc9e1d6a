/**
 * Takes out of a prompt and its answers what must not be written down: identifiers by rule, and names where a finder is given. Both texts share
 * their placeholders, so that what was copied is still a copy. A finder that fails lets the text be left out, never through.
 */
import { combine, findIdentifiers, type NameFinder, Vault } from '@edgewise/redact'
import { labelFinder } from './labels.ts'

/**
 * A prompt and its answer. An answer that means one of `labels` is kept as it is: it says nothing of anybody, and a finder of names may take it for one.
 * Rejects with what the finder throws.
 */
export async function redactedPair(
  text: string,
  answer: string,
  { names, labels, signal }: RedactOptions,
): Promise<readonly [text: string, answer: string]> {
  const isLabel = labels !== null && labelFinder(labels)(answer) !== null
  const [asked, answered = answer] = await redacted(isLabel ? [text] : [text, answer], names, signal)
  return [asked!, answered]
}

export interface RedactOptions {
  readonly names: NameFinder | null
  /** null: answers are any text. */
  readonly labels: readonly string[] | null
  readonly signal?: AbortSignal | undefined
}

/** What redacting leaves in a text. */
export const PLACEHOLDER: RegExp = /\[[A-Z][A-Z0-9_]*_\d+\]/

/** Whether `written` is what redacting `text` can have made: the same but for what placeholders stand for. */
export function isRedactionOf(written: string, text: string): boolean {
  const [first, ...others] = written.split(PLACEHOLDER)
  const last = others.pop()
  if (last === undefined) return written === text
  if (!text.startsWith(first!) || !text.endsWith(last)) return false
  let at = first!.length
  for (const piece of others) {
    const found = text.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  return at <= text.length - last.length
}

/** The texts with placeholders such as `[EMAIL_ADDRESS_1]`. Rejects with what the finder throws. */
export async function redacted(
  texts: readonly string[],
  names: NameFinder | null,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const vault = new Vault()
  for (const text of texts) vault.reserve(text)
  const done: string[] = []
  for (const text of texts) {
    const found = names === null ? [] : await names.find(text, signal)
    done.push(vault.redact(text, combine(text, findIdentifiers(text), found)).text)
  }
  return done
}
