/**
 * What zod found wrong with a file that people write, as what to do about it. No message repeats a value of the file. Shared by the files
 * that this project reads; what is particular to one (its unions, its names) it says itself.
 */
import type { z } from 'zod'

export interface ExplainedIssue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** The words of one kind of file. */
export interface IssueWords {
  /** Of a key that the file may not have. */
  readonly unknownKey: string
  /** By zod's name of a type: `use a list, [ ]`, instead of the common words. */
  readonly kinds?: { readonly [type: string]: string }
  /** What is particular to the file; null: the common words. */
  readonly special: (issue: z.core.$ZodIssue) => string | null
}

export function explainIssue(
  issue: z.core.$ZodIssue,
  root: unknown,
  { unknownKey, kinds = {}, special }: IssueWords,
): readonly ExplainedIssue[] {
  const { path } = issue
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey }))
  const message = special(issue) ?? commonly(issue, { ...KINDS, ...kinds })
  const isMissing = valueAt(root, path) === undefined
  return [{ path, message: isMissing ? `this is missing: ${message}` : message }]
}

function commonly(issue: z.core.$ZodIssue, kinds: { readonly [type: string]: string }): string {
  switch (issue.code) {
    case 'invalid_value':
      return `use ${choice(issue.values)}`
    case 'invalid_type':
      return kinds[issue.expected] ?? `use a value of the kind ${issue.expected}`
    case 'too_small':
      return issue.origin === 'array'
        ? issue.message
        : `use ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin)}`
    case 'too_big':
      return `use ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unitOf(issue.origin)}`
    default:
      return issue.message
  }
}

const KINDS: { readonly [type: string]: string } = {
  string: 'use a text',
  number: 'use a number',
  int: 'use a whole number',
  boolean: 'use true or false',
  array: 'use a list, [ ]',
}

const unitOf = (origin: string): string =>
  origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : ''

/** `"a", "b" or "c"`. */
function choice(values: readonly unknown[]): string {
  const names = values.map((value) => JSON.stringify(value))
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

/** What stands at that place of a value; undefined where nothing does. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}
