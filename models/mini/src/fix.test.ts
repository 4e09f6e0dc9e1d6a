import { turns } from '@edgewise/engine'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dictionary } from './dictionary.ts'
import { applyEdits, type FixAnswer, type FixThresholds, fix } from './fix.ts'
import type { Mini } from './mini.ts'
import { protocolOf } from './protocol.ts'
import { type Reader, read } from './reading.ts'
import { bestReplacement } from './replacement.ts'
import { tally } from './score.ts'
import { tinyMini, tinyWords } from './testing/tiny-mini.ts'

const words = dictionary(tinyWords)
const always: FixThresholds = { form: -Infinity, join: -Infinity, accept: -Infinity }
const never: FixThresholds = { form: Infinity, join: Infinity, accept: Infinity }

const readerOf = (mini: Mini): Reader => ({
  model: mini.model,
  protocol: protocolOf(mini.model.tokenizer),
  turn: turns(),
})

async function fixWith(mini: Mini, text: string, thresholds: FixThresholds): Promise<FixAnswer> {
  return await fix(readerOf(mini), words, text, tally(), thresholds)
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
  '<wrong>',
  '<none>',
  '.',
]
const text = fc.array(fc.constantFrom(...bits), { maxLength: 6 }).map((parts) => parts.join(''))

test.each([
  ['Come at 5:30 p.m. on Monday', 'Come at 5:30 pm on Monday'],
  ['Come at 5 P.M. 12 of us', 'Come at 5 pm 12 of us'],
  ['Come at 5 p.m. Then go.', 'Come at 5 pm. Then go.'],
  ['Come at 5 p.m.', 'Come at 5 pm.'],
])('the point of a time goes where the sentence goes on: %s', async (given, wanted) => {
  using mini = await tinyMini(1)
  expect((await fixWith(mini, given, { ...never, form: -Infinity })).text).toBe(wanted)
})

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

test('of the candidates the one the model finds most probably right is taken, costs taken off; the gain is told', async () => {
  for (const seed of [1, 2, 3]) {
    using mini = await tinyMini(seed)
    const reader = readerOf(mini)
    const choices = ['a', 'an', 'the', 'thy', 'b'].map((text, i) => ({ text, cost: i / 3 }))
    const rights = new Map<string, number>()
    for (const { text } of choices) {
      const units = reader.protocol.units(`the ${text} word`)
      const { units: judged } = await read(reader, 'fix', units, { each: reader.protocol.fixes })
      rights.set(text, judged[1]![0]!)
    }
    const score = ({ text, cost }: (typeof choices)[number]) => rights.get(text)! - cost
    const want = choices.slice(1).reduce((a, b) => (score(b) > score(a) ? b : a)).text
    const found = await bestReplacement(reader, 'the ', ' word', choices)
    expect(found.text).toBe(want)
    expect(found.gain).toBeCloseTo(rights.get(want)! - rights.get('a')!, 8)
    expect(found.logprob).toBeLessThan(0)
  }
})

test.each([
  ['see you at 5PM.', 'see you at 5 pm.'],
  ['on 3rd of mar 2026, or', 'on March 3, 2026, or'],
  ['call (555)123-4567!', 'call (555) 123-4567!'],
  ['at 5 pm on March 3, 2026', undefined],
  ['x5pm 5:30pmx 55512345678 5551234567-1', undefined],
])('the forms in %s are found whole', async (text, wanted) => {
  using mini = await tinyMini(1)
  const { text: output } = await fixWith(mini, text, { ...never, form: -Infinity })
  expect(output).toBe(wanted ?? text)
})
