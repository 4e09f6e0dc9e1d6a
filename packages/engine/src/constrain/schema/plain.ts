/**
 * What a schema says about a value, without references, allOf, anyOf and oneOf: one record that several schemas can be
 * merged into. Parts that are schemas themselves stay lists of schemas, all of which must accept.
 */

import { encodings, formats, numberFormats } from './formats.ts'
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
  /** Expressions for the whole text; `patterns` are searched for in it. */
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
  const bounds = readNumberFormat(schema)
  const isTuple = Array.isArray(schema.items)
  const prefixKeyword = isTuple ? 'items' : 'prefixItems'
  const prefix = (schema[prefixKeyword] ?? []) as readonly Schema[]
  return {
    pointer,
    isPossible: true,
    types: readTypes(schema),
    values: readValues(schema),
    minimum: bounds ? Math.max(bounds[0], number('minimum') ?? bounds[0]) : number('minimum'),
    maximum: bounds ? Math.min(bounds[1], number('maximum') ?? bounds[1]) : number('maximum'),
    exclusiveMinimum: number('exclusiveMinimum'),
    exclusiveMaximum: number('exclusiveMaximum'),
    multiplesOf: schema.multipleOf === undefined ? [] : [schema.multipleOf as number],
    minLength: number('minLength'),
    maxLength: number('maxLength'),
    patterns: schema.pattern === undefined ? [] : [schema.pattern as string],
    formats: readFormats(schema, pointer),
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

function readNumberFormat({ format }: Keywords): readonly [number, number] | undefined {
  return typeof format === 'string' && Object.hasOwn(numberFormats, format)
    ? numberFormats[format]
    : undefined
}

/**
 * Expressions the whole text must match. A format or an encoding that is not built in only gives a name to a pattern that
 * stands beside it; alone it is refused.
 */
function readFormats(schema: Keywords, pointer: string): string[] {
  const found: string[] = []
  for (const [keyword, known] of [
    ['format', formats],
    ['contentEncoding', encodings],
  ] as const) {
    const name = schema[keyword]
    if (typeof name !== 'string' || (keyword === 'format' && Object.hasOwn(numberFormats, name))) continue
    if (Object.hasOwn(known, name)) found.push(known[name]!)
    else if (schema.pattern === undefined) {
      const names = Object.keys(known).join(', ')
      throw unsupported(
        pointer,
        keyword,
        `${JSON.stringify(name)} is not supported without a pattern, only ${names}`,
      )
    }
  }
  return found
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

/** The types a schema without `type` speaks about: what it says of others would leave them free. */
export function impliedTypes(plain: Plain): Set<JsonType> {
  const types = new Set<JsonType>()
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multiplesOf } = plain
  if (plain.properties.size > 0 || plain.required.size > 0 || plain.additional || plain.names)
    types.add('object')
  if (plain.minProperties !== undefined || plain.maxProperties !== undefined) types.add('object')
  if (plain.prefix.length > 0 || plain.items) types.add('array')
  if (plain.minItems !== undefined || plain.maxItems !== undefined) types.add('array')
  if (plain.patterns.length > 0 || plain.formats.length > 0) types.add('string')
  if (plain.minLength !== undefined || plain.maxLength !== undefined) types.add('string')
  const bounds = [minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...multiplesOf]
  if (bounds.some((bound) => bound !== undefined)) types.add('number')
  return types
}
