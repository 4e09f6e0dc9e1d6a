/**
 * What a schema says about a value, without references, allOf, anyOf and oneOf: one record that several schemas can be
 * merged into. Parts that are schemas themselves stay lists of schemas, all of which must accept.
 */
import {
  below,
  isObject,
  type JsonType,
  type JsonValue,
  type Located,
  type Schema,
  unsupported,
} from './keywords.ts'

/** All of them must accept the value. */
export type All = readonly Located[]

export interface Plain {
  /** Where it was read first, for errors. */
  readonly pointer: string
  /** False when nothing is accepted. */
  readonly isPossible: boolean
  readonly types: ReadonlySet<JsonType> | undefined
  readonly values: readonly JsonValue[] | undefined
  readonly minimum: number | undefined
  readonly maximum: number | undefined
  readonly exclusiveMinimum: number | undefined
  readonly exclusiveMaximum: number | undefined
  readonly multiplesOf: readonly number[]
  readonly minLength: number | undefined
  readonly maxLength: number | undefined
  readonly patterns: readonly string[]
  readonly formats: readonly string[]
  readonly properties: ReadonlyMap<string, All>
  readonly required: ReadonlySet<string>
  readonly additional: All | undefined
  /** The only names properties may have. */
  readonly names: ReadonlySet<string> | undefined
  readonly minProperties: number | undefined
  readonly maxProperties: number | undefined
  readonly prefix: readonly All[]
  readonly items: All | undefined
  readonly minItems: number | undefined
  readonly maxItems: number | undefined
}

type Keywords = Exclude<Schema, boolean>

/** Reads the own keywords of a schema, whose values are checked already. Throws UnsupportedConstraintError. */
export function readPlain(schema: Keywords, pointer: string): Plain {
  refuse(schema, pointer)
  const part = (keyword: string): All | undefined =>
    schema[keyword] === undefined
      ? undefined
      : [{ schema: schema[keyword] as Schema, pointer: below(pointer, keyword) }]
  const number = (keyword: string) => schema[keyword] as number | undefined
  const list = <T>(keyword: string): readonly T[] =>
    schema[keyword] === undefined ? [] : [schema[keyword] as T]
  const isTuple = Array.isArray(schema.items)
  const prefixKeyword = isTuple ? 'items' : 'prefixItems'
  const prefix = (schema[prefixKeyword] ?? []) as readonly Schema[]
  return {
    pointer,
    isPossible: true,
    types: readTypes(schema),
    values: readValues(schema),
    minimum: number('minimum'),
    maximum: number('maximum'),
    exclusiveMinimum: number('exclusiveMinimum'),
    exclusiveMaximum: number('exclusiveMaximum'),
    multiplesOf: list('multipleOf'),
    minLength: number('minLength'),
    maxLength: number('maxLength'),
    patterns: list('pattern'),
    formats: list('format'),
    properties: new Map(
      Object.entries((schema.properties ?? {}) as Readonly<Record<string, Schema>>).map(
        ([name, property]) => [name, [{ schema: property, pointer: below(pointer, 'properties', name) }]],
      ),
    ),
    required: new Set((schema.required ?? []) as readonly string[]),
    additional: part('additionalProperties'),
    names: readNames(schema, pointer),
    minProperties: number('minProperties'),
    maxProperties: number('maxProperties'),
    prefix: prefix.map((item, i) => [{ schema: item, pointer: below(pointer, prefixKeyword, i) }]),
    items: isTuple ? part('additionalItems') : part('items'),
    minItems: number('minItems'),
    maxItems: number('maxItems'),
  }
}

/** What accepts anything, or nothing. */
export function plainOf(isPossible: boolean, pointer: string): Plain {
  return { ...readPlain({}, pointer), isPossible }
}

function refuse(schema: Keywords, pointer: string): void {
  if (isObject(schema.patternProperties) && Object.keys(schema.patternProperties).length > 0) {
    throw unsupported(
      pointer,
      'patternProperties',
      'is not supported: declare the names, or use additionalProperties',
    )
  }
  if (schema.uniqueItems === true && !(Number(schema.maxItems) <= 1)) {
    throw unsupported(pointer, 'uniqueItems', 'is not supported: leave it out and remove what comes twice')
  }
  if (schema.additionalItems !== undefined && !Array.isArray(schema.items) && schema.items !== undefined) {
    throw unsupported(pointer, 'additionalItems', 'has no meaning without a list of items: leave it out')
  }
}

function readTypes(schema: Keywords): ReadonlySet<JsonType> | undefined {
  if (schema.type === undefined) return undefined
  const types = new Set([schema.type].flat() as JsonType[])
  if (schema.nullable === true) types.add('null')
  return types
}

function readValues(schema: Keywords): readonly JsonValue[] | undefined {
  const list = schema.enum as readonly JsonValue[] | undefined
  if (schema.const === undefined) return list
  const only = schema.const as JsonValue
  return list === undefined || list.some((value) => isEqual(value, only)) ? [only] : []
}

function readNames(schema: Keywords, pointer: string): ReadonlySet<string> | undefined {
  const names = schema.propertyNames
  if (names === undefined || names === true) return undefined
  const keys = isObject(names) ? Object.keys(names).filter((key) => key !== 'type') : []
  const isText = isObject(names) && (names.type === undefined || names.type === 'string')
  if (isText && keys.length === 0) return undefined
  if (isText && keys.length === 1 && (keys[0] === 'enum' || keys[0] === 'const')) {
    const values = keys[0] === 'const' ? [names.const] : (names.enum as readonly unknown[])
    return new Set(values.filter((value) => typeof value === 'string'))
  }
  throw unsupported(pointer, 'propertyNames', 'is only supported as a list of names (enum)')
}

export function isEqual(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => isEqual(item, b[i]!))
    )
  }
  if (!isObject(a) || !isObject(b)) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isEqual(a[name] as JsonValue, b[name] as JsonValue))
  )
}
