import { expect, test } from 'vitest'
import { EngineError } from '../errors.ts'
import { seededRandom } from '../generate/random.ts'
import type { ConstraintSource } from './compile.ts'
import { compileConstraint } from './compile.ts'
import type { Schema } from './schema/keywords.ts'
import { draw } from './testing/draw.ts'
import { awkwardVocabulary } from './testing/vocabularies.ts'

/** Far above what any of them takes, and far below what an explosion would. */
const MOST_MS = 10_000

const nested = (levels: number): Schema => {
  let schema: Schema = { type: 'null' }
  for (let i = 0; i < levels; i++) schema = { type: 'array', items: schema }
  return schema
}

/** Each definition refers to the one before it twice. */
const doubled = (levels: number, twice: (ref: Schema) => Schema): Schema => {
  const $defs: Record<string, Schema> = { d0: { type: 'integer' } }
  for (let i = 1; i <= levels; i++) $defs[`d${i}`] = twice({ $ref: `#/$defs/d${i - 1}` })
  return { $defs, $ref: `#/$defs/d${levels}` }
}

const inItself: Record<string, unknown> = { type: 'array' }
inItself.items = inItself

const properties = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`property${i}`, { type: 'string' }]))

const schemas: Record<string, Schema> = {
  'nested deeply': nested(20_000),
  'allOf of allOf': doubled(40, (ref) => ({ allOf: [ref, ref] })),
  'anyOf of anyOf': doubled(40, (ref) => ({ anyOf: [ref, { allOf: [ref] }] })),
  'oneOf of oneOf': doubled(40, (ref) => ({ oneOf: [ref, { type: 'array', items: ref }] })),
  'arrays in two ways': doubled(30, (items) => ({
    anyOf: [
      { type: 'array', items },
      { type: 'array', items, maxItems: 5 },
    ],
  })),
  itself: { $ref: '#' },
  'itself or null': { anyOf: [{ $ref: '#' }, { type: 'null' }] },
  'itself, listed': { anyOf: [{ $ref: '#' }], enum: [1] },
  'a circle of references': {
    $ref: '#/$defs/a',
    $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } },
  },
  'an object in itself': { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] },
  'a value in itself': inItself,
  'endless least lengths': {
    type: 'array',
    minItems: 4000,
    items: { type: 'array', minItems: 4000, items: nested(2) },
  },
  'a long least length': { type: 'string', minLength: 1e9 },
  'a long greatest length': { type: 'string', maxLength: 1e9 },
  'a long pattern': { type: 'string', pattern: 'a', maxLength: 1e6 },
  'many counted properties': { type: 'object', maxProperties: 300, properties: properties(400) },
  'many properties': { type: 'object', properties: properties(2000) },
  'many values': { enum: Array.from({ length: 20_000 }, (_, i) => `value ${i}`) },
  'many alternatives': {
    oneOf: Array.from({ length: 300 }, (_, i) => ({
      type: 'object',
      properties: { kind: { const: `k${i}` }, x: { type: 'number' } },
      required: ['kind'],
    })),
  },
  'wide bounds': { type: 'number', minimum: -1e300, maximum: 1e300 },
}

const expressions = [
  ...[
    '(a{1000}){1000}',
    '(a?){1000}a{1000}',
    '(.*a){300}',
    '^(.?){2000}$',
    '(\\p{L}{1,100}){1,100}',
    '((((a*)*)*)*)*',
  ],
  ...[
    '(a*)*b',
    '(a|a)*',
    '((a?){100}){100}',
    '(x+x+)+y',
    '(.|..|...){80}',
    '[a-z]{60000}',
    '([ab]*a[ab]{14})',
  ],
  ...[
    '.*'.repeat(5000),
    '('.repeat(5000),
    `${'('.repeat(150)}a${')*'.repeat(150)}`,
    `(?:${'ab|'.repeat(3000)}c)*`,
  ],
]

const sources: readonly (readonly [string, ConstraintSource])[] = [
  ...Object.entries(schemas).map(([name, jsonSchema]) => [name, { jsonSchema }] as const),
  ...expressions.map((regex) => [regex.slice(0, 30), { regex }] as const),
  ['many choices', { choices: Array.from({ length: 30_000 }, (_, i) => `choice ${i * 7919}`) }],
]

test.each(sources)('%s: a typed error or a valid text, in bounded time', (_, source) => {
  const began = performance.now()
  const random = seededRandom(1)
  try {
    const constraint = compileConstraint(source, awkwardVocabulary(3, 400))
    const { text } = draw(constraint, random, constraint.minTokens + 20)
    expect(constraint.start().read(text)?.isComplete).toBe(true)
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError)
  }
  expect(performance.now() - began).toBeLessThan(MOST_MS)
})
