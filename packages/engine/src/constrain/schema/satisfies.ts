/**
 * Whether a value satisfies a schema: to choose among the values of an enum, and to tell the alternatives of a oneOf
 * apart. It knows the same keywords as the rest of this folder.
 */
import { ConstraintTooLargeError } from '../../errors.ts'
import { decimalPlaces, scaledDown } from '../grammar/decimal.ts'
import type { Flat, SchemaDocument } from './document.ts'
import { isObject, type JsonType, type JsonValue } from './keywords.ts'
import { allows } from './merge.ts'
import { type All, isEqual, type Plain } from './plain.ts'

/** Values and alternatives nested deeper are taken for a schema that refers to itself without end. */
const MAX_DEPTH = 200

export function satisfies(value: JsonValue, all: All, document: SchemaDocument, depth = 0): boolean {
  return satisfiesFlat(value, document.flatten(all), document, depth)
}

/** Throws ConstraintTooLargeError where it would take too long. */
export function satisfiesFlat(
  value: JsonValue,
  { plain, choices }: Flat,
  document: SchemaDocument,
  depth = 0,
): boolean {
  if (depth > MAX_DEPTH) {
    throw new ConstraintTooLargeError(`a value or a choice is nested deeper than ${MAX_DEPTH}`)
  }
  return (
    satisfiesPlain(value, plain, document, depth) &&
    choices.every(({ kind, schemas }) => {
      const count = schemas.filter((schema) => satisfies(value, [schema], document, depth + 1)).length
      return kind === 'anyOf' ? count > 0 : count === 1
    })
  )
}

export function satisfiesPlain(value: JsonValue, plain: Plain, document: SchemaDocument, depth = 0): boolean {
  if (!plain.isPossible) return false
  if (plain.types && !allows(plain.types, typeOf(value))) return false
  if (plain.values && !plain.values.some((other) => isEqual(other, value))) return false
  if (typeof value === 'number') return satisfiesNumber(value, plain)
  if (typeof value === 'string') return satisfiesString(value, plain)
  if (Array.isArray(value)) return satisfiesArray(value, plain, document, depth)
  if (!isObject(value)) return true
  return satisfiesObject(value as Readonly<Record<string, JsonValue>>, plain, document, depth)
}

export function typeOf(value: JsonValue): JsonType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value as 'boolean' | 'string' | 'object'
}

function satisfiesNumber(value: number, plain: Plain): boolean {
  return (
    value >= (plain.minimum ?? value) &&
    value <= (plain.maximum ?? value) &&
    (plain.exclusiveMinimum === undefined || value > plain.exclusiveMinimum) &&
    (plain.exclusiveMaximum === undefined || value < plain.exclusiveMaximum) &&
    plain.multiplesOf.every((unit) => isMultiple(value, unit))
  )
}

function isMultiple(value: number, unit: number): boolean {
  const places = Math.max(decimalPlaces(value), decimalPlaces(unit))
  return scaledDown(value, places) % scaledDown(unit, places) === 0n
}

function satisfiesString(value: string, plain: Plain): boolean {
  const length = [...value].length
  return (
    length >= (plain.minLength ?? 0) &&
    length <= (plain.maxLength ?? length) &&
    plain.patterns.every((pattern) => matches(pattern, value)) &&
    plain.formats.every((format) => matches(`^(?:${format})$`, value))
  )
}

/** An expression the host does not know is refused elsewhere, by name. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value)
  } catch {
    return false
  }
}

function satisfiesArray(
  value: readonly JsonValue[],
  plain: Plain,
  document: SchemaDocument,
  depth: number,
): boolean {
  return (
    value.length >= (plain.minItems ?? 0) &&
    value.length <= (plain.maxItems ?? value.length) &&
    value.every((item, i) => satisfies(item, plain.prefix[i] ?? plain.items ?? [], document, depth + 1))
  )
}

function satisfiesObject(
  value: Readonly<Record<string, JsonValue>>,
  plain: Plain,
  document: SchemaDocument,
  depth: number,
): boolean {
  const names = Object.keys(value)
  return (
    names.length >= (plain.minProperties ?? 0) &&
    names.length <= (plain.maxProperties ?? names.length) &&
    [...plain.required].every((name) => Object.hasOwn(value, name)) &&
    names.every(
      (name) =>
        (plain.names?.has(name) ?? true) &&
        satisfies(value[name]!, plain.properties.get(name) ?? plain.additional ?? [], document, depth + 1),
    )
  )
}
