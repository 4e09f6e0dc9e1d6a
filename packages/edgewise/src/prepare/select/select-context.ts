/**
 * Selection: of a long context only the passages that the question needs go up, in their order, under a budget of tokens. What
 * was left out is marked where it stood. System messages, assistant turns, tool calls and the question are never cut: where they
 * leave no room, nothing else goes up. A pure step: the call that comes in is not changed, and where all fits it is the call that
 * goes out.
 */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { turns } from '@edgewise/engine'
import type { Prepared } from '@edgewise/evidence'
import { bm25 } from './bm25.ts'
import { mapTexts, type TextKind } from './call-texts.ts'
import { choose } from './choose.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { ELISION, joinPassages, partText, type TextPassage } from './parted-text.ts'
import type { PassageScorer } from './passage-scorer.ts'
import { PROSE_SIZE } from './passages.ts'
import { findQuestion, type Pin, type Question } from './question.ts'
import { bestOf, rerank } from './rerank.ts'

export interface SelectOptions {
  /** Of all texts of the prompt together, those that are never cut included. */
  readonly maxTokens: number
  /** As the model counts that will read it; estimated when not given. Called on whole texts and on passages. */
  readonly countTokens?: (text: string) => number
  /** Asked about the passages that BM25 ranks best: `likelihoodScorer(model)` of a model that is large enough to help. */
  readonly score?: PassageScorer
  readonly signal?: AbortSignal
}

export interface Selected {
  readonly call: LanguageModelV4CallOptions
  /** null where all fits. Tokens are of the whole prompt, and over the budget only where what is never cut is: no passage is kept then. */
  readonly facts: Prepared['selected']
}

/** Scores passages for a question: more is better, 0 is none of it. `turn` is awaited between pieces of work. */
export type Rank = (
  question: string,
  passages: readonly string[],
  turn: () => Promise<void>,
) => Promise<readonly number[]>

/** Rejects with the signal's reason and with what `countTokens` and `score` throw. */
export const selectContext = (call: LanguageModelV4CallOptions, options: SelectOptions): Promise<Selected> =>
  selectBy(wordsAnd(options.score, options.signal), call, options)

/** BM25, its best passages in the order that the scorer, if there is one, gives them with it. */
const wordsAnd =
  (scorer: PassageScorer | undefined, signal: AbortSignal | undefined): Rank =>
  async (question, passages, turn) => {
    const scores = await bm25(question, passages, turn)
    const best = scorer === undefined ? [] : bestOf(scores)
    if (scorer === undefined || best.length < 2) return scores
    return rerank(
      scores,
      best,
      await scorer.score(
        question,
        best.map((i) => passages[i]!),
        signal,
      ),
    )
  }

/** UTF-16 units of a passage where none of the usual size fits. */
const SMALL_SIZE = PROSE_SIZE / 4

/** Nothing to search for: what is first is best. */
const NO_QUESTION: Question = { query: '', pins: [], likelier: [] }

/** As `selectContext`, by any other score: what bench/context measures BM25 beside. */
export async function selectBy(
  rank: Rank,
  call: LanguageModelV4CallOptions,
  options: Pick<SelectOptions, 'maxTokens' | 'countTokens' | 'signal'>,
): Promise<Selected> {
  const { maxTokens, countTokens = estimateTokens, signal } = options
  const turn = turns(signal)
  const found = await textsOf(call, countTokens, turn)
  if (found.tokens <= maxTokens) return { call, facts: null }
  const asked = found.cuttable.filter(({ kind }) => kind === 'asked').map(({ text }) => text)
  const question = findQuestion(asked) ?? NO_QUESTION
  const budget: Budget = { maxTokens, countTokens, fixedTokens: found.fixedTokens }
  const keep = async (pins: readonly Pin[], size: number): Promise<Kept> => {
    const texts = partTexts(found.cuttable, pins, size)
    return keepBest(texts, await rank(question.query, texts.flatMap(searchedTexts), turn), budget)
  }
  let kept = await keep(question.pins, PROSE_SIZE)
  if (kept.keptPassages === 0) kept = await keep(question.pins, SMALL_SIZE)
  if (kept.keptPassages === 0) kept = await keep(question.likelier, SMALL_SIZE)
  const { passages, keptPassages, keptTokens } = kept
  const { tokens } = found
  // The marks of what was left out are tokens, too.
  if (keptTokens >= tokens) {
    return { call, facts: { passages, keptPassages: passages, tokens, keptTokens: tokens } }
  }
  let at = 0
  const prompt = mapTexts(call.prompt, (text, kind) => (kind === 'fixed' ? text : kept.texts[at++]!))
  return { call: { ...call, prompt }, facts: { passages, keptPassages, tokens, keptTokens } }
}

interface Budget extends Required<Pick<SelectOptions, 'maxTokens' | 'countTokens'>> {
  /** Of what is never cut, the question apart. */
  readonly fixedTokens: number
}

interface Kept {
  /** The cuttable texts as they go up. */
  readonly texts: readonly string[]
  readonly passages: number
  readonly keptPassages: number
  /** Of the whole prompt; over the budget only where no passage is kept. */
  readonly keptTokens: number
}

function keepBest(
  texts: readonly PartedText[],
  scores: readonly number[],
  { maxTokens, countTokens, fixedTokens }: Budget,
): Kept {
  const passages = texts.flatMap((text) => text.passages)
  const cost = remembered((i) => countTokens(passages[i]!.words))
  let kept = choose(
    passages.map((passage, i) => ({ ...passage, score: scores[i]! })),
    { tokens: maxTokens - fixedTokens, mark: countTokens(`\n\n${ELISION}\n\n`), cost },
  )
  // A heading alone tells nothing, unless there is nothing else.
  const isText = (i: number): boolean => passages[i]!.kind !== 'heading'
  if (!kept.some(isText) && passages.some(({ isPinned }, i) => !isPinned && isText(i))) kept = []
  // Parts may have more tokens together than alone: what was taken last goes again until the whole fits.
  for (;;) {
    const isKept = new Set(kept)
    const short = texts.map(({ text, first, passages }) =>
      joinPassages(text, passages, (i) => passages[i]!.isPinned || isKept.has(first + i)),
    )
    const keptTokens = fixedTokens + short.reduce((sum, text) => sum + countTokens(text), 0)
    if (keptTokens <= maxTokens || kept.length === 0) {
      const count = passages.filter(({ isPinned }) => !isPinned).length
      return { texts: short, passages: count, keptPassages: kept.length, keptTokens }
    }
    for (let over = keptTokens - maxTokens; over > 0 && kept.length > 0; )
      over -= Math.max(1, cost(kept.pop()!))
  }
}

interface CuttableText {
  readonly text: string
  readonly kind: TextKind
}

/** The texts that may lose passages, and the tokens of all. */
async function textsOf(
  { prompt }: LanguageModelV4CallOptions,
  countTokens: (text: string) => number,
  turn: () => Promise<void>,
): Promise<{ cuttable: CuttableText[]; fixedTokens: number; tokens: number }> {
  const fixed: string[] = []
  const cuttable: CuttableText[] = []
  mapTexts(prompt, (text, kind) => {
    if (kind === 'fixed') fixed.push(text)
    else cuttable.push({ text, kind })
    return text
  })
  const count = async (texts: readonly string[]): Promise<number> => {
    let sum = 0
    for (const text of texts) {
      await turn()
      sum += countTokens(text)
    }
    return sum
  }
  const fixedTokens = await count(fixed)
  return { cuttable, fixedTokens, tokens: fixedTokens + (await count(cuttable.map(({ text }) => text))) }
}

interface PartedText {
  readonly text: string
  /** The index of its first passage among those of all texts. */
  readonly first: number
  readonly passages: readonly (TextPassage & { readonly text: number; readonly words: string })[]
}

function partTexts(texts: readonly CuttableText[], pins: readonly Pin[], size: number): PartedText[] {
  let first = 0
  let asked = 0
  return texts.map(({ text, kind }, i) => {
    const own = kind === 'asked' ? pins.filter((pin) => pin.text === asked) : []
    if (kind === 'asked') asked++
    const passages = partText(text, own, size).map((passage) => ({
      ...passage,
      text: i,
      words: text.slice(passage.start, passage.end),
    }))
    first += passages.length
    return { text, first: first - passages.length, passages }
  })
}

/**
 * What the question is compared with: a passage and the heading above it, which often names what the passage is about. Nothing of
 * the question itself.
 */
const searchedTexts = ({ passages }: PartedText): string[] =>
  passages.map(({ heading, isPinned, words }) => {
    if (isPinned) return ''
    return heading === -1 ? words : `${passages[heading]!.words}\n${words}`
  })

function remembered(count: (index: number) => number): (index: number) => number {
  const known = new Map<number, number>()
  return (index) => {
    const tokens = known.get(index) ?? count(index)
    known.set(index, tokens)
    return tokens
  }
}
