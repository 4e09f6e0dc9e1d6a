import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadGgufError, BadOptionError, EngineError, UnsupportedError } from '../errors.ts'
import type { MetadataValue } from '../gguf/metadata.ts'
import { randomVocabulary } from '../testing/random-model.ts'
import { goldenVocabularies, tinyByteLevel, tinySentencePiece } from './testing/tiny-vocabularies.ts'
import { Tokenizer } from './tokenizer.ts'

const tiny = await Tokenizer.open(randomVocabulary())
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom('the', 'hello', ' ', '  ', '\n', "'s", '12', 'é', '😀', '\ufeff', '\u0085', '</>'),
    maxLength: 40,
  }),
)

test('decode(encode(text)) is text', () => {
  fc.assert(
    fc.property(anyText, fc.boolean(), fc.boolean(), (text, special, literal) => {
      // User-defined tokens are printed, so they come back too.
      expect(tiny.decode(tiny.encode(text, { special, literal }))).toBe(text)
    }),
    { numRuns: 1000, seed: 6 },
  )
})

test('the units of a text join to it, for every kind of tokenizer', async () => {
  for (const [name, metadata] of goldenVocabularies()) {
    const tokenizer = await Tokenizer.open(metadata)
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenizer.preTokenize(text).join(''), name).toBe(text)
      }),
      { numRuns: 100, seed: 7 },
    )
  }
})

test('control tokens only when asked for, user-defined ones unless all is literal', async () => {
  const text = '<|im_start|>hello</><|im_end|>'
  const texts = (ids: readonly number[]) =>
    ids.filter((id) => tiny.isSpecial(id)).map((id) => tiny.textOf(id))
  const literal = tiny.encode(text, { literal: true })
  expect(texts(literal)).toEqual([])
  expect(tiny.encode(text, { literal: true, special: true })).toEqual(literal)
  const plain = tiny.encode(text)
  expect(texts(plain)).toEqual(['</>'])
  const special = tiny.encode(text, { special: true })
  expect(special.map((id) => tiny.textOf(id))).toEqual(['<|im_start|>', 'hello', '</>', '<|im_end|>'])
  expect(tiny.decode(special)).toBe('hello</>')
  expect([tiny.decode(plain), tiny.decode(literal)]).toEqual([text, text])
})

test('a merge cannot make a special token out of text', async () => {
  const metadata = randomVocabulary()
  const tokens = metadata.get('tokenizer.ggml.tokens')?.value as string[]
  const types = metadata.get('tokenizer.ggml.token_type')?.value as Int32Array
  metadata.set('tokenizer.ggml.merges', {
    type: 'array',
    of: 'string',
    value: ['< /', '</ >', '< |', '</> x'],
  })
  metadata.set('tokenizer.ggml.tokens', {
    type: 'array',
    of: 'string',
    value: [...tokens, '</', '<|', '</>x'],
  })
  const value = Int32Array.from([...types, 1, 3, 1])
  metadata.set('tokenizer.ggml.token_type', { type: 'array', of: 'int32', value })
  const tokenizer = await Tokenizer.open(metadata)
  const texts = (text: string) => tokenizer.encode(text, { literal: true }).map((id) => tokenizer.textOf(id))
  expect(texts('</>')).toEqual(['</', '>'])
  expect(texts('<|')).toEqual(['<', '|'])
  expect(tokenizer.encode('</>')).toEqual([tokenizer.idOf('</>')])
})

test('a unit that is a token stays whole only where merges are ignored', async () => {
  const whole = await Tokenizer.open(tinyByteLevel('llama-bpe'))
  expect(whole.encode('xyzzy')).toEqual([whole.idOf('xyzzy')])
  const merged = await Tokenizer.open(tinyByteLevel('dbrx'))
  expect(merged.encode('xyzzy')).toHaveLength(5)
})

test('no name of a pre-tokenizer is the default one', async () => {
  const named = await Tokenizer.open(tinyByteLevel('default'))
  const text = 'a=b 1234'
  const unnamed = tinyByteLevel('')
  expect((await Tokenizer.open(unnamed)).preTokenize(text)).toEqual(named.preTokenize(text))
  unnamed.delete('tokenizer.ggml.pre')
  expect((await Tokenizer.open(unnamed)).preTokenize(text)).toEqual(named.preTokenize(text))
})

test('whole prompts get what the file asks for, once', async () => {
  const llama = await Tokenizer.open(tinyByteLevel('llama-bpe'))
  expect([llama.addBos, llama.addEos]).toEqual([true, false])
  expect(llama.encodePrompt('<|im_end|>')).toEqual([1, llama.idOf('<|im_end|>')])
  expect(llama.encodePrompt('<s>a')).toEqual(llama.encodePrompt('a'))
  expect(llama.encodePrompt('<s>', { special: false })).toHaveLength(4)
  const both = await Tokenizer.open(tinySentencePiece(true))
  expect(both.encodePrompt('the')).toEqual([1, both.idOf(' the'), 2])
  expect(both.encodePrompt('<s>the</s>')).toEqual(both.encodePrompt('the'))
  expect(both.encodePrompt('')).toEqual([1, 2])
  expect(tiny.encodePrompt('hello')).toEqual(tiny.encode('hello'))
})

test('ids and texts', () => {
  expect(tiny.idOf('<|im_end|>')).toBe(2)
  expect(tiny.ends).toEqual([2])
  expect([tiny.bos, tiny.eos, tiny.addBos]).toEqual([1, 2, false])
  expect(tiny.textOf(tiny.idOf(' the')!)).toBe(' the')
  expect(tiny.idOf('no such token')).toBeUndefined()
  expect(tiny.typeOf(0)).toBe('control')
  expect(tiny.typeOf(3)).toBe('user')
  expect(tiny.textOf(0)).not.toBe('')
  expect(tiny.bytesOf(0)).toEqual(new Uint8Array(0))
  for (const id of [-1, tiny.size, 0.5]) {
    for (const ask of [
      () => tiny.bytesOf(id),
      () => tiny.textOf(id),
      () => tiny.typeOf(id),
      () => tiny.decode([id]),
    ]) {
      expect(ask).toThrow(BadOptionError)
    }
  }
})

test('a character outside of the alphabet is its own bytes, and no text leads to it', async () => {
  const metadata = randomVocabulary()
  const tokens = metadata.get('tokenizer.ggml.tokens')!.value as string[]
  const types = metadata.get('tokenizer.ggml.token_type')!.value as Int32Array
  metadata.set('tokenizer.ggml.tokens', { type: 'array', of: 'string', value: [...tokens, 'a™', ''] })
  metadata.set('tokenizer.ggml.token_type', {
    type: 'array',
    of: 'int32',
    value: Int32Array.from([...types, 1, 0]),
  })
  const tokenizer = await Tokenizer.open(metadata)
  expect(tokenizer.decode([tokens.length])).toBe('a™')
  expect(tokenizer.encode('a™')).not.toContain(tokens.length)
  expect([tokenizer.typeOf(tokens.length + 1), tokenizer.decode([tokens.length + 1])]).toEqual(['unused', ''])
})

test('a byte that is no token is left out and keeps its neighbours apart', async () => {
  const metadata = tinyByteLevel('gpt-2')
  const tokens = metadata.get('tokenizer.ggml.tokens')!.value as string[]
  const at = tokens.indexOf('"')
  const value = tokens.with(at, '[none]')
  const merges = ['t h', 'th e']
  metadata.set('tokenizer.ggml.tokens', { type: 'array', of: 'string', value })
  metadata.set('tokenizer.ggml.merges', { type: 'array', of: 'string', value: merges })
  const tokenizer = await Tokenizer.open(metadata)
  expect(tokenizer.encode('."th').map((id) => tokenizer.textOf(id))).toEqual(['.', 'th'])
  expect(tokenizer.encode('".').map((id) => tokenizer.textOf(id))).toEqual(['.'])
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

test('half surrogate pairs become U+FFFD', () => {
  expect(tiny.decode(tiny.encode('a\ud800b'))).toBe('a\ufffdb')
})

test('metadata that do not fit together are refused by name', async () => {
  const build = (key: string, value: MetadataValue) =>
    Tokenizer.open(randomVocabulary().set(`tokenizer.ggml.${key}`, value))
  await expect(build('model', { type: 'string', value: 'bert' })).rejects.toThrow(UnsupportedError)
  await expect(build('pre', { type: 'string', value: 'qwen3' })).rejects.toThrow(/"qwen3"/)
  await expect(build('eos_token_id', { type: 'uint32', value: 9999 })).rejects.toThrow(/eos_token_id is 9999/)
  await expect(build('token_type', { type: 'array', of: 'int32', value: Int32Array.of(1) })).rejects.toThrow(
    BadGgufError,
  )
  const types = new Int32Array(tiny.size).fill(9)
  await expect(build('token_type', { type: 'array', of: 'int32', value: types })).rejects.toThrow(
    /token 0 has the unknown type 9/,
  )
  await expect(build('merges', { type: 'array', of: 'string', value: ['t h', 'q z'] })).rejects.toThrow(
    /merge 1 "q z"/,
  )
  await expect(build('merges', { type: 'array', of: 'string', value: ['th'] })).rejects.toThrow(BadGgufError)
  // Holes take no memory, and the count is looked at first.
  const tooMany: string[] = []
  tooMany.length = 2 ** 24 + 1
  await expect(build('merges', { type: 'array', of: 'string', value: tooMany })).rejects.toThrow(
    /16777217 merges/,
  )
  await expect(build('tokens', { type: 'array', of: 'string', value: tooMany })).rejects.toThrow(
    /16777217 tokens/,
  )
  await expect(build('tokens', { type: 'array', of: 'string', value: [] })).rejects.toThrow(/0 tokens/)
  const tokens = randomVocabulary().get('tokenizer.ggml.tokens')!.value as string[]
  const twice = [...tokens.slice(0, -1), 'a']
  await expect(build('tokens', { type: 'array', of: 'string', value: twice })).rejects.toThrow(/are both "a"/)
})

test('any damage of the metadata gives an error of the engine or a tokenizer that works', async () => {
  const values: fc.Arbitrary<MetadataValue> = fc.oneof(
    fc.string({ maxLength: 4 }).map((value) => ({ type: 'string', value }) as const),
    fc
      .constantFrom('gpt2', 'llama', 't5', 'gpt-2', 'default')
      .map((value) => ({ type: 'string', value }) as const),
    fc.integer({ min: -2, max: 400 }).map((value) => ({ type: 'int32', value }) as const),
    fc.double().map((value) => ({ type: 'float32', value }) as const),
    fc.boolean().map((value) => ({ type: 'bool', value }) as const),
    fc.bigInt(0n, 2n ** 64n - 1n).map((value) => ({ type: 'uint64', value }) as const),
    fc.array(fc.string({ maxLength: 3 })).map((value) => ({ type: 'array', of: 'string', value }) as const),
    fc
      .array(fc.double(), { maxLength: 400 })
      .map((list) => ({ type: 'array', of: 'float32', value: Float32Array.from(list) }) as const),
    fc
      .array(fc.integer({ min: 0, max: 7 }), { minLength: 300, maxLength: 400 })
      .map((list) => ({ type: 'array', of: 'int32', value: Int32Array.from(list) }) as const),
    fc.uint8Array({ maxLength: 64 }).map((list) => {
      return { type: 'array', of: 'uint8', value: new Uint8Array(list) } as const
    }),
  )
  const vocabularies = [...goldenVocabularies().values()]
  const keys = [...new Set(vocabularies.flatMap((one) => [...one.keys()])), 'tokenizer.ggml.eot_token_id']
  const damage = fc.array(fc.tuple(fc.constantFrom(...keys), fc.option(values)), {
    minLength: 1,
    maxLength: 3,
  })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...vocabularies), damage, async (metadata, changes) => {
      const damaged = new Map(metadata)
      for (const [key, value] of changes) {
        if (value) damaged.set(key, value)
        else damaged.delete(key)
      }
      try {
        const tokenizer = await Tokenizer.open(damaged)
        const ids = tokenizer.encodePrompt('the <tag> hello\n\n\n ﬁ 😀</s>')
        expect(typeof tokenizer.decode(ids)).toBe('string')
      } catch (error) {
        expect(error).toBeInstanceOf(EngineError)
      }
    }),
    { numRuns: 3000, seed: 12 },
  )
})
