import { expect, test } from 'vitest'
import { BadOptionError, UnsupportedConstraintError } from '../errors.ts'
import { randomVocabulary } from '../testing/random-model.ts'
import { Tokenizer } from '../tokenizer/tokenizer.ts'
import { compileConstraint } from './compile.ts'
import type { ConstraintState } from './constraint.ts'
import { hasBit, idsOf } from './mask/mask.ts'
import type { TokenBytes } from './mask/vocabulary.ts'
import { accepts, overBytes } from './testing/accepts.ts'
import { singleBytes, vocabularyOfBytes } from './testing/vocabularies.ts'

const person = {
  type: 'object',
  properties: { name: { type: 'string', maxLength: 20 }, age: { type: 'integer', minimum: 0, maximum: 130 } },
  required: ['name', 'age'],
}

function textOf(tokenizer: TokenBytes, ids: Iterable<number>): string {
  return new TextDecoder().decode(Uint8Array.from([...ids].flatMap((id) => [...tokenizer.bytesOf(id)])))
}

test('the tokenizer of a model: control tokens never, ends where the text is complete', async () => {
  const tokenizer = await Tokenizer.open(randomVocabulary())
  const constraint = compileConstraint({ choices: ['he', 'hello', 'the end'] }, tokenizer)
  const texts = (state: ConstraintState) => [...idsOf(state.mask())].map((id) => tokenizer.textOf(id)).sort()
  expect(texts(constraint.start())).toEqual(['h', 'he', 'hell', 'hello', 't', 'th', 'the'])
  const he = constraint.start().read('he')!
  expect(he.isComplete).toBe(true)
  expect(he.isFinished).toBe(false)
  expect(texts(he)).toEqual(['<|im_end|>', 'l', 'll'])
  expect(texts(constraint.start().read('the ')!)).toEqual(['e'])
  const ended = he.accept(tokenizer.ends[0]!)
  expect(ended).toMatchObject({ isComplete: true, isFinished: true })
  expect(idsOf(ended.mask())).toHaveLength(0)
})

test('a token that is not allowed is refused, and states stay as they were', () => {
  const constraint = overBytes({ choices: ['ab'] })
  const start = constraint.start()
  const [a, b] = [2 + 0x61, 2 + 0x62]
  for (const id of [0, 1, b, 300, -1]) expect(() => start.accept(id)).toThrow()
  expect(() => start.accept(b)).toThrow(BadOptionError)
  expect(() => start.accept(b)).toThrow(/token 100 cannot follow here/)
  const after = start.accept(a)
  expect(after.accept(b).isFinished).toBe(true)
  expect(start.accept(a).accept(b).isFinished).toBe(true)
})

test('tokens that end an answer are not text, even where they have bytes', () => {
  const tokenizer: TokenBytes = { ...vocabularyOfBytes([...singleBytes, 'ab']), ends: [258] }
  const state = compileConstraint({ regex: '(ab)*' }, tokenizer).start()
  expect([...idsOf(state.mask())]).toEqual([2 + 0x61, 258])
  expect(state.accept(258).isFinished).toBe(true)
})

test('what must come next is known without a model', () => {
  const tokenizer = vocabularyOfBytes([...singleBytes, 'name', '"name', '":', 'am', '{"', '": "'])
  const start = compileConstraint({ jsonSchema: person, whitespace: 'compact' }, tokenizer).start()
  // The longest tokens of `{"name":"`, but the last, behind which the model may go on with its own.
  expect(textOf(tokenizer, start.forced())).toBe('{"name":')
  expect(start.forced().map((id) => textOf(tokenizer, [id]))).toEqual(['{"', 'name', '":'])
  const inName = start.read('{"name":"Ada')!
  expect(inName.forced()).toEqual([])
  // `":` is left to the model, which may have a token for it and what follows.
  expect(textOf(tokenizer, inName.read('"')!.forced())).toBe(',"age')
  const done = compileConstraint({ choices: ['yes'] }, tokenizer).start()
  expect(textOf(tokenizer, done.forced())).toBe('yes')
})

test('white space that may be left out is not forced', () => {
  const tokenizer = vocabularyOfBytes([...singleBytes, '{"', '{\n'])
  const start = compileConstraint({ jsonSchema: person }, tokenizer).start()
  expect(start.forced()).toEqual([])
  for (const id of [2 + 0x7b, 258, 259]) expect(hasBit(start.mask(), id)).toBe(true)
})

test('the shortest completion makes any beginning complete', () => {
  const tokenizer = vocabularyOfBytes([...singleBytes, '"}', ',"age":', '0}'])
  const constraint = compileConstraint({ jsonSchema: person, whitespace: 'compact' }, tokenizer)
  for (const [begun, ended] of [
    ['', '{"name":"","age":0}'],
    ['{"name":"Ad', '{"name":"Ad","age":0}'],
    ['{"name":"\\u00e', '{"name":"\\u00e0","age":0}'],
    ['{"name":"\\ud83d', '{"name":"\\ud83d\\uDC00","age":0}'],
    ['{"name":"Ada","age":1', '{"name":"Ada","age":1}'],
    ['{"name":"Ada","age":13}', '{"name":"Ada","age":13}'],
  ] as const) {
    let state = constraint.start().read(begun)!
    const ids = state.shortestCompletion()
    expect(begun + textOf(tokenizer, ids)).toBe(ended)
    expect(state.canCompleteIn(ids.length)).toBe(true)
    if (ids.length > 0) expect(state.canCompleteIn(ids.length - 1)).toBe(false)
    for (const id of ids) state = state.accept(id)
    expect(state.isComplete).toBe(true)
  }
  expect(constraint.minTokens).toBe([...'{"name":"', ...'"', ',"age":', '0}'].length)
})

test('names are new ones, in a completion too', () => {
  const constraint = overBytes({
    jsonSchema: {
      type: 'object',
      properties: { b: { type: 'null' } },
      additionalProperties: { type: 'null' },
      minProperties: 30,
    },
    whitespace: 'compact',
  })
  let state = constraint.start().read('{"a":null,"')!
  expect(state.read('a":')).toBeUndefined()
  expect(state.read('b":')).toBeUndefined()
  expect(state.read('ab":')).toBeDefined()
  const ids = state.shortestCompletion()
  for (const id of ids) state = state.accept(id)
  const text = `{"a":null,"${textOf(constraint.tokenizer, ids)}`
  expect(Object.keys(JSON.parse(text))).toHaveLength(30)
  expect(state.isFinished).toBe(true)
})

test('a spelling of a name is no other name', () => {
  const constraint = overBytes({ jsonSchema: { type: 'object', additionalProperties: true } })
  expect(accepts(constraint, '{"a": 1, "b": 2}')).toBe(true)
  expect(accepts(constraint, '{"a": 1, "a": 2}')).toBe(false)
  expect(accepts(constraint, '{"a": 1, "\\u0061": 2}')).toBe(false)
  expect(accepts(constraint, '{"/": 1, "\\/": 2}')).toBe(false)
  expect(accepts(constraint, '{"a": {"a": 1}, "b": [{"a": 2}, {"a": 3}]}')).toBe(true)
})

test('a vocabulary without all bytes never leads to a place where nothing can follow', () => {
  // No capital letters, no second half of most characters.
  const some = singleBytes.filter(
    (_, byte) => byte < 0x41 || (byte > 0x5a && byte < 0x80) || byte === 0xc3 || byte === 0xa9,
  )
  const tokenizer = vocabularyOfBytes([...some, '"É', 'É"', 'é', '日'])
  const state = compileConstraint({ jsonSchema: { type: 'string' } }, tokenizer)
    .start()
    .read('"')!
  const texts = [...idsOf(state.mask())].map((id) => textOf(tokenizer, [id]))
  expect(texts).toContain('é')
  expect(texts).not.toContain('日')
  expect(texts).not.toContain('É"')
  expect(() => compileConstraint({ choices: ['A'] }, tokenizer)).toThrow(/the vocabulary cannot spell it/)
  const noQuote = vocabularyOfBytes(singleBytes.filter((_, byte) => byte !== 0x22))
  expect(() => compileConstraint({ jsonSchema: { type: 'string' } }, noQuote)).toThrow(
    UnsupportedConstraintError,
  )
})
