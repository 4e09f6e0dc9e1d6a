/**
 * How expected each token of a given text is, by an engine model: its log-probability after all text before it, with the place
 * where it stands. Nothing is generated. A text longer than the window is read in windows that overlap by half, so that
 * a token has at least half a window before it.
 */
import { type Model, turns } from '@edgewise/engine'
import { tokenLogprobs } from '../token-logprobs.ts'

export interface ScoredToken {
  /** UTF-16 units of the text, whole characters: tokens that share a character are one entry with their sum. */
  readonly start: number
  readonly end: number
  /** Natural logarithm of its probability, 0 or less. */
  readonly logprob: number
}

/** Entries lie side by side from the start of a text to its end. */
export interface TokenScorer {
  tokens(text: string, signal?: AbortSignal): Promise<readonly ScoredToken[]>
}

/** Tokens a window holds at most: what stands further back changes little, and each token looks at all of it. */
const WINDOW = 1024

/**
 * `prefix` stands before every window, its control tokens read: what the model was trained to see in front of plain text. When not
 * given it is the file's BOS; a file without one leaves the first token of a text as likely as any other.
 * `tokens` rejects with the engine's errors, the signal's reason, and RangeError for a vocabulary that cannot spell the text.
 */
export function tokenScorer(model: Model, { prefix }: { readonly prefix?: string } = {}): TokenScorer {
  const { tokenizer } = model
  const bos = tokenizer.addBos && tokenizer.bos !== undefined ? [tokenizer.bos] : []
  const head = prefix === undefined ? bos : tokenizer.encode(prefix, { special: true })
  const room = Math.min(WINDOW, model.contextLength) - head.length
  return {
    async tokens(text, signal) {
      // SentencePiece writes a space as U+2581; a text's own would become one and be shorter.
      const spelt = text.toWellFormed().replaceAll('\u2581', '\ufffd')
      const ids = tokenizer.encode(spelt, { literal: true, continues: true })
      const lengths = ids.map((id) => tokenizer.bytesOf(id).length)
      const turn = turns(signal)
      using session = model.session()
      const logprobs: number[] = []
      while (logprobs.length < ids.length) {
        const from = Math.max(0, logprobs.length - Math.floor(room / 2))
        const window = ids.slice(from, from + room)
        logprobs.push(...(await tokenLogprobs(session, head, window, logprobs.length - from, turn)))
      }
      return entries(spelt, lengths, logprobs)
    },
  }
}

/** Bytes of tokens to characters of the text. */
function entries(text: string, lengths: readonly number[], logprobs: readonly number[]): ScoredToken[] {
  const scored: ScoredToken[] = []
  let start = 0
  let end = 0
  /** Bytes of the characters up to `end`, and of the tokens so far. */
  let spelt = 0
  let bytes = 0
  let sum = 0
  lengths.forEach((length, i) => {
    bytes += length
    sum += logprobs[i]!
    while (spelt < bytes && end < text.length) {
      const code = text.codePointAt(end)!
      spelt += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
      end += code < 0x10000 ? 1 : 2
    }
    if (spelt !== bytes || end === start) return
    scored.push({ start, end, logprob: sum })
    start = end
    sum = 0
  })
  if (spelt !== bytes || end !== text.length) {
    throw new RangeError(
      `the model's tokens spell ${bytes} bytes and not the text: take a model whose vocabulary has all bytes`,
    )
  }
  return scored
}
