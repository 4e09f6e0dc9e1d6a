import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compressTexts, type ScoredText } from './compress-texts.ts'

/** A token a word, with the space before it; `logprobs` in order, the last one again for the rest. */
function scored(text: string, logprobs: readonly number[], pins: ScoredText['pins'] = []): ScoredText {
  const tokens = Array.from(text.matchAll(/\s*\S+/g), ({ index, 0: found }, i) => ({
    start: index,
    end: index + found.length,
    logprob: logprobs[Math.min(i, logprobs.length - 1)]!,
  }))
  return { text, tokens, pins }
}
const short = (text: string, keep: number, ...logprobs: number[]): string =>
  compressTexts([scored(text, logprobs)], keep).texts[0]!

test('function words go first, then the words of least information', () => {
  expect(short('the agency of health publishes reports', 0.66, -9, -1, -9, -3, -2, -4)).toBe(
    'agency health publishes reports',
  )
  expect(short('the agency of health publishes reports', 0.5, -9, -1, -9, -3, -2, -4)).toBe(
    'health publishes reports',
  )
})

test('what is protected stays, and the facts say that more was kept', () => {
  const text = 'not 30 days “as it was” [PERSON_1]'
  expect(compressTexts([scored(text, [-1])], 0.1)).toEqual({
    texts: ['not 30 “as it was” [PERSON_1]'],
    tokens: 7,
    keptTokens: 6,
  })
})

test('pins stay', () => {
  const { texts } = compressTexts([scored('what is it now, dear reader', [-1], [{ start: 0, end: 10 }])], 0.1)
  expect(texts).toEqual(['what is it'])
})

test('ends of lines and of sentences stay', () => {
  expect(short('First words go.\nSecond line given.\n', 0.5, -9, -1, -1, -9, -1, -9)).toBe(
    'First.\nSecond given.\n',
  )
  expect(short('First words\n\nall gone\n\nlast', 0.5, -9, -1, -1, -1, -9)).toBe('First\n\nall\n\nlast')
})

test('the least informed go wherever they stand', () => {
  const texts = [scored('alpha beta', [-1, -5]), scored('gamma delta', [-4, -2])]
  expect(compressTexts(texts, 0.5)).toEqual({ texts: ['beta', 'gamma'], tokens: 4, keptTokens: 2 })
})

test('for any text: words of the source in order, a share that adds up, no character halved', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'the',
      'of',
      'not',
      '42',
      'word.',
      '\n',
      '\n\n',
      '  ',
      '# Title\n',
      '```\na b\n```\n',
      '“a b”',
      '{"a": 1}',
      '😀',
    ),
    fc.lorem({ maxCount: 3 }),
    fc.string({ unit: 'binary', maxLength: 8 }),
  )
  const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(' '))
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 3 }),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      (texts, keep) => {
        const whole = texts.map((text) => scored(text, [-1, -3, -2, -0.5]))
        const { texts: kept, tokens, keptTokens } = compressTexts(whole, keep)
        expect(tokens).toBe(whole.reduce((sum, { tokens }) => sum + tokens.length, 0))
        expect(keptTokens).toBeLessThanOrEqual(tokens)
        expect(kept.flatMap((text) => text.match(/\S+/g) ?? []).length).toBe(keptTokens)
        kept.forEach((text, i) => {
          let at = 0
          for (const [word] of text.matchAll(/\S+/g)) {
            const bare = word.replace(/[.!?:]+$/, '')
            const found = texts[i]!.indexOf(bare, at)
            if (found < 0) throw new Error(`${word} is not in the source behind ${at}`)
            at = found + bare.length
          }
          if (texts[i]!.isWellFormed()) expect(text.isWellFormed()).toBe(true)
          for (const number of texts[i]!.match(/42/g) ?? []) expect(text).toContain(number)
        })
        if (keep === 1) expect(kept).toEqual(texts)
      },
    ),
    { numRuns: 150, seed: 3 },
  )
})
