/**
 * Reads a policy: its shape (schema.ts), then what contradicts itself (contradictions.ts). Everything that is wrong is a
 * PolicyError with file, line, column and what to do. No message repeats a value of the file: it may be a key put in
 * the wrong place.
 */
import type { z } from 'zod'
import { PolicyError, type PolicyIssue } from '../errors.ts'
import { contradictions } from './contradictions.ts'
import { isKeyLike } from './key-shapes.ts'
import { MAX_POLICY_CHARS } from './limits.ts'
import { policySchema } from './schema.ts'
import { type Position, readSource, SourceError } from './source.ts'
import type { Policy } from './types.ts'

/** Issues that are told at once: a file of another kind has thousands. */
const MAX_ISSUES = 20

/**
 * Reads a policy from a text. `file` names it in errors; one that ends in `.json` must be JSON, any other may be YAML.
 * Throws PolicyError with line and column.
 */
export function parsePolicy(text: string, file = 'policy.json'): Policy {
  if (text.length > MAX_POLICY_CHARS) {
    const message = `this file has ${text.length} characters, and a policy has ${MAX_POLICY_CHARS} at most: check the path`
    throw new PolicyError(file, [{ path: '', line: 1, column: 1, message }])
  }
  try {
    const source = readSource(text, /\.json$/i.test(file))
    return check(source.value, file, source.at)
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    throw new PolicyError(file, [{ path: '', ...error.position, message: error.message }])
  }
}

/** The same check for a policy that is already a value. Throws PolicyError. */
export function checkPolicy(value: unknown, file = 'policy'): Policy {
  return check(value, file, () => null)
}

function check(value: unknown, file: string, at: (path: readonly PropertyKey[]) => Position | null): Policy {
  const result = policySchema.safeParse(value)
  const found = [
    ...hiddenTask(value),
    ...(result.success
      ? contradictions(result.data)
      : result.error.issues.flatMap((issue) => explain(issue, value))),
  ]
  if (result.success && found.length === 0) return result.data
  const issues = found.map(({ path, message }): PolicyIssue => {
    const position = at(path)
    return {
      path: path.map(shownKey).join('.'),
      line: position?.line ?? null,
      column: position?.column ?? null,
      message,
    }
  })
  throw new PolicyError(file, issues.slice(0, MAX_ISSUES))
}

interface Explained {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** A task that zod passes over, so that its rule would be ignored without a word. */
function hiddenTask(value: unknown): readonly Explained[] {
  const path = ['tasks', '__proto__']
  return valueAt(value, path) === undefined
    ? []
    : [{ path, message: '"__proto__" cannot be a name: choose another' }]
}

/** What to do about an issue of zod. */
function explain(issue: z.core.$ZodIssue, root: unknown): readonly Explained[] {
  const { path } = issue
  const isMissing = valueAt(root, path) === undefined
  const say = (message: string): readonly Explained[] => [
    { path, message: isMissing ? `this is missing: ${message}` : message },
  ]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: 'there is no such setting: take it out',
      }))
    case 'invalid_key':
      return [
        {
          path,
          message: 'a task name starts with a letter and has up to 64 letters, digits, dots, _ and -',
        },
      ]
    case 'invalid_union':
      return say(
        path.at(-1) === 'commit'
          ? 'use "first-output", "whole-answer", "valid-json" or { "tokens": 20 }'
          : 'use a signal such as "meanLogprob", or the name of a function the host registers',
      )
    case 'invalid_value':
      return say(`use ${choice(issue.values)}`)
    case 'invalid_type':
      return say(path.at(-1) === 'escalate' ? BARS : (kinds[issue.expected] ?? issue.expected))
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

const BARS = 'use a list of bars, such as [{ "signal": "meanLogprob", "threshold": -0.2 }]'

const kinds: { readonly [type: string]: string } = {
  string: 'use a text',
  number: 'use a number',
  int: 'use a whole number',
  boolean: 'use true or false',
  array: 'use a list, [ ]',
  object: 'use settings in braces, { }',
  record: 'use settings in braces, { }',
}

const unitOf = (origin: string): string =>
  origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : ''

/** `"a", "b" or "c"`. */
function choice(values: readonly unknown[]): string {
  const names = values.map((value) => JSON.stringify(value))
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

/** A name that looks like a key is not shown either. */
const shownKey = (key: PropertyKey): string => (isKeyLike(String(key)) ? '(hidden)' : String(key))

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}
