import { expect, test } from 'vitest'
import { BadConstraintError, UnsupportedConstraintError } from '../../errors.ts'
import { overBytes } from '../testing/accepts.ts'

function errorOf(jsonSchema: unknown): Error & { code?: string; pointer?: string } {
  try {
    overBytes({ jsonSchema: jsonSchema as never })
  } catch (error) {
    return error as Error
  }
  throw new Error(`not refused: ${JSON.stringify(jsonSchema)}`)
}

test('what is not built in is refused by name and place', () => {
  for (const [schema, pointer, name] of [
    [{ not: { type: 'null' } }, '/not', /not is not supported/],
    [{ properties: { 'a/b': { if: {} } } }, '/properties/a~1b/if', /if is not supported/],
    [{ items: { contains: {} } }, '/items/contains', /contains/],
    [{ type: 'array', uniqueItems: true }, '/uniqueItems', /uniqueItems/],
    [{ patternProperties: { a: {} } }, '/patternProperties', /patternProperties/],
    [{ propertyNames: { maxLength: 3 } }, '/propertyNames', /propertyNames is only supported as a list/],
    [{ dependentRequired: {} }, '/dependentRequired', /dependentRequired/],
    [{ unevaluatedProperties: false }, '/unevaluatedProperties', /unevaluatedProperties/],
    [{ $dynamicRef: '#a' }, '/$dynamicRef', /\$dynamicRef/],
    [{ maxLenght: 3 }, '/maxLenght', /maxLenght is not supported/],
    [{ $ref: 'https://example.org/schema' }, '/$ref', /put the schema under \$defs/],
    [{ items: { $id: 'x' } }, '/items/$id', /references would change their base/],
    [
      { type: 'string', format: 'iri' },
      '/format',
      /"iri" is not supported without a pattern, only date, time/,
    ],
    [{ enum: ['a'], format: 'constructor' }, '/format', /"constructor" is not supported/],
    [{ contentEncoding: 'quoted-printable' }, '/contentEncoding', /only base64, base64url/],
    [{ type: 'string', pattern: 'a(?=b)' }, '/pattern', /look-ahead/],
    [{ type: 'number', multipleOf: 0.01 }, '/multipleOf', /not exact in binary/],
    [{ type: 'integer', multipleOf: 1009 }, '/multipleOf', /needs 1009 states/],
    [
      { anyOf: [{ type: 'null' }, { oneOf: [{ type: 'integer' }, { type: 'number' }] }] },
      '/anyOf/1/oneOf',
      /alternatives 0 and 1 may both accept/,
    ],
    [
      { oneOf: [{ properties: { a: { const: 1 } } }, { properties: { b: { const: 2 } } }] },
      '/oneOf',
      /may both accept/,
    ],
    [
      { allOf: [{ oneOf: [{ minimum: 1 }, { maximum: 1 }] }], type: 'integer' },
      '/allOf/0/oneOf',
      /may both accept/,
    ],
  ] as const) {
    const error = errorOf(schema)
    expect(error).toBeInstanceOf(UnsupportedConstraintError)
    expect(error).toMatchObject({ code: 'unsupported_constraint', pointer })
    expect(error.message).toMatch(name)
  }
})

test('what is no schema is refused with the value and what it must be', () => {
  for (const [schema, pointer, message] of [
    [{ type: 'strnig' }, '/type', 'the schema: type is "strnig", it must be a type or a list of types'],
    [
      { items: { minLength: -1 } },
      '/items/minLength',
      'the schema at /items: minLength is -1, it must be a whole number from 0',
    ],
    [{ required: 'a' }, '/required', /a list of strings/],
    [{ properties: { a: 5 } }, '/properties', /an object of schemas/],
    [{ minimum: '1' }, '/minimum', /a finite number/],
    [{ exclusiveMinimum: true }, '/exclusiveMinimum', /a finite number/],
    [{ multipleOf: 0 }, '/multipleOf', /a number above 0/],
    [{ anyOf: [] }, '/anyOf', /a list of schemas that is not empty/],
    [{ $ref: '#/$defs/none' }, '/$ref', /leads to no schema in this document/],
    [{ $ref: '#none' }, '/$ref', /leads to no schema/],
    [{ type: 'string', pattern: '(' }, '/pattern', /the expression "\(" is not valid/],
  ] as const) {
    const error = errorOf(schema)
    expect(error).toBeInstanceOf(BadConstraintError)
    expect(error).toMatchObject({ code: 'bad_constraint', pointer })
    expect(error.message).toMatch(message)
  }
  for (const schema of [null, 1, 'a', [], undefined])
    expect(errorOf(schema).message).toMatch(/must be an object, true or false/)
})

test('what nothing satisfies, or has no end, is told', () => {
  for (const schema of [
    false,
    { type: 'string', minLength: 3, maxLength: 2 },
    { type: 'string', pattern: '^a$', minLength: 2 },
    { enum: ['a'], type: 'integer' },
    { type: 'object', properties: { a: false }, required: ['a'] },
    { type: 'object', minProperties: 2, maxProperties: 1 },
    { type: 'array', items: false, minItems: 1 },
    { allOf: [{ type: 'string' }, { type: 'integer' }] },
    { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] },
    { anyOf: [{ $ref: '#' }] },
  ]) {
    expect(errorOf(schema)).toMatchObject({
      code: 'bad_constraint',
      message: expect.stringMatching(/no text satisfies/),
    })
  }
  for (const schema of [
    { $ref: '#' },
    { anyOf: [{ $ref: '#' }, { type: 'null' }] },
    { allOf: [{ $ref: '#' }], type: 'object' },
  ]) {
    expect(errorOf(schema).message).toMatch(/refers to itself with nothing in between/)
  }
})
