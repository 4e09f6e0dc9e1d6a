/**
 * Texts made shorter by leaving out words a local model expects anyway: whole words, those of least self-information first, until
 * the share of tokens is reached or all that may go is gone. Li et al., "Compressing Context to Enhance Inference Efficiency of
 * Large Language Models" (2023), equation 2: a word has the sum of its tokens' -log p. English function words go before all
 * others, which is better than information alone (docs/context.md). What is left is pieces of the text in their order.
 */
import { isFunctionWord } from './function-words.ts'
import { isProtectedWord, protectedRanges, type Range } from './protected.ts'
import type { ScoredToken } from './token-scorer.ts'

export interface ScoredText {
  readonly text: string
  readonly tokens: readonly ScoredToken[]
  /** Ranges that must stay for a reason of the caller's, such as the question. */
  readonly pins: readonly Range[]
}

export interface Compressed {
  readonly texts: readonly string[]
  /** Of all texts, as the local model counts. */
  readonly tokens: number
  readonly keptTokens: number
}

interface Word extends Range {
  /** Nats. */
  readonly information: number
  readonly tokens: number
  readonly mayGo: boolean
  /** Goes before all others. */
  readonly isFirst: boolean
}

/**
 * `keep` is the share of all texts' tokens to keep, above 0 and up to 1; more stays where more is protected. `goesFirst` tells which
 * words go before all others; bench/context tries it without any.
 */
export function compressTexts(
  texts: readonly ScoredText[],
  keep: number,
  goesFirst: (word: string) => boolean = isFunctionWord,
): Compressed {
  const words = texts.map((text) => wordsOf(text, goesFirst))
  const tokens = texts.reduce((sum, text) => sum + text.tokens.length, 0)
  const most = Math.ceil(keep * tokens)
  const gone = new Set<Word>()
  let keptTokens = tokens
  const order = words.flat().filter(({ mayGo }) => mayGo)
  order.sort((a, b) => Number(b.isFirst) - Number(a.isFirst) || a.information - b.information)
  for (const word of order) {
    if (keptTokens <= most) break
    gone.add(word)
    keptTokens -= word.tokens
  }
  return { texts: texts.map(({ text }, i) => joined(text, words[i]!, gone)), tokens, keptTokens }
}

/** Runs without white space, each with the tokens that end in it. */
function wordsOf({ text, tokens, pins }: ScoredText, goesFirst: (word: string) => boolean): Word[] {
  const stays = [...protectedRanges(text), ...pins].sort((a, b) => a.start - b.start)
  let range = 0
  let token = 0
  /** The furthest end among ranges that begin before a word ends. */
  let reach = 0
  return Array.from(text.matchAll(/\S+/g), ({ index: start, 0: word }) => {
    const end = start + word.length
    let information = 0
    let count = 0
    for (; token < tokens.length && tokens[token]!.end <= end; token++, count++) {
      information -= tokens[token]!.logprob
    }
    for (; range < stays.length && stays[range]!.start < end; range++)
      reach = Math.max(reach, stays[range]!.end)
    const mayGo = count > 0 && reach <= start && !isProtectedWord(word)
    return { start, end, information, tokens: count, mayGo, isFirst: goesFirst(word) }
  })
}

/**
 * The words that stay, with the white space before each; where a line ended among those that went, that end of line. The full
 * stop of a word that went stays behind the word before it.
 */
function joined(text: string, words: readonly Word[], gone: ReadonlySet<Word>): string {
  const pieces: string[] = [text.slice(0, words[0]?.start ?? 0)]
  let at = words[0]?.start ?? 0
  /** White space with the end of a line that is still to be written. */
  let line = ''
  for (const word of words) {
    const space = text.slice(at, word.start)
    const written = text.slice(word.start, word.end)
    at = word.end
    if (space.includes('\n') && space.length > line.length) line = space
    if (!gone.has(word)) {
      if (pieces.length > 1) pieces.push(line === '' ? space : line)
      pieces.push(written)
      line = ''
    } else if (line === '' && /\p{L}$/u.test(pieces.at(-1)!)) {
      const stop = /[.!?:]*$/.exec(written)![0]
      if (stop !== '') pieces.push(stop)
    }
  }
  const end = text.slice(at)
  return pieces.join('') + (line.length > end.length ? line : end)
}
