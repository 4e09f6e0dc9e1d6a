/**
 * A user's own rows into the facts: an id that is there is replaced where it stands, and says what it replaced; a new one comes at the
 * end. Rows that cannot be are refused together, each with its place. Merging the same rows again changes nothing.
 */
import { parse, YAMLError } from 'yaml'
import type { z } from 'zod'
import { AdvisorError } from '../errors.ts'
import { checkFacts } from './check.ts'
import { type FactRows, factRowsSchema } from './rows.ts'
import type { Facts, Source } from './types.ts'

type Row = Source & { readonly id: string }

/** Issues that are told at once: a file of another kind has thousands. */
const MAX_ISSUES = 20
/** Characters of a file of rows: a thousand rows take less. */
const MAX_CHARS = 2 ** 20

const tables = ['devices', 'models', 'quantisations', 'prices', 'own'] as const

/**
 * `where` names the rows in errors: a file. Throws AdvisorError `facts_invalid`, with an issue for each place that is not of the form and,
 * when all are, for each figure that disagrees with another.
 */
export function mergeFacts(facts: Facts, rows: unknown, where: string): Facts {
  const parsed = parseRows(rows, where)
  const merged: Facts = {
    version: tables.every((table) => parsed[table].length === 0) ? facts.version : ownVersion(facts.version),
    devices: mergeTable(facts.devices, parsed.devices),
    models: mergeTable(facts.models, parsed.models),
    quantisations: mergeTable(facts.quantisations, parsed.quantisations),
    prices: mergeTable(facts.prices, parsed.prices),
    own: mergeTable(facts.own, parsed.own),
  }
  const issues = checkFacts(merged).flatMap(({ kind, table, id, message }) => {
    if (kind !== 'disagrees') return []
    const index = parsed[table].findIndex((row) => row.id === id)
    const place = index === -1 ? `${table} "${id}"` : `${table}.${index} "${id}"`
    return [`${place}: ${message}`]
  })
  if (issues.length > 0) throw invalid(where, issues)
  return merged
}

/** Rows as `mergeFacts` takes them, with what was left out filled in. Throws AdvisorError `facts_invalid`. */
export function parseRows(rows: unknown, where: string): FactRows {
  const result = factRowsSchema.safeParse(rows)
  if (!result.success) throw invalid(where, result.error.issues.flatMap(explain))
  const twice = tables.flatMap((table) =>
    result.data[table].flatMap(({ id }, index) =>
      result.data[table].findIndex((row) => row.id === id) < index
        ? [`${table}.${index} "${id}": this id is there twice: take one out`]
        : [],
    ),
  )
  if (twice.length > 0) throw invalid(where, twice)
  return result.data
}

/** The same from a text, JSON or YAML. Throws AdvisorError `facts_invalid`. */
export function readRows(text: string, where: string): FactRows {
  if (text.length > MAX_CHARS)
    throw invalid(where, [`it has ${text.length} characters, and rows take ${MAX_CHARS} at most`])
  try {
    return parseRows(
      /\.json$/i.test(where) ? JSON.parse(text) : (parse(text, { logLevel: 'error' }) ?? {}),
      where,
    )
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof YAMLError || error instanceof ReferenceError))
      throw error
    throw invalid(where, [error.message.split('\n')[0]!.replace(/:$/, '')])
  }
}

/** `later` over `earlier`, both a user's own: what `earlier` had under an id of `later` is gone. */
export function mergeRows(earlier: FactRows, later: FactRows): FactRows {
  const over = <R extends Row>(before: readonly R[], after: readonly R[]): readonly R[] => {
    const replaced = before.map((row) => after.find(({ id }) => id === row.id) ?? row)
    return [...replaced, ...after.filter(({ id }) => !before.some((row) => row.id === id))]
  }
  return {
    devices: over(earlier.devices, later.devices),
    models: over(earlier.models, later.models),
    quantisations: over(earlier.quantisations, later.quantisations),
    prices: over(earlier.prices, later.prices),
    own: over(earlier.own, later.own),
  }
}

function mergeTable<R extends Row>(rows: readonly R[], later: readonly R[]): readonly R[] {
  const before = new Map(rows.map((row) => [row.id, row]))
  const after = new Map(later.map((row) => [row.id, row]))
  return [
    ...rows.map((row) => {
      const own = after.get(row.id)
      return own ? replacing(row, own) : row
    }),
    ...later.filter(({ id }) => !before.has(id)),
  ]
}

/** The first source that was replaced stays the one that is told, however often the user's row changes. */
function replacing<R extends Row>(row: R, own: R): R {
  const { replaces, ...plain } = row
  if (sameRow(plain, own)) return row
  return { ...own, replaces: replaces ?? `${row.source} (${row.asOf}, ${row.basis})` }
}

/** Whether two rows say the same, in whatever order their keys stand. */
function sameRow(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameRow(a[key as keyof typeof a], b[key as keyof typeof b]))
  )
}

const ownVersion = (version: string): string => (version.endsWith('+own') ? version : `${version}+own`)

function invalid(where: string, issues: readonly string[]): AdvisorError {
  const more = issues.length > MAX_ISSUES ? `\n  and ${issues.length - MAX_ISSUES} more` : ''
  const told = issues.slice(0, MAX_ISSUES)
  return new AdvisorError(
    'facts_invalid',
    `${where}: these rows cannot be used\n${told.map((issue) => `  ${issue}`).join('\n')}${more}`,
    told,
  )
}

function explain(issue: z.core.$ZodIssue): readonly string[] {
  const place = issue.path.map(String).join('.') || 'the file'
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${place === 'the file' ? '' : `${place}.`}${key}: there is no such key`)
  const told = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
  return [`${place}: ${told.charAt(0).toLowerCase()}${told.slice(1)}`]
}
