import { expect, test } from 'vitest'
import { accepts } from '../testing/accepts.ts'
import { check, compactly as constraintOf } from '../testing/check-schema.ts'
import { judge } from '../testing/judge.ts'
import type { Schema } from './keywords.ts'

test('references, also recursive and with other keywords beside them', () => {
  const tree = {
    $ref: '#/$defs/node',
    $defs: {
      node: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          children: { type: 'array', items: { $ref: '#/$defs/node' } },
        },
        required: ['name'],
        additionalProperties: false,
      },
    },
  }
  check(
    tree,
    [{ name: 'a' }, { name: 'a', children: [{ name: 'b', children: [] }, { name: 'c' }] }],
    [{}, { name: 'a', children: [{}] }],
  )
  const list = {
    type: 'object',
    properties: { next: { anyOf: [{ type: 'null' }, { $ref: '#' }] } },
    required: ['next'],
    additionalProperties: false,
  }
  check(list, [{ next: null }, { next: { next: { next: null } } }], [{}, { next: {} }])
  check({ $defs: { a: { $anchor: 'word', type: 'string' } }, $ref: '#word', minLength: 2 }, ['ab'], ['a', 1])
  check({ definitions: { 'a/b~c': { type: 'null' } }, $ref: '#/definitions/a~1b~0c' }, [null], [1])
  check(
    {
      $ref: '#/properties/a',
      properties: { a: { $defs: {}, type: 'object', properties: { b: { $ref: '#/$defs/x' } } } },
      $defs: { x: { type: 'null' } },
    },
    [{ b: null }],
    [{ b: 1 }],
  )
})

test('anyOf, also beside other keywords', () => {
  check(
    {
      anyOf: [
        { type: 'string', maxLength: 1 },
        { type: 'integer', minimum: 5 },
      ],
    },
    ['', 'a', 5],
    ['ab', 4, null],
  )
  check(
    {
      type: 'object',
      properties: { a: { type: 'null' }, b: { type: 'null' } },
      additionalProperties: false,
      anyOf: [{ required: ['a'] }, { required: ['b'] }],
    },
    [{ a: null }, { b: null }, { a: null, b: null }],
    [{}],
  )
  check(
    {
      anyOf: [{ minimum: 3 }, { maximum: 1 }],
      type: 'integer',
      allOf: [{ anyOf: [{ multipleOf: 2 }, { const: 1 }] }],
    },
    [4, 0, 1, -2],
    [2, 3, 5],
  )
})

test('a union of many objects, wherever it stands', () => {
  const $defs: Record<string, Schema> = {}
  for (let i = 0; i < 150; i++) {
    $defs[`k${i}`] = { type: 'object', properties: { kind: { const: `kind ${i}` } }, required: ['kind'] }
  }
  const union = { anyOf: Object.keys($defs).map((name) => ({ $ref: `#/$defs/${name}` })) }
  const schema = { type: 'array', prefixItems: [union, union], items: union, $defs }
  check(
    schema,
    [[{ kind: 'kind 0' }, { kind: 'kind 149' }, { kind: 'kind 99' }, { kind: 'kind 149' }]],
    [[{ kind: 'kind 150' }], [1]],
  )
})

test('oneOf, where its alternatives can be told apart', () => {
  const shape = (kind: string, value: Schema) => ({
    type: 'object',
    properties: { kind: { const: kind }, value },
    required: ['kind', 'value'],
  })
  check(
    { oneOf: [shape('a', { type: 'integer' }), shape('b', { type: 'string' })] },
    [
      { kind: 'a', value: 1 },
      { kind: 'b', value: '' },
    ],
    [
      { kind: 'a', value: '' },
      { kind: 'c', value: 1 },
    ],
  )
  check(
    { oneOf: [{ type: 'integer', maximum: 3 }, { type: 'number', exclusiveMinimum: 3 }, { type: 'null' }] },
    [3, 3.5, null],
    ['a'],
  )
  check(
    {
      oneOf: [
        { enum: [1, 2] },
        { const: 'a' },
        { type: 'array', maxItems: 1 },
        { type: 'array', minItems: 2 },
      ],
    },
    [1, 'a', [1], [1, 2]],
    [3, 'b', {}],
  )
  check(
    {
      oneOf: [
        { type: 'string', maxLength: 2 },
        { type: 'string', minLength: 3 },
      ],
    },
    ['ab', 'abc'],
    [1],
  )
  check(
    {
      oneOf: [
        { type: 'object', properties: { a: { type: 'null' } }, required: ['a'], additionalProperties: false },
        { type: 'object', properties: { b: { type: 'null' } }, required: ['b'], additionalProperties: false },
      ],
    },
    [{ a: null }, { b: null }],
    [{}, { a: null, b: null }],
  )
})

test('what oneOf tells apart by a property is always written with it', () => {
  const shape = (kind: string) => ({ properties: { kind: { const: kind }, value: { type: 'null' } } })
  const constraint = constraintOf({ oneOf: [shape('a'), shape('b')] })
  const validate = judge({ oneOf: [shape('a'), shape('b')] })
  expect([accepts(constraint, '{"kind":"a"}'), validate({ kind: 'a' })]).toEqual([true, true])
  // Without it both alternatives accept, which oneOf forbids.
  expect([accepts(constraint, '{"value":null}'), validate({ value: null })]).toEqual([false, false])
  expect([accepts(constraint, '{}'), validate({})]).toEqual([false, false])
  check(
    {
      oneOf: [{ type: 'null' }, { ...shape('a'), type: 'object' }, { ...shape('b'), type: 'object' }],
      discriminator: { propertyName: 'kind' },
    },
    [null, { kind: 'b', value: null }],
    [{}, { kind: 'c' }],
  )
})

test('allOf is what all of them say', () => {
  check(
    {
      allOf: [
        { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
        { properties: { a: { minimum: 3 }, b: { type: 'null' } }, required: ['b'] },
      ],
    },
    [{ a: 3, b: null }],
    [{ a: 2, b: null }, { a: 3 }, { b: null }],
  )
  check(
    {
      allOf: [
        { type: ['integer', 'string'] },
        { type: ['number', 'null'] },
        { multipleOf: 4 },
        { multipleOf: 6 },
      ],
    },
    [12, 0, -24],
    [4, 6, 'a', null, 1.5],
  )
  check(
    {
      allOf: [
        { minItems: 1 },
        { type: 'array', items: { type: 'integer' } },
        { items: { minimum: 0 }, maxItems: 2 },
      ],
    },
    [[0], [1, 2]],
    [[], [-1], [1, 2, 3]],
  )
  check(
    {
      allOf: [
        { properties: { a: { type: 'null' } }, additionalProperties: false, type: 'object' },
        { properties: { b: { type: 'null' } } },
      ],
    },
    [{}, { a: null }],
    [{ b: null }],
  )
  check(
    { allOf: [{ prefixItems: [{ type: 'integer' }], type: 'array' }, { items: { maximum: 5 } }] },
    [[], [5], [5, 4]],
    [[6], ['a']],
  )
})
