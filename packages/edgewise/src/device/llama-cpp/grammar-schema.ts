/**
 * A JSON schema in the words node-llama-cpp makes a grammar of. It leaves out what it does not know without a word (3.22: a
 * `pattern`, a `minimum`, even `anyOf`), so what cannot be said in its words is refused here by its name.
 */
import { type JsonObject, UnsupportedConstraintError } from '@edgewise/engine'

/** Keywords that restrict nothing. */
const notes = new Set([
  '$schema',
  '$id',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  '$comment',
])

const plain = new Set([
  ...['type', 'const', 'enum', 'required', 'minProperties', 'maxProperties'],
  ...['minItems', 'maxItems', 'minLength', 'maxLength'],
])

const formats = new Set(['date-time', 'time', 'date'])

/** Throws UnsupportedConstraintError with the place of what has no words. */
export function grammarSchema(schema: unknown, pointer = ''): JsonObject | boolean {
  if (typeof schema === 'boolean') return schema
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw unsupported('a schema that is no object', pointer)
  }
  const out: Record<string, unknown> = {}
  const within = (value: unknown, ...path: string[]) => grammarSchema(value, [pointer, ...path].join('/'))
  for (const [key, value] of Object.entries(schema)) {
    if (notes.has(key) || value === undefined) continue
    if (plain.has(key)) out[key] = value
    // Both are a choice in a grammar; that exactly one of `oneOf` holds is not checked anywhere.
    else if (key === 'anyOf' || key === 'oneOf')
      out.oneOf = list(value).map((one, i) => within(one, key, `${i}`))
    else if (key === 'properties' || key === '$defs')
      out[key] = mapped(value, (one, name) => within(one, key, name))
    else if (key === 'items' || key === 'additionalProperties') out[key] = within(value, key)
    else if (key === 'prefixItems') out[key] = list(value).map((one, i) => within(one, key, `${i}`))
    else if (key === '$ref' && typeof value === 'string' && value.startsWith('#/$defs/')) out[key] = value
    else if (key === 'format' && formats.has(value as string)) out[key] = value
    else throw unsupported(`"${key}"`, `${pointer}/${key}`)
  }
  // Without `properties` it takes an object to be empty.
  if (out.type === 'object' && out.properties === undefined) out.additionalProperties ??= true
  const says = ['type', 'const', 'enum', 'oneOf', '$ref'].some((key) => key in out)
  if (!says) throw unsupported('a schema that names no type', pointer)
  return out
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const mapped = (value: unknown, each: (one: unknown, name: string) => unknown): JsonObject =>
  Object.fromEntries(Object.entries(value ?? {}).map(([name, one]) => [name, each(one, name)]))

const unsupported = (what: string, pointer: string): UnsupportedConstraintError =>
  new UnsupportedConstraintError(
    `llama.cpp's grammar has no words for ${what} at ${pointer || 'the top'}: leave it out, or use the engine's own device`,
    pointer,
  )
