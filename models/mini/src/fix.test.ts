import { ContextLengthError, PrefixCache, turns } from '@edgewise/engine'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dictionary } from './dictionary.ts'
import { applyEdits, type FixAnswer, type FixThresholds, fix } from './fix.ts'
import type { Mini } from './mini.ts'
import { type Protocol, protocolOf } from './protocol.ts'
import { Reader } from './reader.ts'
import { bestChoice } from './replacement.ts'
import { logSum, tally } from './score.ts'
import { tinyMini, tinyWords } from './testing/tiny-mini.ts'

const words = dictionary(tinyWords)
const always: FixThresholds = {
  unknown: -Infinity,
  known: -Infinity,
  form: -Infinity,
  keepCost: 0,
  editCost: 0,
}
const never: FixThresholds = { unknown: Infinity, known: Infinity, form: Infinity, keepCost: 0, editCost: 0 }

async function fixWith(mini: Mini, text: string, thresholds: FixThresholds): Promise<FixAnswer> {
  using reader = new Reader(new PrefixCache(mini.model), turns())
  return await fix(reader, protocolOf(mini.model.tokenizer), words, text, tally(), thresholds)
}

const bits = [
  'teh ',
  'the the ',
  'wo rd ',
  'ofthe ',
  'dont ',
  ' ',
  '\n',
  'march 3 12',
  '😀',
  'x1',
  '<fix>',
  '</>',
  '.',
]
const text = fc.array(fc.constantFrom(...bits), { maxLength: 6 }).map((parts) => parts.join(''))

test('where it may always correct, digits stay, words come from the dictionary or the text, the rest is untouched', async () => {
  using mini = await tinyMini(1)
  const digits = (s: string) => (s.match(/\d/g) ?? []).sort().join('')
  const wordsOf = (s: string) => s.toLowerCase().match(/[\p{L}']+/gu) ?? []
  let edited = 0
  await fc.assert(
    fc.asyncProperty(text, async (input) => {
      const { text: output, edits } = await fixWith(mini, input, always)
      expect(applyEdits(input, edits)).toBe(output)
      expect(digits(output)).toBe(digits(input))
      let last = 0
      for (const { start, end, from, to } of edits) {
        expect(start).toBeGreaterThanOrEqual(last)
        expect(input.slice(start, end)).toBe(from)
        expect(to).not.toBe(from)
        const known = [...wordsOf(from), from.replace(/\s/g, '').toLowerCase(), ...tinyWords]
        for (const word of wordsOf(to)) expect(known).toContain(word)
        last = end
        edited++
      }
    }),
    { numRuns: 60, seed: 2 },
  )
  expect(edited).toBeGreaterThan(20)
})

test('where it may never correct, the text stays', async () => {
  using mini = await tinyMini(2)
  await fc.assert(
    fc.asyncProperty(text, async (input) => {
      expect(await fixWith(mini, input, never)).toEqual({ text: input, edits: [] })
    }),
    { numRuns: 20, seed: 1 },
  )
})

test('the search finds the best choice, costs taken off', async () => {
  for (const seed of [1, 2, 3]) {
    using mini = await tinyMini(seed)
    const protocol: Protocol = protocolOf(mini.model.tokenizer)
    using reader = new Reader(new PrefixCache(mini.model), turns())
    const prefix = [...protocol.prompt('fix', protocol.units('teh')), protocol.fix, 5, protocol.to]
    const choices = ['a', 'an', 'the', 'thy', 'b'].map((text, i) => ({ text, cost: i / 3 }))
    const score = async (candidate: string) => {
      let sum = 0
      const ids = [...mini.model.tokenizer.encode(` ${candidate}`), protocol.close]
      for (const [i, id] of ids.entries()) {
        const logits = await reader.after([...prefix, ...ids.slice(0, i)])
        sum += logits[id]! - logSum(logits)
      }
      return sum
    }
    const scores: [string, number][] = []
    for (const { text, cost } of choices) scores.push([text, (await score(text)) - cost])
    const [want] = scores.reduce((a, b) => (b[1] > a[1] ? b : a))
    const found = await bestChoice(reader, protocol, prefix, choices)
    expect(found?.text).toBe(want)
  }
})

test('a text that corrections push over the context is refused, not cut', async () => {
  using mini = await tinyMini(1)
  const { contextLength, model } = mini
  const room = Math.floor((contextLength - mini.countTokens('fix', '')) / 2)
  const tight = 'x '.repeat(room)
  const fits =
    model.tokenizer.encode(` ${tight.trim()}`).length * 2 + mini.countTokens('fix', '') - 1 <= contextLength
  expect(fits).toBe(false)
  await expect(fixWith(mini, tight, never)).rejects.toThrow(ContextLengthError)
})

test.each([
  ['see you at 5PM.', 'see you at 5 pm.'],
  ['on 3rd of mar 2026, or', 'on March 3, 2026, or'],
  ['call (555)123-4567!', 'call (555) 123-4567!'],
  ['at 5 pm on March 3, 2026', undefined],
  ['x5pm 5:30pmx 55512345678 5551234567-1', undefined],
])('the forms in %s are found whole', async (text, wanted) => {
  // Random weights choose between the form and the text; over some seeds both come, and nothing else.
  const outputs = new Set<string>()
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    using mini = await tinyMini(seed)
    const { text: output } = await fixWith(mini, text, { ...never, form: -Infinity })
    outputs.add(output)
  }
  expect([...outputs].filter((output) => output !== text)).toEqual(wanted === undefined ? [] : [wanted])
})
