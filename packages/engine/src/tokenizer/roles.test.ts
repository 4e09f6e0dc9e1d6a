import { expect, test } from 'vitest'
import { BadGgufError } from '../errors.ts'
import type { MetadataValue } from '../gguf/metadata.ts'
import { type RoleDefaults, readRoles } from './roles.ts'
import { tokenTypes, typeCode } from './token-types.ts'

const none: RoleDefaults = { addsBos: false, addsEos: false }

function read(
  tokens: readonly string[],
  {
    keys = {},
    types,
    defaults = none,
  }: { keys?: Record<string, number>; types?: number[]; defaults?: RoleDefaults },
  more: readonly (readonly [string, MetadataValue])[] = [],
) {
  const metadata = new Map<string, MetadataValue>([
    ...Object.entries(keys).map(
      ([key, value]) => [`tokenizer.ggml.${key}_token_id`, { type: 'uint32', value }] as const,
    ),
    ...more,
  ])
  const codes = Uint8Array.from(types ?? tokens.map(() => typeCode.normal))
  const roles = readRoles(metadata, tokens, codes, defaults)
  return { ...roles, types: [...codes].map((code) => tokenTypes[code - 1]) }
}

test('ends by id and by name, the end of the sequence first', () => {
  const tokens = [
    'x',
    '<|im_end|>',
    '</s>',
    'y',
    '<|eom_id|>',
    '<|file_sep|>',
    '<|fim_pad|>',
    '<|fim_prefix|>',
  ]
  const roles = read(tokens, { keys: { eos: 3, eot: 0 } })
  expect(roles.ends).toEqual([3, 0, 1, 2, 4, 5, 6])
  expect(roles.types).toEqual([
    'normal',
    ...tokens.slice(1).map((text) => (text === 'y' ? 'normal' : 'control')),
  ])
})

test('a key for a fill-in token wins over names, and leaves the type', () => {
  const tokens = ['<|fim_pad|>', 'pad', '<PRE>', 'pre']
  const roles = read(tokens, { keys: { fim_pad: 1, prefix: 3 } })
  expect(roles.ends).toEqual([1])
  expect(roles.types).toEqual(['normal', 'normal', 'normal', 'normal'])
})

test('gpt-oss and Gemma 4: names that end turns elsewhere', () => {
  const oss = read(['<|end|>', '<|return|>', '<|call|>', '<|channel|>'], { types: [3, 3, 3, 3] })
  expect(oss.ends).toEqual([1, 2])
  expect(oss.types).toEqual(['user', 'control', 'control', 'user'])
  const gemma = read(['</s>', '<|tool_response>', '<turn|>'], { types: [1, 4, 3] })
  expect(gemma.ends).toEqual([1, 2])
  expect(gemma.types).toEqual(['normal', 'control', 'control'])
  expect(read(['<|end|>', '<|return|>'], {}).ends).toEqual([0, 1])
})

test('begin and end by default, by key, and not outside of the vocabulary', () => {
  const llama = { bos: 1, eos: 2, unknown: 0, addsBos: true, addsEos: false }
  const tokens = ['a', 'b', 'c', 'd']
  expect(read(tokens, { defaults: llama })).toMatchObject({
    bos: 1,
    eos: 2,
    unknown: 0,
    addsBos: true,
    ends: [2],
  })
  expect(read(tokens.slice(0, 2), { defaults: llama })).toMatchObject({ bos: 1, eos: undefined, ends: [] })
  expect(read(['a'], { defaults: llama })).toMatchObject({ bos: undefined, addsBos: false })
  const asked = [
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: false }],
    ['tokenizer.ggml.add_eos_token', { type: 'bool', value: true }],
  ] as const
  const roles = read(tokens, { defaults: llama, keys: { eos: 3 } }, asked)
  expect(roles).toMatchObject({ bos: 1, eos: 3, addsBos: false, addsEos: true })
  expect(() => read(tokens, { keys: { bos: 4 } })).toThrow(BadGgufError)
  expect(() => read(tokens, {}, [['tokenizer.ggml.add_bos_token', { type: 'uint8', value: 1 }]])).toThrow(
    BadGgufError,
  )
})

test('white space goes with special tokens by the name of the model', () => {
  const name = (key: string, value: string) => [[key, { type: 'string', value }] as const]
  const tokens = ['<s>', '<|user|>', 'x', '</s>', '<mask>', '[MASK]']
  const types = [3, 3, 1, 1, 4, 4]
  const phi = read(tokens, { types }, name('general.name', 'Phi-3 mini'))
  expect([...phi.stripsRight].sort()).toEqual([1, 3, 4, 5])
  expect([...read(tokens, { types }, name('tokenizer.ggml.pre', 'jina-v2-de')).stripsLeft]).toEqual([4])
  expect([...read(tokens, { types }, name('general.name', 'modern-bert base')).stripsLeft]).toEqual([5])
  const llama = read(tokens, { types }, name('general.name', 'Llama 3'))
  expect([llama.stripsLeft.size, llama.stripsRight.size]).toEqual([0, 0])
})
