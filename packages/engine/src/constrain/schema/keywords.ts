/**
 * The keywords of JSON Schema (draft 2020-12, and the older spellings that are still written) and whether their values are
 * what they must be. A keyword that would be ignored is refused by name: output must never be less than what was asked.
 */
import { BadConstraintError, UnsupportedConstraintError } from '../../errors.ts'

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [name: string]: JsonValue
}
/** A JSON schema: an object of keywords, true (anything) or false (nothing). */
export type Schema = boolean | { readonly [keyword: string]: unknown }

/** A schema and its JSON pointer in the document. */
export interface Located {
  readonly schema: Schema
  readonly pointer: string
}

export const jsonTypes = ['null', 'boolean', 'object', 'array', 'string', 'number', 'integer'] as const
export type JsonType = (typeof jsonTypes)[number]

const annotations = new Set([
  ...['$schema', '$id', '$anchor', '$comment', '$defs', 'definitions', 'title', 'description', 'default'],
  ...['example', 'examples', 'deprecated', 'readOnly', 'writeOnly', 'discriminator'],
])

type Check = (value: unknown) => string | undefined
const wants =
  (what: string, isRight: (value: unknown) => boolean): Check =>
  (value) =>
    isRight(value) ? undefined : what

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const isSchema = (value: unknown): boolean => typeof value === 'boolean' || isObject(value)
const isType = (value: unknown): boolean => jsonTypes.includes(value as JsonType)
const count = wants('a whole number from 0', isCount)
const bound = wants('a finite number', Number.isFinite)
const flag = wants('true or false', (value) => typeof value === 'boolean')
const text = wants('a string', (value) => typeof value === 'string')
const schema = wants('a schema', isSchema)
const schemas = wants(
  'a list of schemas that is not empty',
  (value) => isListOf(value, isSchema) && value.length > 0,
)
const schemaMap = wants(
  'an object of schemas',
  (value) => isObject(value) && Object.values(value).every(isSchema),
)

const checks: Readonly<Record<string, Check>> = {
  type: wants(
    'a type or a list of types',
    (value) => isType(value) || (isListOf(value, isType) && value.length > 0),
  ),
  enum: wants('a list', Array.isArray),
  const: () => undefined,
  nullable: flag,
  $ref: text,
  allOf: schemas,
  anyOf: schemas,
  oneOf: schemas,
  properties: schemaMap,
  required: wants('a list of strings', (value) => isListOf(value, (name) => typeof name === 'string')),
  additionalProperties: schema,
  patternProperties: schemaMap,
  propertyNames: schema,
  minProperties: count,
  maxProperties: count,
  prefixItems: schemas,
  items: wants('a schema or a list of schemas', (value) => isSchema(value) || isListOf(value, isSchema)),
  additionalItems: schema,
  minItems: count,
  maxItems: count,
  uniqueItems: flag,
  minLength: count,
  maxLength: count,
  pattern: text,
  format: text,
  contentEncoding: text,
  minimum: bound,
  maximum: bound,
  exclusiveMinimum: bound,
  exclusiveMaximum: bound,
  multipleOf: wants('a number above 0', (value) => Number.isFinite(value) && Number(value) > 0),
}

/** Throws UnsupportedConstraintError for a keyword that is not built in, BadConstraintError for a value that is none. */
export function checkKeywords(schema: Exclude<Schema, boolean>, pointer: string): void {
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined || annotations.has(keyword) || keyword.startsWith('x-')) {
      if (keyword === '$id' && pointer !== '') {
        throw unsupported(
          pointer,
          '$id',
          'inside of a schema is not supported: references would change their base',
        )
      }
      continue
    }
    const check = Object.hasOwn(checks, keyword) ? checks[keyword] : undefined
    if (!check) throw unsupported(pointer, keyword, 'is not supported: leave it out, or check it afterwards')
    const wanted = check(value)
    if (wanted !== undefined) {
      throw new BadConstraintError(
        `${place(pointer)}: ${keyword} is ${shown(value)}, it must be ${wanted}`,
        below(pointer, keyword),
      )
    }
  }
}

/** Whether a schema says no more than what it refers to. */
export function isReference(schema: Exclude<Schema, boolean>): boolean {
  return (
    typeof schema.$ref === 'string' &&
    Object.keys(schema).every(
      (keyword) => keyword === '$ref' || (annotations.has(keyword) && keyword !== '$id'),
    )
  )
}

export function unsupported(pointer: string, keyword: string, what: string): UnsupportedConstraintError {
  return new UnsupportedConstraintError(`${place(pointer)}: ${keyword} ${what}`, below(pointer, keyword))
}

export const place = (pointer: string): string => (pointer === '' ? 'the schema' : `the schema at ${pointer}`)

/** The pointer of a part (RFC 6901). */
export function below(pointer: string, ...names: (string | number)[]): string {
  return names.reduce<string>(
    (at, name) => `${at}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`,
    pointer,
  )
}

export function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isListOf(value: unknown, isRight: (item: unknown) => boolean): value is readonly unknown[] {
  return Array.isArray(value) && value.every(isRight)
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 60)}...` : text
}
