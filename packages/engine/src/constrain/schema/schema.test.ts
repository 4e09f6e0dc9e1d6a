import { expect, test } from 'vitest'
import { accepts, allTexts, hasNameTwice, overBytes } from '../testing/accepts.ts'
import { check, compactly as constraintOf } from '../testing/check-schema.ts'
import type { Schema } from './keywords.ts'

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

test('formats of numbers, encodings, and formats that only give a name to a pattern', () => {
  const int32 = constraintOf({ type: 'integer', format: 'int32', minimum: 0 })
  expect([accepts(int32, '2147483647'), accepts(int32, '2147483648'), accepts(int32, '-1')]).toEqual([
    true,
    false,
    false,
  ])
  expect(accepts(constraintOf({ type: 'integer', format: 'int64' }), '9007199254740993')).toBe(true)
  expect(accepts(constraintOf({ type: 'number', format: 'double' }), '1.5')).toBe(true)
  const base64 = constraintOf({ type: 'string', contentEncoding: 'base64' })
  for (const text of ['', 'YQ==', 'YWI=', 'YWJj', 'YWJjZA==']) expect(accepts(base64, `"${text}"`)).toBe(true)
  for (const text of ['Y', 'YQ', 'YQ=', 'YW=I', 'Y-==']) expect(accepts(base64, `"${text}"`)).toBe(false)
  const phone = constraintOf({ type: 'string', format: 'e164', pattern: '^\\+[1-9]\\d{6,14}$' })
  expect([accepts(phone, '"+491234567"'), accepts(phone, '"491234567"')]).toEqual([true, false])
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
