import { expect, test } from 'vitest'
import { grammarSchema } from './grammar-schema.ts'

test.each([
  [
    { type: 'string', title: 'T', minLength: 1 },
    { type: 'string', minLength: 1 },
  ],
  [{ anyOf: [{ const: 1 }, { enum: ['a'] }] }, { oneOf: [{ const: 1 }, { enum: ['a'] }] }],
  [
    { type: 'array', items: { type: 'number' }, maxItems: 2 },
    { type: 'array', items: { type: 'number' }, maxItems: 2 },
  ],
  [
    { type: 'object', additionalProperties: { type: 'null' } },
    { type: 'object', additionalProperties: { type: 'null' } },
  ],
  [
    { $ref: '#/$defs/a', $defs: { a: { type: 'string', format: 'date' } } },
    { $ref: '#/$defs/a', $defs: { a: { type: 'string', format: 'date' } } },
  ],
])('%j', (schema, said) => {
  expect(grammarSchema(schema)).toEqual(said)
})

test.each([
  [{ type: 'integer', minimum: 3 }, '/minimum'],
  [{ type: 'string', format: 'email' }, '/format'],
  [{ allOf: [] }, '/allOf'],
  [{ $ref: 'other.json' }, '/$ref'],
  [{ type: 'object', properties: { a: { not: {} } } }, '/properties/a/not'],
  [{ type: 'array', items: {} }, '/items'],
])('%j has no words', (schema, pointer) => {
  expect(() => grammarSchema(schema)).toThrow(
    expect.objectContaining({ code: 'unsupported_constraint', pointer }),
  )
})
