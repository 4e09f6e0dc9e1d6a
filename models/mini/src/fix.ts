/**
 * `fix`: the model says of each word whether it is wrong. A date, a time, a phone number or a weekday is then written by rule; a
 * word becomes that one of its candidates (candidates.ts) which the model, reading the sentence with it, finds right. Everything
 * else stays letter for letter.
 */
import { candidates } from './candidates.ts'
import type { Dictionary } from './dictionary.ts'
import { inForm } from './forms.ts'
import type { Unit } from './protocol.ts'
import { type Reader, read } from './reading.ts'
import { bestReplacement } from './replacement.ts'
import type { Tally } from './score.ts'
import { spanOf } from './spans.ts'
import { endOfForm, endOfWord, isKnown, startsWord, textOf } from './wrong-span.ts'

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

/** Where a correction is made. */
export interface FixThresholds {
  /** log p(wrong) - log p(right) of a date, time, phone number or weekday that is not in its form. */
  readonly form: number
  /** log p(joins) - log p(right) of two words that may be one, or a word said twice. */
  readonly join: number
  /** Log-odds that the best candidate is right and what stands there is not (`Evidence`). */
  readonly accept: number
}

/** Chosen on the dev items by evaluate/thresholds.ts: fewest wrong words, of those that change at most 0.1 % of the words of clean sentences. */
export const fixThresholds: FixThresholds = { form: -4, join: 0, accept: 1.5 }

/** What is known of a word and of its best candidate. */
export interface Evidence {
  /** log p(wrong) - log p(right) of the word as it stands. */
  readonly wrong: number
  /** By how much the sentence with the candidate is more probably right, in log-probability. */
  readonly gain: number
  /** Letters or spaces edited. */
  readonly edits: number
  /** ln of the candidate's rank among the words, the most frequent being 1. */
  readonly rank: number
  /** Letters of the word, 12 at most. */
  readonly letters: number
  /** 1 where it begins with a capital, 1 where its case alone changes, 1 where it is parted in two, 1 where the dictionary has it. */
  readonly capital: number
  readonly cased: number
  readonly parted: number
  readonly known: number
}

/** A logistic regression on the dev items, by evaluate/thresholds.ts with the model that ships. */
export const acceptance = {
  bias: 1.09,
  wrong: 0.42,
  gain: 0.57,
  edits: -1.51,
  rank: -0.56,
  letters: 0.58,
  capital: 0.1,
  cased: -2.29,
  parted: -2.91,
  known: -4.29,
  wrongOfKnown: 1.35,
  gainOfKnown: -0.92,
} as const

/** Log-odds that the correction is right. */
export function oddsOf(e: Evidence): number {
  const w = acceptance
  return (
    w.bias +
    (w.wrong + w.wrongOfKnown * e.known) * e.wrong +
    (w.gain + w.gainOfKnown * e.known) * e.gain +
    w.edits * e.edits +
    w.rank * e.rank +
    w.letters * e.letters +
    w.capital * e.capital +
    w.cased * e.cased +
    w.parted * e.parted +
    w.known * e.known
  )
}

/** What a candidate loses beside others: for each edit, for each e-fold of its rank, for a capital where none stands, for parting a word. */
const costs = { edit: 3, rank: 0.25, capital: 6, part: 2 }
/** A known word whose log p(wrong) - log p(right) is lower is right: looking for candidates would take time for nothing. */
export const LEAST_OF_KNOWN = -1

export async function fix(
  reader: Reader,
  words: Dictionary,
  text: string,
  decisions: Tally,
  thresholds: FixThresholds = fixThresholds,
): Promise<FixAnswer> {
  const { protocol } = reader
  const units = protocol.units(text)
  const { units: judged } = await read(reader, 'fix', units, { each: protocol.fixes })
  const edits: Edit[] = []
  for (let i = 0; i < units.length; ) {
    const made = await corrected(reader, words, units, judged, i, text, edits, thresholds)
    if (judged[i]) decisions.add(made ? (made.logprob ?? judged[i]![1]!) : judged[i]![0]!)
    if (made) {
      const { start, end } = spanOf(units, i, made.end, '')
      edits.push({ start, end, from: text.slice(start, end), to: made.text })
    }
    i = made?.end ?? i + 1
  }
  return { text: applyEdits(text, edits), edits }
}

/** `edits`: in order, without overlaps. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const kept = edits.map(({ start, to }, i) => text.slice(edits[i - 1]?.end ?? 0, start) + to)
  return kept.join('') + text.slice(edits.at(-1)?.end ?? 0)
}

interface Correction {
  /** units[i..end) is replaced. */
  readonly end: number
  readonly text: string
  readonly logprob?: number
}

/** What stands in place of what begins at units[i], `edits` having been made before it; undefined when it stays. */
async function corrected(
  reader: Reader,
  words: Dictionary,
  units: readonly Unit[],
  judged: readonly (readonly number[] | undefined)[],
  i: number,
  text: string,
  edits: readonly Edit[],
  thresholds: FixThresholds,
): Promise<Correction | undefined> {
  const scores = judged[i]
  if (!scores) return undefined
  const [right, wrong, joins] = scores as [number, number, number]
  const formEnd = endOfForm(units, i)
  if (formEnd !== undefined) {
    if (wrong - right <= thresholds.form) return undefined
    return { end: formEnd, text: inForm(textOf(units, i, formEnd))! }
  }
  if (!startsWord(units, i)) return undefined
  if (joins - right > thresholds.join && joins > wrong) {
    const end = endOfJoin(units, i)
    const joined = end === undefined ? undefined : await bestOf(reader, words, units, i, end, text, edits, 0)
    if (joined && joined.evidence.gain > 0) return { end: end!, text: joined.text, logprob: joined.logprob }
  }
  const known = isKnown(words, units, i)
  if (known && wrong - right < LEAST_OF_KNOWN) return undefined
  const end = endOfWord(units, i)
  const best = await bestOf(reader, words, units, i, end, text, edits, wrong - right)
  if (!best || oddsOf(best.evidence) <= thresholds.accept) return undefined
  return { end, text: best.text, logprob: best.logprob }
}

/** The best candidate for units[first..end), and what is known of it; undefined where there is none. */
export async function bestOf(
  reader: Reader,
  words: Dictionary,
  units: readonly Unit[],
  first: number,
  end: number,
  text: string,
  edits: readonly Edit[],
  wrong: number,
): Promise<{ text: string; logprob: number; evidence: Evidence } | undefined> {
  const { start, end: stop } = spanOf(units, first, end, '')
  const standing = text.slice(start, stop)
  const found = candidates(words, standing)
  if (found.length === 1) return undefined
  const choices = found.map((candidate) => {
    if (candidate.text === standing) return { text: standing, cost: 0 }
    const rises = isCapital(candidate.text) && !isCapital(standing)
    const cost = costs.edit * candidate.edits + costs.rank * rankOf(words, candidate.text)
    const parts = candidate.text.includes(' ')
    return { text: candidate.text, cost: cost + (rises ? costs.capital : 0) + (parts ? costs.part : 0) }
  })
  const before = applyEdits(text.slice(0, start), edits)
  const best = await bestReplacement(reader, before, text.slice(stop), choices)
  const evidence: Evidence = {
    wrong,
    gain: best.gain,
    edits: found.find((candidate) => candidate.text === best.text)!.edits,
    rank: rankOf(words, best.text),
    letters: Math.min(standing.length, 12),
    capital: Number(isCapital(standing)),
    cased: Number(best.text.toLowerCase() === standing.toLowerCase()),
    parted: Number(best.text.includes(' ')),
    known: Number(isKnown(words, units, first)),
  }
  return { text: best.text, logprob: best.logprob, evidence }
}

const isCapital = (text: string): boolean => /^\p{Lu}/u.test(text)

/** ln of the rank of the rarest word in it, the most frequent word's being 0. */
function rankOf(words: Dictionary, text: string): number {
  const ranks = text
    .toLowerCase()
    .split(' ')
    .map((word) => words.rank(word))
  return Math.log(Math.max(...ranks))
}

/** The end of a word and the next, with one space between them. */
function endOfJoin(units: readonly Unit[], i: number): number | undefined {
  const next = endOfWord(units, i)
  const isWord = units[next] !== undefined && /^ \p{L}/u.test(units[next]!.text)
  return isWord ? endOfWord(units, next) : undefined
}
