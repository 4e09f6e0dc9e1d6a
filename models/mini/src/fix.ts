/**
 * `fix`: the source is copied; where the model wants to correct, the wrong span and what may stand there instead come from
 * wrong-span.ts and candidates.ts, and the model chooses. Everything else stays letter for letter.
 */
import { candidates } from './candidates.ts'
import type { Dictionary } from './dictionary.ts'
import { inForm } from './forms.ts'
import type { Protocol, Unit } from './protocol.ts'
import type { Reader } from './reader.ts'
import { bestChoice } from './replacement.ts'
import { logSoftmax, logSumText, type Tally } from './score.ts'
import { aheadOf, roomFor, spanOf } from './spans.ts'
import { endOfForm, endOfWords, isKnown, textOf } from './wrong-span.ts'

/** UTF-16 offsets in the text given. A type, not an interface: it is also JSON. */
export type Edit = {
  readonly start: number
  readonly end: number
  readonly from: string
  readonly to: string
}

export interface FixAnswer {
  readonly text: string
  readonly edits: readonly Edit[]
}

/** A correction is tried where log p(<fix>) - log p(any text) is above the threshold for what comes next. */
export interface FixThresholds {
  /** A word that is not in the dictionary. */
  readonly unknown: number
  /** A word that is in the dictionary, a number or punctuation. */
  readonly known: number
  /** A date, time, phone number or weekday that is not in its form. */
  readonly form: number
  /** Log-probability an unknown word loses for staying as it is: the model has learned to copy too well. */
  readonly keepCost: number
  /** Log-probability a candidate loses for each edit after the first: most slips are of one letter. */
  readonly editCost: number
}

/**
 * Fewest wrong words on the dev items, by evaluate/thresholds.ts with the model that ships: 263 of 1,036 left, and 299
 * without the two costs. `form` made no difference from -12 to -4.
 */
export const fixThresholds: FixThresholds = { unknown: -6, known: 2, form: -8, keepCost: 2, editCost: 3 }

/** What a run of `fix` works with. */
interface Fixing {
  readonly reader: Reader
  readonly protocol: Protocol
  readonly words: Dictionary
  readonly units: readonly Unit[]
  readonly decisions: Tally
  readonly thresholds: FixThresholds
}

export async function fix(
  reader: Reader,
  protocol: Protocol,
  words: Dictionary,
  text: string,
  decisions: Tally,
  thresholds: FixThresholds = fixThresholds,
): Promise<FixAnswer> {
  const units = protocol.units(text)
  const fixing = { reader, protocol, words, units, decisions, thresholds }
  const ahead = aheadOf(units)
  const tokens = protocol.prompt('fix', units)
  reader.mustFit(tokens.length + roomFor(units))
  const edits: Edit[] = []
  for (let i = 0; i < units.length; ) {
    const logits = await reader.after(tokens, ahead(i))
    const [copy, open] = logSoftmax([logSumText(logits, protocol.isText), logits[protocol.fix]!])
    const formEnd = endOfForm(units, i)
    const tries =
      open! - copy! > thresholds[formEnd ? 'form' : isKnown(words, units, i) ? 'known' : 'unknown']
    decisions.add(tries ? open! : copy!)
    const made = !tries ? undefined : formEnd ? toForm(fixing, i, formEnd) : await toWords(fixing, i, tokens)
    if (made) {
      const { start, end } = spanOf(units, i, made.end, '')
      edits.push({ start, end, from: text.slice(start, end), to: made.text })
      tokens.push(...made.tokens)
      i = made.end
    } else {
      tokens.push(...units[i]!.ids)
      i++
    }
  }
  return { text: applyEdits(text, edits), edits }
}

/** `edits`: in order, without overlaps. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const kept = edits.map(({ start, to }, i) => text.slice(edits[i - 1]?.end ?? 0, start) + to)
  return kept.join('') + text.slice(edits.at(-1)?.end ?? 0)
}

interface Correction {
  /** units[first..end) is replaced. */
  readonly end: number
  readonly text: string
  /** From `<fix>` to `</>`. */
  readonly tokens: readonly number[]
}

function toForm({ protocol, units }: Fixing, first: number, end: number): Correction {
  const text = inForm(textOf(units, first, end))!
  const written = protocol.tokenizer.encode(` ${text}`, { literal: true })
  return { end, text, tokens: [...opened(protocol, units, first, end), ...written, protocol.close] }
}

/** `tokens`: what stands before units[first]. Undefined when the words stay as they are after all. */
async function toWords(
  { reader, protocol, words, units, decisions, thresholds }: Fixing,
  first: number,
  tokens: readonly number[],
): Promise<Correction | undefined> {
  const end = await endOfWords(reader, protocol, units, first, tokens, decisions)
  const wrong = textOf(units, first, end)
  const found = candidates(words, wrong)
  if (found.length === 1) return undefined
  const keepCost = isKnown(words, units, first) ? 0 : thresholds.keepCost
  const choices = found.map(({ text, edits }) => {
    return { text, cost: edits === 0 ? keepCost : thresholds.editCost * (edits - 1) }
  })
  const marked = opened(protocol, units, first, end)
  const best = await bestChoice(reader, protocol, [...tokens, ...marked], choices)
  if (best) decisions.add(best.logprob)
  if (!best || best.text === wrong) return undefined
  return { end, text: best.text, tokens: [...marked, ...best.ids, protocol.close] }
}

const opened = (protocol: Protocol, units: readonly Unit[], first: number, end: number) => [
  protocol.fix,
  ...units.slice(first, end).flatMap((unit) => unit.ids),
  protocol.to,
]
