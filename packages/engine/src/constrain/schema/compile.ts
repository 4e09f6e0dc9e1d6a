/**
 * A JSON schema as a grammar of the JSON texts it accepts: schemas are flattened, alternatives are spread out, and each
 * type has its own builder. docs/constrained-output.md says which keywords are kept, and which rules are ours.
 */
import { ConstraintTooLargeError } from '../../errors.ts'
import { alt, call, type Expr, never, oneOfTexts, type Rule } from '../grammar/grammar.ts'
import { numberExpr, refuseMultipleOf } from '../grammar/numbers.ts'
import { distinguish } from './disjoint.ts'
import { type Choice, type Flat, mergeFlat, SchemaDocument } from './document.ts'
import { type JsonType, place, type Schema, unsupported } from './keywords.ts'
import { arrayExpr, compact, flexible, type Layout, literalExpr, objectExpr } from './layout.ts'
import { type All, impliedTypes, type Plain } from './plain.ts'
import { satisfiesPlain } from './satisfies.ts'
import { constants, Strings } from './strings.ts'

export type { Schema } from './keywords.ts'

/** Levels of arrays and objects in a value about which the schema says nothing. */
const FREE_LEVELS = 16
/** Items that are counted; a larger maxItems is taken for this one. */
const MAX_ITEMS = 4096
/** Properties that are counted. */
const MAX_PROPERTIES = 512
/** Schemas inside of schemas. */
const MAX_DEPTH = 100

/** Throws BadConstraintError, UnsupportedConstraintError (both with the place) and ConstraintTooLargeError. */
export function schemaExpr(schema: Schema, whitespace: 'flexible' | 'compact'): Expr {
  const compiler = new Compiler(new SchemaDocument(schema), whitespace === 'compact' ? compact : flexible)
  return compiler.compile([{ schema, pointer: '' }], 0)
}

class Compiler {
  readonly #document: SchemaDocument
  readonly #layout: Layout
  readonly #strings = new Strings()
  /** By the pointers of the schemas that make them. */
  readonly #rules = new Map<string, Rule>()
  readonly #numbers = new Map<string, Rule>()
  readonly #free: Rule[] = []

  constructor(document: SchemaDocument, layout: Layout) {
    this.#document = document
    this.#layout = layout
  }

  /** A value all of the schemas accept. The first use is written in its place, others call it. */
  compile(all: All, depth: number): Expr {
    const followed = all.map((located) => this.#document.follow(located))
    const pointers = [
      ...new Set(followed.filter(({ schema }) => schema !== true).map(({ pointer }) => pointer)),
    ]
    if (pointers.length === 0) return this.#freeValue(0)
    const key = JSON.stringify(pointers)
    const known = this.#rules.get(key)
    if (known) return call(known)
    if (depth > MAX_DEPTH) {
      throw new ConstraintTooLargeError(`${place(pointers[0]!)} is nested deeper than ${MAX_DEPTH}`)
    }
    const rule: Rule = { name: place(pointers[0]!), body: never }
    this.#rules.set(key, rule)
    const expr = this.#compileFlat(this.#document.flatten(followed), depth + 1)
    rule.body = expr
    return expr
  }

  #compileFlat(flat: Flat, depth: number): Expr {
    const { plain, choices } = flat
    if (!plain.isPossible) return never
    const [choice, ...rest] = choices
    if (choice) return this.#compileChoice(choice, { plain, choices: rest }, depth)
    if (plain.values) {
      const others = { ...plain, values: undefined }
      const values = plain.values.filter((value) => satisfiesPlain(value, others, this.#document))
      const [parts, scalars] = partition(values, (value) => typeof value === 'object' && value !== null)
      return alt(
        oneOfTexts(scalars.map((value) => JSON.stringify(value))),
        ...parts.map((value) => literalExpr(this.#layout, value)),
      )
    }
    const types = [...(plain.types ?? impliedTypes(plain))]
    if (types.length === 0 && !plain.types) return this.#freeValue(0)
    const isCovered = (type: JsonType) => type === 'integer' && types.includes('number')
    return alt(
      ...types.filter((type) => !isCovered(type)).map((type) => this.#compileType(type, plain, depth)),
    )
  }

  #compileChoice(choice: Choice, rest: Flat, depth: number): Expr {
    const { kind, schemas, pointer } = choice
    if (depth > MAX_DEPTH) {
      throw new ConstraintTooLargeError(`${place(pointer)}: ${kind} is nested deeper than ${MAX_DEPTH}`)
    }
    const flats = schemas.map((schema) => mergeFlat(rest, this.#document.flatten([schema])))
    if (kind === 'oneOf') {
      const told = distinguish(flats, this.#document)
      if ('flats' in told) return alt(...told.flats.map((flat) => this.#compileFlat(flat, depth + 1)))
      throw unsupported(
        pointer,
        'oneOf',
        `is not supported here, as its alternatives ${told.pair[0]} and ${told.pair[1]} may both accept a value: use anyOf, or give each a property with its own const`,
      )
    }
    const isOnly = rest.choices.length === 0 && saysNothing(rest.plain)
    return alt(
      ...flats.map((flat, i) =>
        isOnly ? this.compile([schemas[i]!], depth + 1) : this.#compileFlat(flat, depth + 1),
      ),
    )
  }

  #compileType(type: JsonType, plain: Plain, depth: number): Expr {
    switch (type) {
      case 'null':
        return constants('null')
      case 'boolean':
        return constants('true', 'false')
      case 'string':
        return this.#strings.stringExpr(plain)
      case 'number':
      case 'integer':
        return this.#number(type === 'integer', plain)
      case 'array':
        return this.#array(plain, depth)
      case 'object':
        return this.#object(plain, depth)
    }
  }

  #number(isInteger: boolean, plain: Plain): Expr {
    const bounds = {
      isInteger,
      ...(plain.minimum !== undefined && { minimum: plain.minimum }),
      ...(plain.maximum !== undefined && { maximum: plain.maximum }),
      ...(plain.exclusiveMinimum !== undefined && { exclusiveMinimum: plain.exclusiveMinimum }),
      ...(plain.exclusiveMaximum !== undefined && { exclusiveMaximum: plain.exclusiveMaximum }),
      ...(plain.multiplesOf.length > 0 && { multipleOf: commonMultiple(plain) }),
    }
    const key = JSON.stringify(bounds)
    const rule = this.#numbers.get(key) ?? { name: 'a number', body: numberExpr(bounds) }
    this.#numbers.set(key, rule)
    return call(rule)
  }

  #array(plain: Plain, depth: number): Expr {
    const { prefix, items, minItems: min = 0, maxItems = Number.POSITIVE_INFINITY, pointer } = plain
    if (min > maxItems) return never
    if (min > MAX_ITEMS || prefix.length > MAX_ITEMS) {
      throw new ConstraintTooLargeError(
        `${place(pointer)}: an array has ${min} items at least, the most is ${MAX_ITEMS}`,
      )
    }
    const max = maxItems === Number.POSITIVE_INFINITY ? maxItems : Math.min(maxItems, MAX_ITEMS)
    const isOpen = items !== undefined || prefix.length === 0 || min > prefix.length
    const item = isOpen && max > prefix.length ? this.#shared(items ?? [], depth) : undefined
    return arrayExpr(this.#layout, {
      prefix: prefix.map((all) => this.compile(all, depth)),
      items: item,
      min,
      max,
    })
  }

  /** For what is written many times: called rather than copied. */
  #shared(all: All, depth: number): Expr {
    const expr = this.compile(all, depth)
    return expr.kind === 'call' ? expr : call({ name: 'an item', body: expr })
  }

  #object(plain: Plain, depth: number): Expr {
    const { names, required } = plain
    const min = plain.minProperties ?? 0
    const max = plain.maxProperties ?? Number.POSITIVE_INFINITY
    const additional = additionalOf(plain)
    const declared = new Map(plain.properties)
    for (const name of [...(names ?? []), ...required]) {
      if (!declared.has(name)) declared.set(name, plain.additional ?? [])
    }
    const isCounted =
      min > 0 || max < declared.size || (max < Number.POSITIVE_INFINITY && additional !== undefined)
    if (isCounted && Math.max(min, max === Number.POSITIVE_INFINITY ? 0 : max) > MAX_PROPERTIES) {
      throw new ConstraintTooLargeError(
        `${place(plain.pointer)}: more than ${MAX_PROPERTIES} properties cannot be counted`,
      )
    }
    const properties = [...declared]
      .filter(([name]) => names?.has(name) ?? true)
      .map(([name, all]) => ({
        name,
        value: isCounted ? this.#shared(all, depth) : this.compile(all, depth),
        isRequired: required.has(name),
      }))
    if (min > max || [...required].some((name) => names && !names.has(name))) return never
    return objectExpr(this.#layout, {
      properties,
      ...(additional && { additional: this.#shared(additional, depth) }),
      min,
      max: isCounted ? max : Number.POSITIVE_INFINITY,
    })
  }

  /** Any JSON value; `level` arrays and objects around it are free, too. */
  #freeValue(level: number): Expr {
    const known = this.#free[level]
    if (known) return call(known)
    const rule: Rule = { name: 'any value', body: never }
    this.#free[level] = rule
    const plain = this.#document.flatten([]).plain
    const scalars = (['string', 'number', 'boolean', 'null'] as const).map((type) =>
      this.#compileType(type, plain, 0),
    )
    const inside = level < FREE_LEVELS ? this.#freeValue(level + 1) : undefined
    const bounds = { min: 0, max: Number.POSITIVE_INFINITY }
    rule.body = alt(
      ...scalars,
      ...(inside
        ? [
            arrayExpr(this.#layout, { prefix: [], items: inside, ...bounds }),
            objectExpr(this.#layout, { properties: [], additional: inside, ...bounds }),
          ]
        : []),
    )
    return call(rule)
  }
}

/**
 * What undeclared properties must be; undefined when there are none. Where a schema declares properties and does not say
 * whether there may be others, there are none: a model would invent them.
 */
function additionalOf(plain: Plain): All | undefined {
  const { additional, properties, required, names } = plain
  if (names) return undefined
  if (additional?.some(({ schema }) => schema === false)) return undefined
  if (additional) return additional
  const declared = new Set([...properties.keys(), ...required]).size
  return declared === 0 || (plain.minProperties ?? 0) > declared ? [] : undefined
}

function partition<T>(list: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [list.filter(isFirst), list.filter((item) => !isFirst(item))]
}

function saysNothing(plain: Plain): boolean {
  return plain.isPossible && !plain.types && !plain.values && impliedTypes(plain).size === 0
}

function commonMultiple({ multiplesOf, pointer }: Plain): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
  const all = multiplesOf.reduce((a, b) => {
    if (a === b) return a
    if (!Number.isInteger(a) || !Number.isInteger(b)) {
      throw unsupported(
        pointer,
        'multipleOf',
        `of both ${a} and ${b} is not supported: give their common multiple`,
      )
    }
    return (a / gcd(a, b)) * b
  })
  const reason = refuseMultipleOf(all)
  if (reason !== undefined)
    throw unsupported(pointer, 'multipleOf', `of ${all} is not supported: it ${reason}`)
  return all
}
