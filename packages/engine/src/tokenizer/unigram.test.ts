import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadGgufError } from '../errors.ts'
import type { MetadataValue } from '../gguf/metadata.ts'
import { xcda } from './testing/charsmap-writer.ts'
import { tinyUnigram } from './testing/tiny-vocabularies.ts'
import { Tokenizer } from './tokenizer.ts'

const tokenizer = await Tokenizer.open(tinyUnigram(true))
const texts = (one: Tokenizer, text: string) => one.encode(text).map((id) => one.textOf(id))

test('no way to cut the text has a greater sum of scores', () => {
  const metadata = tinyUnigram(true)
  const scores = metadata.get('tokenizer.ggml.scores')!.value as Float32Array
  const words = new Map<string, number>()
  for (let id = 9; id < tokenizer.size; id++) {
    if (tokenizer.typeOf(id) === 'normal') words.set(tokenizer.textOf(id), scores[id]!)
  }
  const best = (rest: string): number => {
    if (rest === '') return 0
    const ways = [...words].filter(([word]) => rest.startsWith(word))
    return Math.max(...ways.map(([word, score]) => score + best(rest.slice(word.length))))
  }
  const known = fc.string({
    unit: fc.constantFrom('h', 'e', 'l', 'o', 't', 'w', 'r', 'd', ' ', 'hello'),
    maxLength: 7,
  })
  fc.assert(
    fc.property(known, (text) => {
      const normal = text.replace(/ +/g, ' ').trim()
      const ids = tokenizer.encode(text)
      expect(ids.map((id) => tokenizer.textOf(id)).join('')).toBe(normal && ` ${normal}`)
      const sum = ids.reduce((total, id) => total + scores[id]!, 0)
      expect(sum).toBeCloseTo(best(normal && ` ${normal}`), 4)
    }),
    { numRuns: 300, seed: 4 },
  )
})

test('normalises by the rules of the file, and makes one unknown token of neighbours', async () => {
  expect(texts(tokenizer, 'ﬁ…')).toEqual([' ', 'fi', '.', '..'])
  expect(texts(tokenizer, '  he\u00adllo \t\u00a0 \u2581the ')).toEqual([' hello', ' ', ' the'])
  expect(texts(tokenizer, 'Ａ漢字a')).toEqual([' ', 'a', '<unk>', 'a'])
  expect(texts(await Tokenizer.open(tinyUnigram(false)), 'a  \tb')).toEqual([' ', 'a', ' ', '  ', 'b'])
  expect(texts(tokenizer, '')).toEqual([])
  expect(tokenizer.decode(tokenizer.encode('the hello'))).toBe('the hello')
  expect(tokenizer.encodePrompt('a').at(-1)).toBe(2)
})

test('a beginning of a user-defined token is not normalised, as in llama.cpp', async () => {
  const metadata = tinyUnigram(true)
  const types = metadata.get('tokenizer.ggml.token_type')!.value as Int32Array
  const tokens = metadata.get('tokenizer.ggml.tokens')!.value as string[]
  const changed = new Map<string, MetadataValue>(metadata)
    .set('tokenizer.ggml.tokens', {
      type: 'array',
      of: 'string',
      value: tokens.with(-1, 'ﬁne').with(-2, 'ﬁ'),
    })
    .set('tokenizer.ggml.token_type', { type: 'array', of: 'int32', value: types.with(-1, 4) })
  expect(texts(await Tokenizer.open(changed), 'ﬁ ﬁne')).toEqual([' ', 'ﬁ', 'ﬁne'])
})

test('damaged rules are refused, when they are read or when they are met', async () => {
  const build = (value: MetadataValue) =>
    Tokenizer.open(tinyUnigram(true).set('tokenizer.ggml.precompiled_charsmap', value))
  const bytes = (value: Uint8Array<ArrayBuffer>) => build({ type: 'array', of: 'uint8', value })
  await expect(build({ type: 'string', value: 'x' })).rejects.toThrow(BadGgufError)
  await expect(bytes(Uint8Array.of(1, 2))).rejects.toThrow(/parts do not fit/)
  await expect(bytes(Uint8Array.of(8, 0, 0, 0, 1, 2, 3, 4))).rejects.toThrow(BadGgufError)
  const rules = xcda([['ab', 'c']])
  const unended = rules.slice(0, -1)
  const broken = await bytes(unended)
  expect(() => broken.encode('ab')).toThrow(/does not end/)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(rules.length - 1), fc.nat(255)), { maxLength: 8 }),
      async (changes) => {
        const damaged = rules.slice()
        for (const [at, byte] of changes) damaged[at] = byte
        try {
          const tokenizer = await bytes(damaged)
          tokenizer.encode('abc ab b')
        } catch (error) {
          expect(error).toBeInstanceOf(BadGgufError)
        }
      },
    ),
    { numRuns: 500, seed: 2 },
  )
})

test('a vocabulary without an unknown token is refused', async () => {
  const one = tinyUnigram(true)
  for (const key of ['tokens', 'token_type', 'scores']) {
    const found = one.get(`tokenizer.ggml.${key}`)!
    one.set(`tokenizer.ggml.${key}`, {
      ...found,
      value: (found.value as string[]).slice(0, 2),
    } as MetadataValue)
  }
  one.delete('tokenizer.ggml.unknown_token_id')
  one.delete('tokenizer.ggml.eos_token_id')
  await expect(Tokenizer.open(one)).rejects.toThrow(/unknown_token_id/)
})
