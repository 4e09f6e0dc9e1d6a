import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UnsupportedError } from '../errors.ts'
import { preTokenizer } from './pre-tokenize.ts'
import { kinds, kindTable } from './unicode-kinds.ts'

const utf8 = new TextEncoder()

function cut(name: string, text: string): string[] {
  const bytes = utf8.encode(text)
  const units: string[] = []
  preTokenizer(name).cut(bytes, (from, to) => {
    units.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(from, to)))
  })
  return units
}

/** The expressions as llama.cpp writes them, each applied to the parts of the one before; its \s is White_Space. */
const gpt2 =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu
const modern = (letters: string, digits: string, others: string) =>
  new RegExp(
    `'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\\r\\n\\p{L}\\p{N}]?${letters}+|${digits}` +
      `| ?[^\\p{White_Space}${others}]+[\\r\\n]*|\\p{White_Space}*[\\r\\n]+` +
      `|\\p{White_Space}+(?!\\P{White_Space})|\\p{White_Space}+`,
    'gu',
  )
const expressions: Record<string, readonly RegExp[]> = {
  'gpt-2': [gpt2],
  smollm: [/\p{N}/gu, gpt2],
  'llama-bpe': [modern('\\p{L}', '\\p{N}{1,3}', '\\p{L}\\p{N}')],
  qwen2: [modern('\\p{L}', '\\p{N}', '\\p{L}\\p{N}')],
  qwen35: [modern('[\\p{L}\\p{M}]', '\\p{N}', '\\p{L}\\p{M}\\p{N}')],
  falcon: [/[\p{P}$+<=>^~|`]+/gu, gpt2, /[0-9][0-9][0-9]/g],
  default: [/[\p{P}$+<=>^~|]+/gu, gpt2, /\p{N}+/gu, /[0-9][0-9][0-9]/g],
}

/** Matches, and what lies between them. */
function isolate(text: string, expression: RegExp): string[] {
  const parts: string[] = []
  let from = 0
  for (const match of text.matchAll(expression)) {
    parts.push(text.slice(from, match.index), match[0])
    from = match.index + match[0].length
  }
  return [...parts, text.slice(from)].filter((part) => part !== '')
}

/** A code point that this host's Unicode and ours agree on: not one that came after 15.1. */
const point = fc
  .oneof(fc.nat(0x7f), fc.nat(0x2fff), fc.nat(0x1ffff), fc.nat(0x10ffff))
  .filter((one) => one < 0xd800 || one > 0xdfff)
  .map((one) => String.fromCodePoint(one))
  .filter((one) => kindTable()[one.codePointAt(0)!] !== kinds.other || !/[\p{L}\p{N}\p{M}\p{P}]/u.test(one))
const common = fc.constantFrom(
  ...[' ', '  ', '\n', '\r', '\t', '\u00a0', '\u2003', '\u0085', '\ufeff', "'", "'s", "'LL", "'Re", "'v"],
  ...[
    'a',
    'Z',
    'é',
    'ſ',
    '中',
    'e\u0301',
    '\u0301',
    '0',
    '12',
    '345',
    '6789',
    '½',
    '٣',
    '.',
    '$',
    '`',
    '|',
    '😀',
    '👩‍👧',
  ],
)
const text = fc
  .array(fc.oneof({ weight: 3, arbitrary: common }, point), { maxLength: 24 })
  .map((parts) => parts.join(''))

test.each(Object.entries(expressions))('%s cuts as its expression does', (name, chain) => {
  fc.assert(
    fc.property(text, (whole) => {
      const expected = chain.reduce((parts, one) => parts.flatMap((part) => isolate(part, one)), [whole])
      expect(cut(name, whole)).toEqual(expected.filter((part) => part !== ''))
    }),
    { numRuns: 3000, seed: 7 },
  )
})

test('units of each kind', () => {
  const whole = "I'LL pay  1234 €\n\n now "
  expect(cut('gpt-2', whole)).toEqual(['I', "'", 'LL', ' pay', ' ', ' 1234', ' €', '\n\n', ' now', ' '])
  expect(cut('smollm', whole)).toEqual([
    ...['I', "'", 'LL', ' pay', '  ', '1', '2', '3', '4', ' €', '\n\n', ' now', ' '],
  ])
  expect(cut('llama-bpe', whole)).toEqual([
    ...['I', "'LL", ' pay', ' ', ' ', '123', '4', ' €\n\n', ' now', ' '],
  ])
  expect(cut('qwen2', whole)).toEqual([
    ...['I', "'LL", ' pay', ' ', ' ', '1', '2', '3', '4', ' €\n\n', ' now', ' '],
  ])
  expect(cut('default', whole)).toEqual([
    ...['I', "'", 'LL', ' pay', ' ', ' ', '123', '4', ' €', '\n\n', ' now', ' '],
  ])
  expect(cut('llama-bpe', '')).toEqual([])
})

test('names that share an expression share what goes with it', () => {
  expect(preTokenizer('llama3')).toEqual(expect.objectContaining({ ignoresMerges: true, addsBos: true }))
  expect(preTokenizer('dbrx')).toEqual(expect.objectContaining({ ignoresMerges: false, addsBos: false }))
  expect(cut('deepseek-r1-qwen', "x'S 12")).toEqual(cut('qwen2', "x'S 12"))
})

test('other names are refused', () => {
  expect(() => preTokenizer('deepseek-llm')).toThrow(
    /pre-tokenizer "deepseek-llm" is not supported; known are a.x-4.0/,
  )
  expect(() => preTokenizer('constructor')).toThrow(UnsupportedError)
})
