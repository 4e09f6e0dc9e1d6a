import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadGgufError, BadOptionError, UnsupportedError } from '../errors.ts'
import type { MetadataValue } from '../gguf/metadata.ts'
import { readGguf } from '../gguf/read.ts'
import { randomVocabulary } from '../testing/random-model.ts'
import { Merges } from './merges.ts'
import { preTokenizer } from './pre-tokenize.ts'
import { Tokenizer } from './tokenizer.ts'

const tiny = new Tokenizer(randomVocabulary())
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom('the', 'hello', ' ', '  ', '\n', "'s", '12', 'é', '😀', '\ufeff', '\u0085', '</>'),
    maxLength: 40,
  }),
)

test('decode(encode(text)) is text', () => {
  fc.assert(
    fc.property(anyText, fc.boolean(), (text, special) => {
      expect(tiny.decode(tiny.encode(text))).toBe(text)
      // User-defined tokens are printed, so they come back too.
      expect(tiny.decode(tiny.encode(text, { special }))).toBe(text)
    }),
    { numRuns: 1000, seed: 6 },
  )
})

test('the units of a text join to it, for both pre-tokenizers', () => {
  for (const name of ['gpt-2', 'smollm']) {
    const cut = preTokenizer(name)
    fc.assert(
      fc.property(anyText, (text) => {
        expect(cut(text).join('')).toBe(text)
      }),
      { numRuns: 500, seed: 7 },
    )
  }
})

test('gpt-2 and smollm units', () => {
  const text = "I'll pay  1234 €\n\n now "
  expect(preTokenizer('gpt-2')(text)).toEqual(['I', "'ll", ' pay', ' ', ' 1234', ' €', '\n\n', ' now', ' '])
  expect(preTokenizer('smollm')(text)).toEqual([
    'I',
    "'ll",
    ' pay',
    '  ',
    '1',
    '2',
    '3',
    '4',
    ' €',
    '\n\n',
    ' now',
    ' ',
  ])
  expect(() => preTokenizer('llama-bpe')).toThrow(/pre-tokenizer "llama-bpe" is not supported/)
  expect(() => preTokenizer('constructor')).toThrow(UnsupportedError)
})

test('special tokens only when asked for', () => {
  const text = '<|im_start|>hello</><|im_end|>'
  const plain = tiny.encode(text)
  expect(plain.some((id) => tiny.isSpecial(id))).toBe(false)
  const special = tiny.encode(text, { special: true })
  expect(special.map((id) => tiny.textOf(id))).toEqual(['<|im_start|>', 'hello', '</>', '<|im_end|>'])
  expect(tiny.decode(special)).toBe('hello</>')
  expect(tiny.decode(plain)).toBe(text)
})

test('a merge cannot make a special token out of text', () => {
  const metadata = randomVocabulary()
  metadata.set('tokenizer.ggml.merges', { type: 'array', of: 'string', value: ['< /', '</ >'] })
  const tokens = metadata.get('tokenizer.ggml.tokens')?.value as string[]
  const types = metadata.get('tokenizer.ggml.token_type')?.value as Int32Array
  metadata.set('tokenizer.ggml.tokens', { type: 'array', of: 'string', value: [...tokens, '</'] })
  metadata.set('tokenizer.ggml.token_type', {
    type: 'array',
    of: 'int32',
    value: Int32Array.from([...types, 1]),
  })
  const tokenizer = new Tokenizer(metadata)
  expect(tokenizer.encode('</>').map((id) => tokenizer.textOf(id))).toEqual(['</', '>'])
  expect(tokenizer.encode('</>', { special: true })).toEqual([tokenizer.idOf('</>')])
})

test('ids and texts', () => {
  expect(tiny.idOf('<|im_end|>')).toBe(2)
  expect(tiny.ends).toEqual([2])
  expect([tiny.bos, tiny.eos, tiny.addBos]).toEqual([1, 2, false])
  expect(tiny.textOf(tiny.idOf(' the')!)).toBe(' the')
  expect(tiny.idOf('no such token')).toBeUndefined()
  expect(tiny.typeOf(0)).toBe('control')
  expect(tiny.typeOf(3)).toBe('user')
  expect(tiny.bytesOf(0)).toEqual(new Uint8Array(0))
  for (const id of [-1, tiny.size, 0.5]) expect(() => tiny.bytesOf(id)).toThrow(BadOptionError)
})

test('a stream never gives half a character', () => {
  const text = 'a😀é\ufeffz'
  const stream = tiny.stream()
  const parts = tiny.encode(text).map((id) => stream.push(id))
  expect(parts.join('') + stream.end()).toBe(text)
  expect(parts).toEqual(['a', '', '', '', '😀', '', 'é', '', '', '\ufeff', 'z'])
  const cut = tiny.stream()
  expect(cut.push(tiny.encode('😀')[0]!)).toBe('')
  expect(cut.end()).toBe('\ufffd')
})

test('merges by rank as the definition says', () => {
  const naive = (ids: number[], pairs: [number, number, number][]): number[] => {
    for (;;) {
      const present = pairs.find(([a, b]) => ids.some((id, i) => id === a && ids[i + 1] === b))
      if (!present) return ids
      const at = ids.findIndex((id, i) => id === present[0] && ids[i + 1] === present[1])
      ids = [...ids.slice(0, at), present[2], ...ids.slice(at + 2)]
    }
  }
  const id = fc.nat(7)
  const pairs = fc.uniqueArray(fc.tuple(id, id, id), { selector: ([a, b]) => a * 8 + b, maxLength: 12 })
  fc.assert(
    fc.property(fc.array(id, { maxLength: 24 }), pairs, (ids, list) => {
      const merges = new Merges()
      for (const [a, b, product] of list) merges.add(a, b, product)
      expect(merges.apply(ids)).toEqual(naive(ids, list))
    }),
    { numRuns: 2000, seed: 8 },
  )
})

test('a long unit is no attack', () => {
  const started = performance.now()
  expect(tiny.decode(tiny.encode('hellothe'.repeat(40_000)))).toHaveLength(320_000)
  // Quadratic time would be minutes.
  expect(performance.now() - started).toBeLessThan(15_000)
})

test('metadata that do not fit together are refused by name', () => {
  const build = (key: string, value: MetadataValue) => () =>
    new Tokenizer(randomVocabulary().set(`tokenizer.ggml.${key}`, value))
  expect(build('model', { type: 'string', value: 'llama' })).toThrow(UnsupportedError)
  expect(build('pre', { type: 'string', value: 'qwen2' })).toThrow(/"qwen2"/)
  expect(build('eos_token_id', { type: 'uint32', value: 9999 })).toThrow(/eos_token_id is 9999/)
  expect(build('token_type', { type: 'array', of: 'int32', value: Int32Array.of(1) })).toThrow(BadGgufError)
  expect(build('merges', { type: 'array', of: 'string', value: ['t h', 'q z'] })).toThrow(/merge 1 "q z"/)
  expect(build('merges', { type: 'array', of: 'string', value: ['th'] })).toThrow(BadGgufError)
  // Holes take no memory, and the count is looked at first.
  const tooMany: string[] = []
  tooMany.length = 2 ** 24 + 1
  expect(build('merges', { type: 'array', of: 'string', value: tooMany })).toThrow(/16777217 merges/)
  expect(build('merges', { type: 'array', of: 'string', value: tooMany })).toThrow(BadGgufError)
  expect(build('tokens', { type: 'array', of: 'string', value: [] })).toThrow(/0 tokens/)
})

const vocab = new URL('../../../../../shared/vocab/', import.meta.url)
const gpt2 = new URL('ggml-vocab-gpt-2.gguf', vocab)
const present = existsSync(gpt2)

describe(`llama.cpp's vectors for the GPT-2 vocabulary${present ? '' : ' (skipped: ../shared/vocab is absent)'}`, () => {
  test.skipIf(!present)('every case', () => {
    const tokenizer = new Tokenizer(readGguf(readFileSync(gpt2)).metadata)
    const texts = readFileSync(new URL(`${gpt2}.inp`), 'utf8').split('\n__ggml_vocab_test__\n')
    const expected = readFileSync(new URL(`${gpt2}.out`), 'utf8').split('\n')
    const cases = texts.slice(0, expected.length)
    expect(cases.length).toBeGreaterThanOrEqual(46)
    cases.forEach((text, i) => {
      const ids = tokenizer.encode(text)
      expect(ids.join(' '), JSON.stringify(text)).toBe(expected[i]!.trim())
      expect(tokenizer.decode(ids)).toBe(text)
    })
  })

  test.skipIf(!present)('any text comes back with a real vocabulary', () => {
    const tokenizer = new Tokenizer(readGguf(readFileSync(gpt2)).metadata)
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text)
      }),
      { numRuns: 500, seed: 9 },
    )
  })
})
