/**
 * Reads a use case: its shape (schema.ts), what contradicts itself or the facts (contradictions.ts), then the defaults (defaults.ts).
 * Everything that is wrong is told at once, in an AdvisorError with file, line, column and what to do.
 */
import { readSource, SourceError } from 'edgewise'
import type { z } from 'zod'
import { AdvisorError, type AdvisorErrorCode } from '../errors.ts'
import { facts as ours } from '../facts/facts.ts'
import type { Facts } from '../facts/types.ts'
import { contradictions } from './contradictions.ts'
import { withDefaults } from './defaults.ts'
import { useCaseSchema } from './schema.ts'
import type { UseCase } from './types.ts'

/** A use case is a page of text; more is a file of another kind. */
const MAX_CHARS = 262_144
/** Issues that are told at once. */
const MAX_ISSUES = 20

/**
 * Reads a use case from a text. `file` names it in errors; one that ends in `.json` must be JSON, any other may be YAML 1.2. Ids are looked
 * up in `facts`. Throws AdvisorError: `unknown_device`, `unknown_model`, `unknown_price` or `unknown_preset` where nothing else is wrong,
 * else `use_case_invalid`.
 */
export function parseUseCase(text: string, file = 'use-case.yaml', facts: Facts = ours): UseCase {
  if (text.length > MAX_CHARS)
    throw refused([
      {
        place: file,
        message: `this file has ${text.length} characters, and a use case has ${MAX_CHARS} at most: check the path`,
        code: 'use_case_invalid',
      },
    ])
  try {
    const source = readSource(text, /\.json$/i.test(file))
    return check(source.value, facts, (path) => {
      const { line, column } = source.at(path)
      return `${file}:${line}:${column}`
    })
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    const { line, column } = error.position
    throw refused([{ place: `${file}:${line}:${column}`, message: error.message, code: 'use_case_invalid' }])
  }
}

/** The same for a value, such as answers of a form. Throws AdvisorError. */
export function checkUseCase(value: unknown, facts: Facts = ours): UseCase {
  return check(value, facts, () => '')
}

interface Issue {
  /** `use-case.yaml:3:5`, or empty. */
  readonly place: string
  readonly message: string
  readonly code: AdvisorErrorCode
}

function check(value: unknown, facts: Facts, at: (path: readonly PropertyKey[]) => string): UseCase {
  const result = useCaseSchema.safeParse(value)
  const found = result.success
    ? contradictions(result.data, facts)
    : result.error.issues.flatMap((issue) => explain(issue, value))
  if (result.success && found.length === 0) return withDefaults(result.data, facts)
  throw refused(
    found.map(({ path, message, code }) => {
      const [place, key] = [at(path), path.map(String).join('.')]
      return { place: place !== '' && key !== '' ? `${place} ${key}` : place || key, message, code }
    }),
  )
}

function refused(issues: readonly Issue[]): AdvisorError {
  const lines = issues
    .slice(0, MAX_ISSUES)
    .map(({ place, message }) => (place === '' ? message : `${place}: ${message}`))
  const codes = new Set(issues.map(({ code }) => code))
  const code = codes.size === 1 ? issues[0]!.code : 'use_case_invalid'
  return new AdvisorError(code, lines.join('\n'), lines)
}

type Explained = Pick<Issue, 'message' | 'code'> & { readonly path: readonly PropertyKey[] }

/** What to do about an issue of zod. */
function explain(issue: z.core.$ZodIssue, root: unknown): readonly Explained[] {
  const { path } = issue
  const isMissing = valueAt(root, path) === undefined
  const say = (message: string): readonly Explained[] => [
    { path, message: isMissing ? `this is missing: ${message}` : message, code: 'use_case_invalid' },
  ]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: 'there is no such question: take it out',
        code: 'use_case_invalid',
      }))
    case 'invalid_union':
      return path[0] === 'fleet' ? explainFleet(issue, root) : say('use a number, or null')
    case 'invalid_value':
      return say(`use ${choice(issue.values)}`)
    case 'invalid_type':
      return say(wanted[issue.expected] ?? `use a value of the kind ${issue.expected}`)
    case 'too_small':
      return issue.origin === 'array'
        ? say(issue.message)
        : say(`use ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin)}`)
    case 'too_big':
      return say(`use ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unitOf(issue.origin)}`)
    default:
      return say(issue.message)
  }
}

/** A fleet is a name or a list: of a list, what is wrong in it. */
function explainFleet(issue: z.core.$ZodIssueInvalidUnion, root: unknown): readonly Explained[] {
  const given = valueAt(root, issue.path)
  const inner = Array.isArray(given)
    ? issue.errors.find(
        (errors) => !errors.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
      )
    : undefined
  return inner === undefined
    ? [
        {
          path: issue.path,
          message: `${given === undefined ? 'this is missing: ' : ''}use the name of a preset, such as "phones-mixed", or a list of devices with their shares`,
          code: 'use_case_invalid',
        },
      ]
    : inner.flatMap((one) => explain({ ...one, path: [...issue.path, ...one.path] }, root))
}

const wanted: { readonly [type: string]: string } = {
  string: 'use a text',
  number: 'use a number',
  int: 'use a whole number',
  array: 'use a list, [ ]',
  object: 'use answers in braces, { }, or indented below',
}

const unitOf = (origin: string): string =>
  origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : ''

/** `"a", "b" or "c"`. */
function choice(values: readonly unknown[]): string {
  const names = values.map((value) => JSON.stringify(value))
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}
