import { expect, test } from 'vitest'
import { accepts, allTexts, hasNameTwice, overBytes } from '../testing/accepts.ts'
import { judge } from '../testing/judge.ts'
import type { JsonValue, Schema } from './keywords.ts'

const constraintOf = (jsonSchema: Schema) => overBytes({ jsonSchema, whitespace: 'compact' })

/** Values a constraint must accept, in their own order, and values it must not; ajv must agree. */
function check(schema: Schema, yes: readonly JsonValue[], no: readonly JsonValue[]): void {
  const constraint = constraintOf(schema)
  const validate = judge(schema)
  for (const value of yes) {
    const text = JSON.stringify(value)
    expect([text, accepts(constraint, text), validate(value)]).toEqual([text, true, true])
  }
  for (const value of no) {
    const text = JSON.stringify(value)
    expect([text, accepts(constraint, text), validate(value)]).toEqual([text, false, false])
  }
}

test('types, one or several, nullable, and none', () => {
  check({ type: 'null' }, [null], [0, false, 'null'])
  check({ type: ['string', 'null'] }, ['a', null], [1, [], {}])
  check({ type: 'integer', nullable: true }, [1, null], [1.5, '1'])
  check({ type: ['integer', 'number'] }, [1, 1.5], ['1'])
  check(true, [null, 1, 'a', [1, [2, { a: [] }]], { a: { b: null } }], [])
  check({}, [null, { x: [1, 'a', { y: false }] }], [])
  check(
    { title: 'T', description: 'd', default: 1, examples: [2], $comment: 'c', 'x-y': 1, type: 'boolean' },
    [true],
    [1],
  )
})

test('a free value has 16 levels of arrays and objects', () => {
  const nest = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
  const constraint = constraintOf({})
  expect(accepts(constraint, nest(16))).toBe(true)
  expect(accepts(constraint, nest(17))).toBe(false)
})

test('enum and const, of any type, and what else is said about them', () => {
  check(
    { enum: ['a', 1, null, { x: [1, 2] }, ['é"']] },
    ['a', 1, null, { x: [1, 2] }, ['é"']],
    ['b', 2, {}, { x: [1] }],
  )
  check({ const: { b: 1, a: 2 } }, [{ b: 1, a: 2 }], [{ b: 1 }, { a: 2 }])
  check({ type: 'string', enum: ['a', 'bcd', 1], minLength: 2 }, ['bcd'], ['a', 1])
  check({ enum: [1, 5, 9.5, '5'], minimum: 2, type: 'integer' }, [5], [1, 9.5, '5'])
  check({ enum: [1, 2], const: 2 }, [2], [1])
  check({ enum: [[1], [1, 2], [0]], items: { minimum: 1 }, minItems: 2 }, [[1, 2]], [[1], [0]])
  check(
    { enum: [{ a: 1 }, { a: 'x' }, {}], required: ['a'], properties: { a: { type: 'integer' } } },
    [{ a: 1 }],
    [{ a: 'x' }, {}],
  )
})

test('objects: declared properties in their order, optional ones may be left out', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'integer' }, b: { type: 'string' }, c: { type: 'null' } },
    required: ['b'],
    additionalProperties: false,
  }
  check(
    schema,
    [{ b: 'x' }, { a: 1, b: 'x' }, { a: 1, b: 'x', c: null }, { b: '', c: null }],
    [{}, { a: 1 }, { b: 1 }, { b: '', d: 1 }],
  )
  expect(accepts(constraintOf(schema), '{"b":"","a":1}')).toBe(false)
  check({ type: 'object', properties: {}, additionalProperties: false }, [{}], [{ a: 1 }])
  check(
    { type: 'object', required: ['b', 'a'], additionalProperties: { type: 'integer' } },
    [{ b: 1, a: 2, c: 3 }],
    [{ a: 1 }, { b: 1, a: 'x' }],
  )
  check({ type: 'object', properties: { a: false, b: { type: 'null' } } }, [{}, { b: null }], [{ a: 1 }])
})

test('undeclared properties: by additionalProperties; none where it is not given beside declared ones', () => {
  const properties = { a: { type: 'integer' } }
  check(
    { type: 'object', properties, additionalProperties: { type: 'boolean' } },
    [{ a: 1, x: true, y: false }, { x: true }],
    [{ x: 1 }],
  )
  check({ type: 'object', properties, additionalProperties: true }, [{ a: 1, x: [1] }], [{ a: 'x' }])
  expect(accepts(constraintOf({ type: 'object', properties }), '{"a":1,"x":1}')).toBe(false)
  check({ type: 'object' }, [{}, { anything: [1] }], [1])
  check({ type: 'object', properties, minProperties: 2 }, [{ a: 1, b: 2 }], [{ a: 1 }])
  check(
    { type: 'object', propertyNames: { enum: ['a', 'b'] }, additionalProperties: { type: 'null' } },
    [{}, { a: null, b: null }],
    [{ c: null }, { a: 1 }],
  )
  check(
    { type: 'object', propertyNames: { type: 'string' }, additionalProperties: { type: 'null' } },
    [{ q: null }],
    [{ q: 1 }],
  )
})

test('bounds on the number of properties', () => {
  const properties = { a: { type: 'null' }, b: { type: 'null' }, c: { type: 'null' } }
  const all = { a: null, b: null, c: null }
  check(
    { type: 'object', properties, minProperties: 2, maxProperties: 2, additionalProperties: false },
    [
      { a: null, b: null },
      { a: null, c: null },
    ],
    [{}, { b: null }, all],
  )
  check(
    { type: 'object', properties, maxProperties: 1, required: ['b'] },
    [{ b: null }],
    [{ a: null, b: null }],
  )
  check({ type: 'object', maxProperties: 1 }, [{}, { x: 1 }], [{ x: 1, y: 1 }])
  check(
    { type: 'object', minProperties: 1, additionalProperties: { type: 'null' } },
    [{ x: null }, all],
    [{}],
  )
  check({ type: 'object', maxProperties: 0 }, [{}], [{ a: 1 }])
})

test('arrays: items, tuples, bounds', () => {
  check({ type: 'array', items: { type: 'integer' } }, [[], [1], [1, 2, 3]], [['a'], [1, 'a']])
  check(
    { type: 'array', items: { type: 'null' }, minItems: 1, maxItems: 2 },
    [[null], [null, null]],
    [[], [null, null, null]],
  )
  check(
    {
      type: 'array',
      prefixItems: [{ type: 'null' }, { type: 'integer' }],
      items: { type: 'string' },
      minItems: 1,
    },
    [[null], [null, 1], [null, 1, 'a', 'b']],
    [[], [1], [null, 1, 2]],
  )
  check({ type: 'array', prefixItems: [{ type: 'null' }], items: false }, [[], [null]], [[null, 1]])
  check({ type: 'array', maxItems: 0 }, [[]], [[1]])
  check({ type: 'array', uniqueItems: true, maxItems: 1, items: {} }, [[], [1]], [[1, 1]])
  check({ type: 'array' }, [[], [1, 'a', [null]]], [{}])
  // Draft 7 spells tuples so.
  const tuple = constraintOf({
    type: 'array',
    items: [{ type: 'null' }],
    additionalItems: { type: 'integer' },
  })
  expect([accepts(tuple, '[null,1,2]'), accepts(tuple, '[1]')]).toEqual([true, false])
  // A tuple without `items` ends with it.
  expect(accepts(constraintOf({ type: 'array', prefixItems: [{ type: 'null' }] }), '[null,1]')).toBe(false)
})

test('strings: length in characters, patterns and formats together', () => {
  check({ type: 'string', minLength: 2, maxLength: 3 }, ['ab', '😀😀', 'é"\n'], ['', 'a', 'abcd', '😀'])
  check({ type: 'string', pattern: '^a', maxLength: 3 }, ['a', 'abc'], ['b', 'abcd', ''])
  check(
    { allOf: [{ type: 'string', pattern: 'a' }, { pattern: 'b$' }] },
    ['ab', 'cab', 'bacb'],
    ['a', 'b', 'ba'],
  )
  check({ type: 'string', format: 'date', pattern: '^2024' }, ['2024-02-29'], ['2023-01-01', '2024-02-30'])
})

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

test('keywords of a type say which type, where none is given', () => {
  for (const [schema, yes] of [
    [{ properties: { a: { type: 'null' } } }, '{"a":null}'],
    [{ items: { type: 'null' } }, '[null]'],
    [{ minLength: 1 }, '"a"'],
    [{ minimum: 1 }, '1.5'],
  ] as const) {
    const constraint = constraintOf(schema)
    expect(accepts(constraint, yes)).toBe(true)
    expect(accepts(constraint, 'null')).toBe(false)
  }
})

test('white space: what models like to write, and no more of it', () => {
  const jsonSchema = {
    type: 'object',
    properties: { a: { type: 'array', items: { type: 'integer' } }, b: {} },
  }
  const flexible = overBytes({ jsonSchema })
  const compact = overBytes({ jsonSchema, whitespace: 'compact' })
  const value = { a: [1, 2], b: { c: [] } }
  for (const indent of [undefined, 1, 2, 4, '\t']) {
    expect(accepts(flexible, JSON.stringify(value, null, indent))).toBe(true)
    expect(accepts(compact, JSON.stringify(value, null, indent))).toBe(indent === undefined)
  }
  for (const text of ['{"a": [1, 2], "b": {"c": []}}', '{ "a": [ 1, 2 ], "b": { "c": [ ] } }', '{\n}']) {
    expect(accepts(flexible, text)).toBe(true)
  }
  for (const text of [
    ' {}',
    '{} ',
    '{  }',
    '{\n\n}',
    '{"a" :[]}',
    '{"a":  []}',
    '{"a":[1 ,2]}',
    `{\n${' '.repeat(33)}}`,
  ]) {
    expect(accepts(flexible, text)).toBe(false)
  }
})

test('all texts of some schemas', () => {
  const texts = (jsonSchema: Schema) => allTexts(overBytes({ jsonSchema, whitespace: 'compact' })).sort()
  expect(texts({ enum: [true, 'b', [1]] })).toEqual(['"b"', '[1]', 'true'])
  expect(
    texts({ type: 'object', properties: { a: { const: 1 }, b: { const: 2 } }, additionalProperties: false }),
  ).toEqual(['{"a":1,"b":2}', '{"a":1}', '{"b":2}', '{}'].sort())
  expect(texts({ type: 'array', items: { enum: [0, 1] }, maxItems: 2 })).toHaveLength(1 + 2 + 4)
  expect(texts({ type: 'boolean', not: undefined } as Schema)).toEqual(['false', 'true'])
})

test('names that come twice are found by the test itself', () => {
  expect(hasNameTwice('{"a":1,"b":{"a":1},"c":[{"a":2},{"a":3}]}')).toBe(false)
  expect(hasNameTwice('{"a":1,"b":"a","\\u0061":2}')).toBe(true)
})
