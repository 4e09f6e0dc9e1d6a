/**
 * Personal data: F1 of spans with and without their type, by rules alone, the model alone and both; the share of the
 * letters and digits to hide that are hidden; recall and precision by type; what is hidden of names when a call is redacted.
 * Higher recall is what protects, so it stands first.
 */
import { combine, findIdentifiers, type Span } from '@edgewise/redact'
import { carefulCost, marked, ruleSpans, withRules } from '../src/redact.ts'
import { tally } from '../src/score.ts'
import type { Bench } from './bench.ts'
import type { RedactItem } from './items.ts'
import { addCounts, noCounts, type Score, scoreOf } from './metrics.ts'
import { runAll } from './run.ts'

interface Answer {
  readonly rules: readonly Span[]
  readonly model: readonly Span[]
  readonly both: readonly Span[]
  /** Without URLs and without what the model marks beside names: as a call is redacted. */
  readonly sent: readonly Span[]
}

/** What is a name: of a person, a place, an organisation. */
const nameTypes = ['PERSON', 'ADDRESS', 'ORGANIZATION']

export interface RedactFigures {
  readonly typed: Score
  readonly untyped: Score
  /** The share of the words to hide of which every letter is hidden. */
  readonly wordRecall: number
  /** The share of all other words that are hidden too. */
  readonly wordFalse: number
}

export async function evaluateRedact(
  bench: Bench,
  items: readonly RedactItem[],
  noneCost: number = carefulCost,
) {
  const { done, tooLong, seconds } = await runAll('redact', items, async ({ text }): Promise<Answer> => {
    const model = await marked(bench, text, tally())
    const careful = await marked(bench, text, tally(), noneCost)
    const names = careful.filter(({ type }) => nameTypes.includes(type))
    const sent = combine(text, findIdentifiers(text), names)
    return { rules: ruleSpans(text), model, both: withRules(text, model), sent }
  })
  const pairs = (pick: (answer: Answer) => readonly Span[], part = done): Pair[] =>
    part.map(({ item, answer }) => ({ text: item.text, given: pick(answer), wanted: item.spans }))
  const sources = [...new Set(items.map((item) => item.source))]
  // The names of `filled` come from our own lists, as those of training do.
  const real = done.filter(({ item }) => item.source !== 'filled')
  return {
    items: done.length,
    tooLong,
    rules: figures(pairs((answer) => answer.rules)),
    model: figures(pairs((answer) => answer.model)),
    both: figures(pairs((answer) => answer.both)),
    bySource: Object.fromEntries(
      sources.map((source) => {
        const part = done.filter(({ item }) => item.source === source)
        return [source, { items: part.length, ...figures(pairs((answer) => answer.both, part)) }] as const
      }),
    ),
    byType: byType(pairs((answer) => answer.both)),
    names: {
      ...namesHidden(pairs((answer) => answer.sent, real)),
      bySource: Object.fromEntries(
        [...new Set(real.map(({ item }) => item.source))].map((source) => {
          const part = real.filter(({ item }) => item.source === source)
          return [source, namesHidden(pairs((answer) => answer.sent, part)).wordRecall] as const
        }),
      ),
    },
    seconds,
  }
}

interface Pair {
  readonly text: string
  readonly given: readonly Span[]
  readonly wanted: readonly Span[]
}

function figures(pairs: readonly Pair[]): RedactFigures {
  const typed = noCounts()
  const untyped = noCounts()
  for (const { given, wanted } of pairs) {
    const place = ({ start, end }: Span) => `${start} ${end}`
    addCounts(untyped, given.map(place), wanted.map(place))
    addCounts(typed, given.map(withType), wanted.map(withType))
  }
  const { hidden, toHide, wrong, toShow } = wordsHidden(pairs)
  return {
    typed: scoreOf(typed),
    untyped: scoreOf(untyped),
    wordRecall: toHide === 0 ? 0 : hidden / toHide,
    wordFalse: toShow === 0 ? 0 : wrong / toShow,
  }
}

/** Of all words those to hide and of them hidden, and the others and of them hidden. */
function wordsHidden(pairs: readonly Pair[]): {
  hidden: number
  toHide: number
  wrong: number
  toShow: number
} {
  let [hidden, toHide, wrong, toShow] = [0, 0, 0, 0]
  for (const { text, given, wanted } of pairs) {
    for (const word of text.matchAll(/[\p{L}\p{N}]+/gu)) {
      const [start, end] = [word.index, word.index + word[0].length]
      const inside = (spans: readonly Span[]) => spans.some((s) => s.start <= start && end <= s.end)
      if (inside(wanted)) {
        toHide++
        hidden += Number(inside(given))
      } else {
        toShow++
        wrong += Number(given.some((s) => s.start < end && start < s.end))
      }
    }
  }
  return { hidden, toHide, wrong, toShow }
}

/** The share of the words in labelled names of which every letter is hidden, over all and by type. */
function namesHidden(pairs: readonly Pair[]): {
  words: number
  wordRecall: number
  /** The share of the words that are labelled nothing at all which are hidden, too. */
  wordFalse: number
  byType: Record<string, number>
} {
  const counts = nameTypes.map((type) => {
    const names = pairs.map((pair) => ({ ...pair, wanted: pair.wanted.filter((span) => span.type === type) }))
    return { type, ...wordsHidden(names) }
  })
  const sum = (pick: (count: { hidden: number; toHide: number }) => number) =>
    counts.reduce((total, count) => total + pick(count), 0)
  const others = wordsHidden(pairs)
  const words = sum(({ toHide }) => toHide)
  return {
    words,
    wordRecall: sum(({ hidden }) => hidden) / Math.max(1, words),
    wordFalse: others.wrong / Math.max(1, others.toShow),
    byType: Object.fromEntries(
      counts.map(({ type, hidden, toHide }) => [type, hidden / Math.max(1, toHide)]),
    ),
  }
}

function byType(pairs: readonly Pair[]): Record<string, Score & { wanted: number }> {
  const types = new Set(pairs.flatMap(({ given, wanted }) => [...given, ...wanted].map((span) => span.type)))
  const rows = [...types].sort().map((type) => {
    const counts = noCounts()
    const own = (spans: readonly Span[]) => spans.filter((span) => span.type === type).map(withType)
    for (const { given, wanted } of pairs) addCounts(counts, own(given), own(wanted))
    return [type, { ...scoreOf(counts), wanted: counts.wanted }] as const
  })
  return Object.fromEntries(rows)
}

const withType = ({ type, start, end }: Span) => `${type} ${start} ${end}`
