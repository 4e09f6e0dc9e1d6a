import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findIdentifiers } from './find.ts'
import { Restorer } from './restorer.ts'
import type { Span } from './span.ts'
import { Vault } from './vault.ts'

/** Spans of each value of `types` in `text`. */
const spansOf = (text: string, types: Record<string, string>): Span[] =>
  Object.entries(types)
    .flatMap(([value, type]) =>
      [...text.matchAll(new RegExp(value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'g'))].map(({ index }) => ({
        type,
        start: index,
        end: index + value.length,
      })),
    )
    .sort((a, b) => a.start - b.start)
const redact = (vault: Vault, text: string, types: Record<string, string>) =>
  vault.redact(text, spansOf(text, types)).text

test('two people never share a placeholder, one keeps theirs across messages', () => {
  const vault = new Vault()
  expect(redact(vault, 'Ann met Bo.', { Ann: 'PERSON', Bo: 'PERSON' })).toBe('[PERSON_1] met [PERSON_2].')
  expect(redact(vault, 'Bo left Ann and Cy.', { Ann: 'PERSON', Bo: 'PERSON', Cy: 'PERSON' })).toBe(
    '[PERSON_2] left [PERSON_1] and [PERSON_3].',
  )
})

test('another way to write a value keeps its number and comes back as it was written', () => {
  const vault = new Vault()
  const of = (type: string, value: string) => vault.placeholder(type, value)
  expect(of('PERSON', 'Anna Kowalski')).toBe('[PERSON_1]')
  expect(of('PERSON', 'ANNA  kowalski')).toBe('[PERSON_1B]')
  expect(of('PERSON', 'Anna Kowalski')).toBe('[PERSON_1]')
  expect(of('PHONE_NUMBER', '+44 20 7946 0958')).toBe('[PHONE_NUMBER_1]')
  expect(of('PHONE_NUMBER', '+44 (0)20 7946-0958')).toBe('[PHONE_NUMBER_1B]')
  expect(of('PHONE_NUMBER', '+44 20 7946 0959')).toBe('[PHONE_NUMBER_2]')
  expect(of('CREDIT_CARD', '4111 1111 1111 1111')).toBe('[CREDIT_CARD_1]')
  expect(of('CREDIT_CARD', '4111-1111-1111-1111')).toBe('[CREDIT_CARD_1B]')
  expect(of('IBAN_CODE', 'de89 3704 0044 0532 0130 00')).toBe('[IBAN_CODE_1]')
  expect(of('IBAN_CODE', 'DE89370400440532013000')).toBe('[IBAN_CODE_1B]')
  expect(vault.restore('[PERSON_1B] [PHONE_NUMBER_1B] [CREDIT_CARD_1] [IBAN_CODE_1B]')).toBe(
    'ANNA  kowalski +44 (0)20 7946-0958 4111 1111 1111 1111 DE89370400440532013000',
  )
})

test('a password in other letters is another password', () => {
  const vault = new Vault()
  expect(vault.placeholder('PASSWORD', 'Secret1')).toBe('[PASSWORD_1]')
  expect(vault.placeholder('PASSWORD', 'secret1')).toBe('[PASSWORD_2]')
})

test('a part of a full name is that person while there is one', () => {
  const names = (...values: string[]) => {
    const vault = new Vault()
    return values.map((value) => vault.placeholder('PERSON', value)).join(' ')
  }
  expect(names('Anna Kowalski', 'Anna', 'Ms. Kowalski', "Anna Kowalski's")).toBe(
    '[PERSON_1] [PERSON_1B] [PERSON_1C] [PERSON_1D]',
  )
  expect(names('Anna Kowalski', 'Anna', 'Anna Nowak', 'Anna', 'Nowak')).toBe(
    '[PERSON_1] [PERSON_1B] [PERSON_2] [PERSON_1B] [PERSON_2B]',
  )
  expect(names('Anna Kowalski', 'Anna Nowak', 'Anna', 'anna')).toBe(
    '[PERSON_1] [PERSON_2] [PERSON_3] [PERSON_3B]',
  )
  expect(names('Anna B Kowalski', 'B', 'Bo', 'Anna Lee Kowalski')).toBe(
    '[PERSON_1] [PERSON_2] [PERSON_3] [PERSON_4]',
  )
})

test('a placeholder in the text is never given out and survives', () => {
  const vault = new Vault()
  const text = 'Ann wrote [PERSON_1], person_2 and PERSON\\_3.'
  const redacted = redact(vault, text, { Ann: 'PERSON' })
  expect(redacted).toBe('[PERSON_4] wrote [PERSON_1], person_2 and PERSON\\_3.')
  expect(vault.restore(redacted)).toBe(text)
  const later = 'What is [PERSON_4], or person\\_4?'
  expect(vault.redact(later, []).text).toBe('What is [[LITERAL_1]], or [LITERAL_2]?')
  expect(vault.restore(vault.redact(later, []).text)).toBe(later)
})

test.each([
  ['Dear [person_1],', 'Dear Anna,'],
  ['Dear [Person_1]!', 'Dear Anna!'],
  ['**\\[PERSON\\_1\\]**', '**Anna**'],
  ['[PERSON\\_1]', 'Anna'],
  ['\\\\[PERSON_1\\\\]', 'Anna'],
  ['\\[PERSON_1]', '\\Anna'],
  ['Dear PERSON_1, PERSON\\_1’s', 'Dear Anna, Anna’s'],
  ['[PERSON_1', '[Anna'],
  ['[[PERSON_1]]', '[Anna]'],
  [
    'xPERSON_1 PERSON_1x PERSON_12 person_1 MY_PERSON_1',
    'xPERSON_1 PERSON_1x PERSON_12 person_1 MY_PERSON_1',
  ],
  [
    '[PERSON_2] [PERSON_1B] [EMAIL_1] [PERSON_01] [PERSON 1]',
    '[PERSON_2] [PERSON_1B] [EMAIL_1] [PERSON_01] [PERSON 1]',
  ],
])('%s is read as %s', (text, restored) => {
  const vault = new Vault()
  vault.placeholder('PERSON', 'Anna')
  expect(vault.restore(text)).toBe(restored)
  expect(inPieces(vault, [...text])).toBe(restored)
})

test('values are escaped for JSON strings', () => {
  const vault = new Vault()
  const value = 'Anna "A" \\ Kowalski\n\u2028é\ud83d\ude00\t'
  const placeholder = vault.placeholder('PERSON', value)
  const answer = JSON.stringify({ to: `Dear ${placeholder}!` })
  expect(JSON.parse(vault.restore(answer, { json: true }))).toEqual({ to: `Dear ${value}!` })
  expect(JSON.parse(vault.restore('"\\\\[PERSON\\\\_1\\\\]"', { json: true }))).toBe(value)
})

test('no more is held back than may become the longest placeholder', () => {
  const vault = new Vault()
  vault.placeholder('PERSON', 'Anna')
  const restorer = new Restorer(vault)
  const most = '\\\\[PERSON\\\\_1\\\\'.length
  expect(restorer.push('Hello, I am an ordinary answer without')).toBe(
    'Hello, I am an ordinary answer without',
  )
  expect(restorer.push(' [PERS')).toBe(' ')
  expect(restorer.held).toBe(5)
  expect(restorer.push('IMMON] [')).toBe('[PERSIMMON] ')
  for (const letter of '\\\\[PERSON\\\\_1\\\\]\\\\[PERSON\\\\_1\\\\x[[[[[PERSON_1') {
    restorer.push(letter)
    expect(restorer.held).toBeLessThanOrEqual(most)
  }
  expect(restorer.end()).toBe('[Anna')
})

test('only what a finder may call its spans is a type', () => {
  for (const type of ['', 'P', 'person', 'A_', '1A', 'A'.repeat(33)]) {
    expect(() => new Vault().placeholder(type, 'x')).toThrow(RangeError)
  }
})

function inPieces(vault: Vault, pieces: readonly string[]): string {
  const restorer = new Restorer(vault)
  return pieces.map((piece) => restorer.push(piece)).join('') + restorer.end()
}

const bits = fc.constantFrom(
  'Anna',
  'PERSON',
  'PERSON_1',
  '[PERSON_1]',
  'person_2',
  '\\[PERSON\\_1\\]',
  'LITERAL_1',
  '[LITERAL_1',
  '[',
  ']',
  '\\',
  '_',
  '_1',
  '1',
  'B',
  ' ',
  '\ud83d\ude00',
  '\ud83d',
  'é',
  'a@b.com',
  '+44 20 7946 0958',
)
const texts = fc
  .array(fc.oneof({ weight: 4, arbitrary: bits }, fc.string({ maxLength: 3 })), { maxLength: 14 })
  .map((parts) => parts.join(''))

/** Spans anywhere in `text`, from numbers below 100. */
const spansAt = (text: string, cuts: readonly number[]): Span[] => {
  const at = [...new Set(cuts.map((cut) => Math.min(cut, text.length)))].sort((a, b) => a - b)
  return at.flatMap((start, i) =>
    i % 2 === 0 && at[i + 1] !== undefined
      ? [{ type: i % 4 ? 'PERSON' : 'LITERAL', start, end: at[i + 1]! }]
      : [],
  )
}

test('any texts of a conversation, any spans, any pieces: what was redacted comes back as it was', () => {
  const messages = fc.array(fc.tuple(texts, fc.array(fc.nat(60), { maxLength: 8 })), {
    minLength: 1,
    maxLength: 5,
  })
  fc.assert(
    fc.property(messages, fc.array(fc.nat(12), { maxLength: 40 }), (conversation, lengths) => {
      const vault = new Vault()
      const redacted = conversation.map(([text, cuts]) => vault.redact(text, spansAt(text, cuts)).text)
      for (const [i, [text]] of conversation.entries()) {
        expect(vault.restore(redacted[i]!)).toBe(text)
        const pieces: string[] = []
        let at = 0
        for (const length of lengths) pieces.push(redacted[i]!.slice(at, (at += length)))
        expect(inPieces(vault, [...pieces, redacted[i]!.slice(at)])).toBe(text)
      }
    }),
    { numRuns: 2000, seed: 7 },
  )
})

test('any answer is restored the same whole and in any pieces, in JSON too', () => {
  fc.assert(
    fc.property(texts, fc.array(fc.nat(6), { maxLength: 60 }), fc.boolean(), (text, lengths, json) => {
      const vault = new Vault()
      for (const value of ['Anna', 'Bo "B"', 'Anna Lee', 'ANNA']) vault.placeholder('PERSON', value)
      const restorer = new Restorer(vault, { json })
      let out = ''
      let at = 0
      for (const length of lengths) out += restorer.push(text.slice(at, (at += length)))
      expect(out + restorer.push(text.slice(at)) + restorer.end()).toBe(vault.restore(text, { json }))
    }),
    { numRuns: 2000, seed: 8 },
  )
})

test('what rules find in any text is gone from it and comes back', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const vault = new Vault()
      const { text: redacted } = vault.redact(text, findIdentifiers(text))
      expect(redacted).not.toMatch(/@b\.com(?![\p{L}\p{M}\p{N}-])/u)
      expect(vault.restore(redacted)).toBe(text)
    }),
    { numRuns: 500, seed: 9 },
  )
})
