/**
 * Random schemas of everything that is supported, each with a source of values that satisfy it, written as the constraint
 * writes them: properties in the order of the schema, undeclared ones last.
 */
import type { JsonValue, Schema } from '../schema/keywords.ts'
import { stringSchemas } from './random-strings.ts'

export interface Sampled {
  readonly schema: Schema
  /** A value; `depth` grows with every level, so that recursion ends. */
  value(depth: number): JsonValue
}

type Make = (random: Random, depth: number) => Sampled

/** Draws: `below(n)` a whole number under n, `pick` one of a list, `chance` true with a probability. */
export interface Random {
  below(n: number): number
  pick<T>(list: readonly T[]): T
  chance(part: number): boolean
}

export function randomOf(next: () => number): Random {
  const below = (n: number) => Math.floor(next() * n)
  return { below, pick: (list) => list[below(list.length)]!, chance: (part) => next() < part }
}

/** A whole document: a schema, which may have definitions that refer to each other. */
export function randomSchema(random: Random): Sampled {
  const root = anySchema(random, 0)
  if (random.chance(0.7)) return root
  return random.chance(0.5) ? recursive(random) : shared(random, root)
}

const names = [
  'a',
  'b',
  'name',
  'aa',
  'ab',
  'x y',
  'é',
  '😀',
  'quo"te',
  'back\\slash',
  'tab\t',
  '1',
  '0',
  '__proto__x',
]

function anySchema(random: Random, depth: number): Sampled {
  const leaves: Make[] = [nulls, booleans, constants, enums, integers, integers, numbers, strings, strings]
  const inner: Make[] = [objects, objects, objects, arrays, arrays, tuples, anyOf, oneOf, allOf, unions, free]
  return random.pick(depth < 3 ? [...leaves, ...inner] : leaves)(random, depth)
}

const nulls: Make = () => ({ schema: { type: 'null' }, value: () => null })
const booleans: Make = (random) => ({ schema: { type: 'boolean' }, value: () => random.chance(0.5) })
const strings: Make = (random) => stringSchemas(random)

function freeValue(random: Random, depth: number): JsonValue {
  const scalars = [null, true, 0, -1.5, 1e21, 2e-7, '', 'text', 'é"\\\u0001', '😀']
  if (depth > 3 || random.chance(0.6)) return random.pick(scalars)
  if (random.chance(0.5)) return Array.from({ length: random.below(3) }, () => freeValue(random, depth + 1))
  return Object.fromEntries(
    Array.from({ length: random.below(3) }, () => [random.pick(names), freeValue(random, depth + 1)]),
  )
}

const free: Make = (random) => ({
  schema: random.pick([true, {}, { description: 'anything' }]),
  value: (depth) => freeValue(random, depth),
})

const constants: Make = (random) => {
  const value = freeValue(random, 2)
  return { schema: { const: value }, value: () => value }
}

const enums: Make = (random) => {
  const values = Array.from({ length: 1 + random.below(4) }, () => freeValue(random, 3))
  return { schema: { enum: values, 'x-why': 'a test' }, value: () => random.pick(values) }
}

const integers: Make = (random) => {
  const unit = random.pick([1, 1, 1, 3, 5, 10, 250])
  const low = random.pick([undefined, -1000, -7, 0, 1, 99, 12345])
  const span = random.pick([undefined, 0, 3, 100, 99999])
  const [least, most] = [low ?? -500, (low ?? -500) + (span ?? 1000)]
  const high = span === undefined ? undefined : most
  const first = Math.ceil(least / unit)
  const count = Math.floor(most / unit) - first + 1
  if (count <= 0) return integers(random, 0)
  const isExclusive = random.chance(0.3)
  const exclusive = {
    ...(low !== undefined && { exclusiveMinimum: low - 1 }),
    ...(high !== undefined && { exclusiveMaximum: high + 1 }),
  }
  const inclusive = {
    ...(low !== undefined && { minimum: low }),
    ...(high !== undefined && { maximum: high }),
  }
  return {
    schema: {
      type: random.chance(0.9) || unit === 1 ? 'integer' : 'number',
      ...(isExclusive ? exclusive : inclusive),
      ...(unit > 1 && { multipleOf: unit }),
    },
    value: () => (first + random.below(count)) * unit || 0,
  }
}

const numbers: Make = (random) => {
  const low = random.pick([undefined, -2.5, 0, 0.1, 1e-3, 17])
  const span = random.pick([undefined, 0.25, 1, 1234.5])
  const isExclusive = random.chance(0.4)
  const unit = random.chance(0.2) ? random.pick([0.5, 0.25, 2]) : undefined
  const bound = low === undefined && span !== undefined ? 0 : low
  const high = span === undefined ? undefined : (bound ?? 0) + span
  const value = (): number => {
    const least = bound ?? -100
    const most = high ?? least + 100
    const digits = 10 ** random.below(5)
    const drawn = least + ((1 + random.below(98)) / 100) * (most - least)
    const rounded = unit ? Math.round(drawn / unit) * unit : Math.round(drawn * digits) / digits
    const isInside = rounded > least && rounded < most
    return isInside ? rounded || 0 : unit ? Number.NaN : drawn
  }
  // Where the bounds leave no multiple between them, another schema is drawn.
  if (unit && Array.from({ length: 30 }, value).every(Number.isNaN)) return numbers(random, 0)
  return {
    schema: {
      type: 'number',
      ...(bound !== undefined && { [isExclusive ? 'exclusiveMinimum' : 'minimum']: bound }),
      ...(high !== undefined && { [isExclusive ? 'exclusiveMaximum' : 'maximum']: high }),
      ...(unit && { multipleOf: unit }),
    },
    value: () => {
      for (;;) {
        const drawn = value()
        if (!Number.isNaN(drawn)) return drawn
      }
    },
  }
}

const objects: Make = (random, depth) => {
  const declared = [...new Set(Array.from({ length: random.below(5) }, () => random.pick(names)))]
  const properties = declared.map((name) => ({
    name,
    isRequired: random.chance(0.5),
    inner: anySchema(random, depth + 1),
  }))
  const extra = random.pick(['absent', 'absent', 'false', 'true', 'schema'] as const)
  const additional = extra === 'schema' ? anySchema(random, depth + 1) : free(random, depth)
  const isOpen = extra === 'true' || extra === 'schema' || (extra === 'absent' && declared.length === 0)
  const required = properties.filter(({ isRequired }) => isRequired).length
  const min = random.chance(0.15) ? random.below(declared.length + (isOpen ? 3 : 1)) : undefined
  const max = random.chance(0.15)
    ? Math.max(required, min ?? 0, random.below(declared.length + 3))
    : undefined
  return {
    schema: {
      type: 'object',
      ...(declared.length > 0 && {
        properties: Object.fromEntries(properties.map(({ name, inner }) => [name, inner.schema])),
      }),
      ...(required > 0 && { required: properties.filter((p) => p.isRequired).map((p) => p.name) }),
      ...(extra === 'schema' && { additionalProperties: additional.schema }),
      ...(extra === 'true' && { additionalProperties: true }),
      ...(extra === 'false' && { additionalProperties: false }),
      ...(min !== undefined && { minProperties: min }),
      ...(max !== undefined && { maxProperties: max }),
    },
    value: (at) => {
      // Own properties in the order of the schema; JSON.stringify then puts names that are numbers first, as there.
      const value: Record<string, JsonValue> = {}
      const order = Object.keys(Object.fromEntries(properties.map(({ name }) => [name, 0])))
      const sorted = order.map((name) => properties.find((property) => property.name === name)!)
      let optional = sorted.filter(({ isRequired }) => !isRequired && random.chance(0.5))
      let others = isOpen ? random.below(3) : 0
      while (required + optional.length + others > (max ?? 99)) {
        if (others > 0) others--
        else optional = optional.slice(1)
      }
      if (required + optional.length + others < (min ?? 0)) {
        optional = sorted.filter(({ isRequired }) => !isRequired).slice(0, (max ?? 99) - required)
        others = Math.max(0, (min ?? 0) - required - optional.length)
      }
      for (const property of sorted) {
        if (property.isRequired || optional.includes(property))
          value[property.name] = property.inner.value(at + 1)
      }
      for (let i = 0; i < others; i++)
        value[`${random.pick(['z', 'nä', 'a'])}_${i}`] = additional.value(at + 1)
      return value
    },
  }
}

const arrays: Make = (random, depth) => {
  const items = anySchema(random, depth + 1)
  const min = random.chance(0.4) ? random.below(4) : undefined
  const max = random.chance(0.4) ? (min ?? 0) + random.below(4) : undefined
  return {
    schema: {
      type: 'array',
      items: items.schema,
      ...(min !== undefined && { minItems: min }),
      ...(max !== undefined && { maxItems: max }),
      uniqueItems: false,
    },
    value: (at) => {
      const most = max ?? (min ?? 0) + (at > 4 ? 0 : 3)
      const length = (min ?? 0) + random.below(most - (min ?? 0) + 1)
      return Array.from({ length }, () => items.value(at + 1))
    },
  }
}

const tuples: Make = (random, depth) => {
  const prefix = Array.from({ length: 1 + random.below(3) }, () => anySchema(random, depth + 1))
  const rest = random.chance(0.3) ? anySchema(random, depth + 1) : undefined
  return {
    schema: {
      type: 'array',
      prefixItems: prefix.map(({ schema }) => schema),
      ...(rest && { items: rest.schema }),
      minItems: prefix.length,
    },
    value: (at) => [
      ...prefix.map((item) => item.value(at + 1)),
      ...Array.from({ length: rest ? random.below(3) : 0 }, () => rest!.value(at + 1)),
    ],
  }
}

const anyOf: Make = (random, depth) => {
  const list = Array.from({ length: 1 + random.below(3) }, () => anySchema(random, depth + 1))
  return {
    schema: { anyOf: list.map(({ schema }) => schema) },
    value: (at) => random.pick(list).value(at + 1),
  }
}

const oneOf: Make = (random, depth) => {
  const kinds = ['cat', 'dog', 'ox'].slice(0, 1 + random.below(3))
  const list = kinds.map((kind) => ({ kind, inner: anySchema(random, depth + 1) }))
  return {
    schema: {
      oneOf: [
        ...list.map(({ kind, inner }) => ({
          type: 'object',
          properties: { kind: { const: kind }, inner: inner.schema },
          required: ['kind', 'inner'],
          additionalProperties: false,
        })),
        { type: 'null' },
      ],
    },
    value: (at) => {
      const { kind, inner } = random.pick(list)
      return random.chance(0.1) ? null : { kind, inner: inner.value(at + 1) }
    },
  }
}

const allOf: Make = (random, depth) => {
  const [a, b] = [anySchema(random, depth + 1), anySchema(random, depth + 1)]
  const low = random.below(100)
  return {
    schema: {
      type: 'object',
      properties: { first: a.schema },
      allOf: [
        { properties: { second: b.schema, count: { type: 'integer', minimum: low } }, required: ['second'] },
        { properties: { count: { maximum: low + 7 } }, required: ['count'] },
      ],
    },
    value: (at) => ({
      ...(random.chance(0.5) && { first: a.value(at + 1) }),
      second: b.value(at + 1),
      count: low + random.below(8),
    }),
  }
}

const unions: Make = (random) => {
  const values: readonly JsonValue[] = [null, 'ab', 7, true]
  return {
    schema: random.chance(0.5)
      ? { type: ['null', 'string', 'integer', 'boolean'], minLength: 2, maximum: 9, minimum: 7 }
      : { type: ['null', 'boolean', 'number', 'string'], pattern: '^a', minimum: 0 },
    value: () => random.pick(values),
  }
}

function recursive(random: Random): Sampled {
  const leaf = anySchema(random, 2)
  const schema = {
    $ref: '#/$defs/node',
    $defs: {
      node: {
        type: 'object',
        properties: {
          value: leaf.schema,
          next: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/node' }] },
          children: { type: 'array', items: { $ref: '#/$defs/node' }, maxItems: 3 },
        },
        required: ['value', 'next'],
        additionalProperties: false,
      },
    },
  }
  const value = (depth: number): JsonValue => ({
    value: leaf.value(depth),
    next: depth > 3 || random.chance(0.5) ? null : value(depth + 1),
    ...(depth < 3 && random.chance(0.3) && { children: [value(depth + 2)] }),
  })
  return { schema, value }
}

function shared(random: Random, part: Sampled): Sampled {
  return {
    schema: {
      definitions: { 'a/b': part.schema as never },
      type: 'array',
      items: { $ref: '#/definitions/a~1b', description: 'the same each time' },
    },
    value: (depth) => Array.from({ length: random.below(3) }, () => part.value(depth + 1)),
  }
}
