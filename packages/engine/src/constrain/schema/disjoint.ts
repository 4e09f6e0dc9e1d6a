/**
 * Whether no value satisfies two schemas at once, as far as it can be proven: by types, listed values, bounds of numbers
 * and lengths, and by a property that objects of both must have. `oneOf` is only built where it can.
 */
import type { Flat, SchemaDocument } from './document.ts'
import { type JsonType, type JsonValue, jsonTypes } from './keywords.ts'
import { allows } from './merge.ts'
import { type All, impliedTypes, type Plain } from './plain.ts'
import { satisfiesFlat } from './satisfies.ts'

/** Deeper properties are not looked at. */
const MAX_DEPTH = 8

export function areDisjoint(a: Flat, b: Flat, document: SchemaDocument, depth = 0): boolean {
  document.compare()
  if (!a.plain.isPossible || !b.plain.isPossible) return true
  if (hasNoneOf(a.plain.values, b, document) || hasNoneOf(b.plain.values, a, document)) return true
  if (depth < MAX_DEPTH && (isApart(a, b, document, depth) || isApart(b, a, document, depth))) return true
  return commonTypes(a.plain, b.plain).every((type) => differ(type, a.plain, b.plain, document, depth))
}

function hasNoneOf(values: readonly JsonValue[] | undefined, other: Flat, document: SchemaDocument): boolean {
  return values?.every((value) => !satisfiesFlat(value, other, document)) ?? false
}

/** All alternatives of one choice of `a` are disjoint with `b`. */
function isApart(a: Flat, b: Flat, document: SchemaDocument, depth: number): boolean {
  return a.choices.some(({ schemas }) =>
    schemas.every((schema) => areDisjoint(document.flatten([schema]), b, document, depth + 1)),
  )
}

function commonTypes(a: Plain, b: Plain): JsonType[] {
  const types = (plain: Plain) => plain.types ?? new Set(jsonTypes)
  const common = jsonTypes.filter((type) => allows(types(a), type) && allows(types(b), type))
  return common.includes('number') ? common.filter((type) => type !== 'integer') : common
}

function differ(type: JsonType, a: Plain, b: Plain, document: SchemaDocument, depth: number): boolean {
  switch (type) {
    case 'number':
    case 'integer':
      return isBelow(a, b) || isBelow(b, a)
    case 'string':
      return exceeds(a.minLength, b.maxLength) || exceeds(b.minLength, a.maxLength)
    case 'array':
      return exceeds(a.minItems, b.maxItems) || exceeds(b.minItems, a.maxItems)
    case 'object':
      return depth < MAX_DEPTH && objectsDiffer(a, b, document, depth)
    default:
      return false
  }
}

function exceeds(least: number | undefined, most: number | undefined): boolean {
  return least !== undefined && most !== undefined && least > most
}

/** All numbers of `a` are below all of `b`. */
function isBelow(a: Plain, b: Plain): boolean {
  const tops = [a.maximum, a.exclusiveMaximum].filter((bound) => bound !== undefined)
  const bottoms = [b.minimum, b.exclusiveMinimum].filter((bound) => bound !== undefined)
  return tops.some((top) =>
    bottoms.some(
      (bottom) =>
        top < bottom || (top === bottom && (top === a.exclusiveMaximum || bottom === b.exclusiveMinimum)),
    ),
  )
}

/** A property that one of them must have is impossible in the other, or another there. */
function objectsDiffer(a: Plain, b: Plain, document: SchemaDocument, depth: number): boolean {
  const property = (plain: Plain, name: string): All =>
    plain.names && !plain.names.has(name)
      ? [{ schema: false, pointer: plain.pointer }]
      : (plain.properties.get(name) ?? plain.additional ?? [])
  return [...a.required, ...b.required].some((name) =>
    areDisjoint(
      document.flatten(property(a, name)),
      document.flatten(property(b, name)),
      document,
      depth + 1,
    ),
  )
}

/**
 * The alternatives of a oneOf, narrowed so that what is written for one is accepted by no other: to the types they speak
 * about, and where that does not suffice to objects that have the property by which they differ. `pair` is two that cannot
 * be told apart.
 */
export function distinguish(
  flats: readonly Flat[],
  document: SchemaDocument,
): { readonly flats: readonly Flat[] } | { readonly pair: readonly [number, number] } {
  const narrowed = flats.map((flat) => narrow(flat))
  const pair = overlap(narrowed, flats, document)
  if (!pair) return { flats: narrowed }
  for (const name of flats[pair[0]]!.plain.properties.keys()) {
    const withName = flats.map((flat) => narrow(flat, name))
    if (!overlap(withName, flats, document)) return { flats: withName }
  }
  return { pair }
}

function narrow({ plain, choices }: Flat, name?: string): Flat {
  const implied = impliedTypes(plain)
  const types = plain.types ?? (implied.size > 0 && choices.length === 0 ? implied : undefined)
  const isNamed = name !== undefined && plain.properties.has(name)
  const required = isNamed ? new Set([...plain.required, name]) : plain.required
  return { plain: { ...plain, types, required }, choices }
}

/** Two of which what is written for one may be accepted by the other, too. */
function overlap(
  written: readonly Flat[],
  accepted: readonly Flat[],
  document: SchemaDocument,
): readonly [number, number] | undefined {
  for (let i = 0; i < written.length; i++) {
    for (let j = 0; j < accepted.length; j++) {
      if (i !== j && !areDisjoint(written[i]!, accepted[j]!, document)) return i < j ? [i, j] : [j, i]
    }
  }
  return undefined
}
