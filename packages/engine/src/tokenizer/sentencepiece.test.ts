import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadGgufError } from '../errors.ts'
import type { MetadataValue } from '../gguf/metadata.ts'
import { tinySentencePiece } from './testing/tiny-vocabularies.ts'
import { Tokenizer } from './tokenizer.ts'

const spaced = await Tokenizer.open(tinySentencePiece(true))
const bare = await Tokenizer.open(tinySentencePiece(false))
const texts = (one: Tokenizer, text: string, special = false) =>
  one.encode(text, { special }).map((id) => one.textOf(id))

test('the pair with the best score first, of equal scores the leftmost', () => {
  const metadata = tinySentencePiece(false)
  const scores = metadata.get('tokenizer.ggml.scores')!.value as Float32Array
  const scoreOf = (text: string): number => {
    const id = bare.idOf(text)
    return id === undefined ? Number.NEGATIVE_INFINITY : scores[id]!
  }
  const naive = (text: string): string[] => {
    const parts = [...text]
    for (;;) {
      const joined = parts.slice(1).map((part, i) => scoreOf(parts[i]! + part))
      const best = Math.max(...joined, Number.NEGATIVE_INFINITY)
      if (best === Number.NEGATIVE_INFINITY) return parts
      const at = joined.indexOf(best)
      parts.splice(at, 2, parts[at]! + parts[at + 1]!)
    }
  }
  const known = fc.string({
    unit: fc.constantFrom('h', 'e', 'l', 'o', 't', 'w', 'r', 'd', ' ', 'hello', 'the'),
    maxLength: 40,
  })
  fc.assert(
    fc.property(known, (text) => {
      expect(texts(bare, text)).toEqual(naive(text))
    }),
    { numRuns: 1500, seed: 6 },
  )
})

test('a space in front of a text and after a special token, where the file wants it', () => {
  expect(texts(spaced, 'the')).toEqual([' the'])
  expect(texts(bare, 'the')).toEqual(['t', 'he'])
  expect(texts(spaced, '<s>the</s>', true)).toEqual(['<s>', ' the', '</s>'])
  expect(texts(bare, '<s>the', true)).toEqual(['<s>', 't', 'he'])
  expect(texts(spaced, '')).toEqual([])
  expect(spaced.encode('the', { continues: true })).toEqual(
    bare.encode('the').map((id) => spaced.idOf(bare.textOf(id))),
  )
})

test('what is no token becomes bytes; each byte token gives its byte', () => {
  const ids = bare.encode('é\t😀')
  expect(ids.map((id) => bare.typeOf(id))).toEqual(new Array(7).fill('byte'))
  expect(ids.flatMap((id) => [...bare.bytesOf(id)])).toEqual([...new TextEncoder().encode('é\t😀')])
  expect(bare.idOf('\t')).toBe(ids[2])
  const stream = bare.stream()
  expect(ids.map((id) => stream.push(id))).toEqual(['', 'é', '\t', '', '', '', '😀'])
})

test('without byte tokens it is the unknown one', async () => {
  const metadata = tinySentencePiece(false)
  const tokens = metadata.get('tokenizer.ggml.tokens')!.value as string[]
  const value = tokens.map((text) => text.replace(/^<0x/, '<byte '))
  const one = await Tokenizer.open(
    metadata.set('tokenizer.ggml.tokens', { type: 'array', of: 'string', value }),
  )
  expect(texts(one, 'aé')).toEqual(['a', '<unk>', '<unk>'])
})

test('decode leaves out the space in front, a stream keeps it', () => {
  const ids = spaced.encode('the hello')
  expect(spaced.decode(ids)).toBe('the hello')
  const stream = spaced.stream()
  expect(ids.map((id) => stream.push(id)).join('') + stream.end()).toBe(' the hello')
  // As llama.cpp: only of the very first token.
  expect(spaced.decode([spaced.bos!, ...ids])).toBe(' the hello')
  expect(bare.decode([bare.idOf(' the')!])).toBe(' the')
})

test('any text comes back, with U+2581 as a space', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom('the', ' ', '  ', '\n', '▁', '<tag>', '\n\n\n', '\ufeff', '👩‍👧'),
      maxLength: 30,
    }),
  )
  fc.assert(
    fc.property(text, (whole) => {
      const back = whole.replaceAll('▁', ' ')
      expect(bare.decode(bare.encode(whole))).toBe(back)
      // With user-defined tokens in it, a text gets a space after each of them: as in llama.cpp.
      expect(spaced.decode(spaced.encode(whole, { literal: true }))).toBe(back)
    }),
    { numRuns: 1000, seed: 11 },
  )
})

test('units join to the text; a token with a space inside keeps its place uncut', async () => {
  expect(bare.preTokenize('the  hello\n w')).toEqual(['the', '  hello\n', ' w'])
  const metadata = tinySentencePiece(false)
  const tokens = metadata.get('tokenizer.ggml.tokens')!.value as string[]
  const value = tokens.with(tokens.indexOf('▁hello'), 'e▁h')
  const one = await Tokenizer.open(
    metadata.set('tokenizer.ggml.tokens', { type: 'array', of: 'string', value }),
  )
  expect(one.preTokenize('the hello wor')).toEqual(['the hello', ' wor'])
  expect(texts(one, 'e h')).toEqual(['e h'])
})

test('scores that do not fit are refused; what is no number is the worst', async () => {
  const scores = (value: Float32Array<ArrayBuffer>) =>
    Tokenizer.open(
      tinySentencePiece(false).set('tokenizer.ggml.scores', { type: 'array', of: 'float32', value }),
    )
  await expect(scores(Float32Array.of(1))).rejects.toThrow(BadGgufError)
  const { size } = bare
  const value = new Float32Array(size)
  value[bare.idOf('he')!] = Number.NaN
  expect(texts(await scores(value), 'thel')).toEqual(['th', 'el'])
  const other: MetadataValue = { type: 'string', value: 'x' }
  await expect(Tokenizer.open(tinySentencePiece(false).set('tokenizer.ggml.scores', other))).rejects.toThrow(
    BadGgufError,
  )
})
