/**
 * A schema document: finds what a reference refers to, and flattens a schema into what it says of a value itself and the
 * choices it leaves between others.
 */
import { BadConstraintError, ConstraintTooLargeError } from '../../errors.ts'
import {
  below,
  checkKeywords,
  isObject,
  isReference,
  type Located,
  place,
  type Schema,
  unsupported,
} from './keywords.ts'
import { anything, mergePlain } from './merge.ts'
import { type All, type Plain, plainOf, readPlain } from './plain.ts'

/** One (`anyOf`), or exactly one (`oneOf`), of `schemas` must accept the value too. */
export interface Choice {
  readonly kind: 'anyOf' | 'oneOf'
  readonly pointer: string
  readonly schemas: readonly Located[]
}

export interface Flat {
  readonly plain: Plain
  readonly choices: readonly Choice[]
}

/** A schema of a thousand properties takes some thousand. */
const MAX_FLATTENED = 50_000
/** A thousand alternatives are half a million pairs. */
const MAX_COMPARED = 1_500_000

export class SchemaDocument {
  readonly #root: Schema
  readonly #anchors: Map<string, Located>
  readonly #flats = new Map<string, Flat>()
  #flattened = 0
  #compared = 0

  /** Throws BadConstraintError when it is no schema. */
  constructor(root: Schema) {
    if (typeof root !== 'boolean' && !isObject(root)) {
      throw new BadConstraintError(
        `the schema is ${JSON.stringify(root)}: it must be an object, true or false`,
      )
    }
    this.#root = root
    this.#anchors = findAnchors(root)
  }

  /** What `all` of the schemas say together. Throws BadConstraintError, UnsupportedConstraintError. */
  flatten(all: All): Flat {
    const key = JSON.stringify(
      all.map(({ schema, pointer }) => [pointer, typeof schema === 'boolean' && schema]),
    )
    const known = this.#flats.get(key)
    if (known) return known
    const flat = this.#flatten(all)
    this.#flats.set(key, flat)
    return flat
  }

  #flatten(all: All): Flat {
    if (++this.#flattened > MAX_FLATTENED) {
      throw new ConstraintTooLargeError(
        `the schema's references and alternatives lead to more than ${MAX_FLATTENED} schemas: simplify it`,
      )
    }
    const nothing: Flat = { plain: anything(all[0]?.pointer ?? ''), choices: [] }
    const marks = new Map<string, 'open' | 'done'>()
    const visit = ({ schema, pointer }: Located): Flat => {
      if (typeof schema === 'boolean') return { plain: plainOf(schema, pointer), choices: [] }
      if (marks.get(pointer) === 'done') return nothing
      if (marks.get(pointer) === 'open') throw endless(pointer)
      marks.set(pointer, 'open')
      checkKeywords(schema, pointer)
      const parts: Flat[] = [{ plain: readPlain(schema, pointer), choices: choicesOf(schema, pointer) }]
      if (schema.$ref !== undefined) parts.push(visit(this.resolve(String(schema.$ref), pointer)))
      for (const part of listed(schema, pointer, 'allOf')) parts.push(visit(part))
      marks.set(pointer, 'done')
      return parts.reduce(mergeFlat)
    }
    return all.map(visit).reduce(mergeFlat, nothing)
  }

  /** Called for every comparison of two schemas: bounds their number. Throws ConstraintTooLargeError. */
  compare(): void {
    if (++this.#compared > MAX_COMPARED) {
      throw new ConstraintTooLargeError(
        `telling the alternatives of oneOf apart takes more than ${MAX_COMPARED} comparisons: use anyOf`,
      )
    }
  }

  /** Where a schema that is nothing but a reference leads to. */
  follow(located: Located): Located {
    let at = located
    for (let steps = 0; typeof at.schema === 'object' && isReference(at.schema); steps++) {
      if (steps > MAX_STEPS) throw endless(at.pointer)
      at = this.resolve(String(at.schema.$ref), at.pointer)
    }
    return at
  }

  /** What `$ref` at `pointer` refers to: a place of the same document. */
  resolve(ref: string, pointer: string): Located {
    if (!ref.startsWith('#')) {
      throw unsupported(
        pointer,
        '$ref',
        `to ${JSON.stringify(ref)} is not supported: put the schema under $defs`,
      )
    }
    const fragment = decode(ref.slice(1))
    if (fragment !== '' && !fragment.startsWith('/')) {
      const anchor = this.#anchors.get(fragment)
      if (anchor) return anchor
    } else {
      const names = fragment.split('/').slice(1)
      let found: unknown = this.#root
      for (const name of names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))) {
        found = isContainer(found) && Object.hasOwn(found, name) ? found[name] : undefined
      }
      if (typeof found === 'boolean' || isObject(found)) return { schema: found, pointer: fragment }
    }
    throw new BadConstraintError(
      `${place(pointer)}: $ref ${JSON.stringify(ref)} leads to no schema in this document`,
      below(pointer, '$ref'),
    )
  }
}

/** References that only lead to others. */
const MAX_STEPS = 1000

function endless(pointer: string): BadConstraintError {
  return new BadConstraintError(
    `${place(pointer)} refers to itself with nothing in between: it has no end`,
    pointer,
  )
}

function choicesOf(schema: Exclude<Schema, boolean>, pointer: string): Choice[] {
  return (['anyOf', 'oneOf'] as const)
    .filter((kind) => schema[kind] !== undefined)
    .map((kind) => ({ kind, pointer, schemas: listed(schema, pointer, kind) }))
}

export function mergeFlat(a: Flat, b: Flat): Flat {
  return { plain: mergePlain(a.plain, b.plain), choices: [...a.choices, ...b.choices] }
}

function listed(schema: Exclude<Schema, boolean>, pointer: string, keyword: string): Located[] {
  const list = (schema[keyword] ?? []) as readonly Schema[]
  return list.map((part, i) => ({ schema: part, pointer: below(pointer, keyword, i) }))
}

function isContainer(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null
}

function decode(fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}

/** Values in a document: more are a mistake, or a value that contains itself. */
const MAX_VALUES = 200_000

/** Everything an `$anchor` names, wherever it stands. */
function findAnchors(root: Schema): Map<string, Located> {
  const anchors = new Map<string, Located>()
  const open: { readonly value: unknown; readonly pointer: string }[] = [{ value: root, pointer: '' }]
  let values = 0
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, pointer } = next
    if (++values > MAX_VALUES) {
      throw new ConstraintTooLargeError(`the schema has more than ${MAX_VALUES} values, or contains itself`)
    }
    if (!isContainer(value)) continue
    if (isObject(value) && typeof value.$anchor === 'string') {
      anchors.set(value.$anchor, { schema: value as Schema, pointer })
    }
    for (const [name, part] of Object.entries(value))
      open.push({ value: part, pointer: below(pointer, name) })
  }
  return anchors
}
