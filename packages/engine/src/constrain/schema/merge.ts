/** Two records of what a value must be, as one. */
import type { JsonType } from './keywords.ts'
import { type All, isEqual, type Plain, plainOf } from './plain.ts'

/** What both accept. */
export function mergePlain(a: Plain, b: Plain): Plain {
  const pointer = a.pointer
  const least = (x: number | undefined, y: number | undefined) => (x === undefined ? y : Math.min(x, y ?? x))
  const most = (x: number | undefined, y: number | undefined) => (x === undefined ? y : Math.max(x, y ?? x))
  const values =
    a.values && b.values
      ? a.values.filter((value) => b.values!.some((other) => isEqual(value, other)))
      : (a.values ?? b.values)
  return {
    pointer,
    isPossible: a.isPossible && b.isPossible,
    types: commonTypes(a.types, b.types),
    values,
    minimum: most(a.minimum, b.minimum),
    maximum: least(a.maximum, b.maximum),
    exclusiveMinimum: most(a.exclusiveMinimum, b.exclusiveMinimum),
    exclusiveMaximum: least(a.exclusiveMaximum, b.exclusiveMaximum),
    multiplesOf: [...new Set([...a.multiplesOf, ...b.multiplesOf])],
    minLength: most(a.minLength, b.minLength),
    maxLength: least(a.maxLength, b.maxLength),
    patterns: [...new Set([...a.patterns, ...b.patterns])],
    formats: [...new Set([...a.formats, ...b.formats])],
    properties: mergeProperties(a, b),
    required: new Set([...a.required, ...b.required]),
    additional: both(a.additional, b.additional),
    names:
      a.names && b.names ? new Set([...a.names].filter((name) => b.names!.has(name))) : (a.names ?? b.names),
    minProperties: most(a.minProperties, b.minProperties),
    maxProperties: least(a.maxProperties, b.maxProperties),
    prefix: Array.from({ length: Math.max(a.prefix.length, b.prefix.length) }, (_, i) => [
      ...(a.prefix[i] ?? a.items ?? []),
      ...(b.prefix[i] ?? b.items ?? []),
    ]),
    items: both(a.items, b.items),
    minItems: most(a.minItems, b.minItems),
    maxItems: least(a.maxItems, b.maxItems),
  }
}

export const anything = (pointer: string): Plain => plainOf(true, pointer)

const both = (a: All | undefined, b: All | undefined): All | undefined => (a && b ? [...a, ...b] : (a ?? b))

/** A property that only one of them declares is an additional one to the other. */
function mergeProperties(a: Plain, b: Plain): Map<string, All> {
  const merged = new Map<string, All>()
  for (const name of new Set([...a.properties.keys(), ...b.properties.keys()])) {
    merged.set(name, [
      ...(a.properties.get(name) ?? a.additional ?? []),
      ...(b.properties.get(name) ?? b.additional ?? []),
    ])
  }
  return merged
}

function commonTypes(
  a: ReadonlySet<JsonType> | undefined,
  b: ReadonlySet<JsonType> | undefined,
): ReadonlySet<JsonType> | undefined {
  if (!a || !b) return a ?? b
  return new Set([...a, ...b].filter((type) => allows(a, type) && allows(b, type)))
}

/** Whether a set of types has `type`; integers are numbers. */
export function allows(types: ReadonlySet<JsonType>, type: JsonType): boolean {
  return types.has(type) || (type === 'integer' && types.has('number'))
}
