/**
 * Reads a policy: its shape (schema.ts), then what contradicts itself (contradictions.ts). Everything that is wrong is a
 * PolicyError with file, line, column and what to do. No message repeats a value of the file: it may be a key put in
 * the wrong place.
 */
import { PolicyError, type PolicyIssue } from '../errors.ts'
import { contradictions } from './contradictions.ts'
import { type ExplainedIssue, explainIssue, type IssueWords, valueAt } from './explain-issue.ts'
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
      : result.error.issues.flatMap((issue) => explainIssue(issue, value, words))),
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

/** A task that zod passes over, so that its rule would be ignored without a word. */
function hiddenTask(value: unknown): readonly ExplainedIssue[] {
  const path = ['tasks', '__proto__']
  return valueAt(value, path) === undefined
    ? []
    : [{ path, message: '"__proto__" cannot be a name: choose another' }]
}

const words: IssueWords = {
  unknownKey: 'there is no such setting: take it out',
  kinds: { object: 'use settings in braces, { }', record: 'use settings in braces, { }' },
  special(issue) {
    const last = issue.path.at(-1)
    switch (issue.code) {
      case 'invalid_key':
        return 'a task name starts with a letter and has up to 64 letters, digits, dots, _ and -'
      case 'invalid_union':
        return last === 'commit'
          ? 'use "first-output", "whole-answer", "valid-json" or { "tokens": 20 }'
          : 'use a signal such as "meanLogprob", or the name of a function the host registers'
      case 'invalid_type':
        return last === 'escalate'
          ? 'use a list of bars, such as [{ "signal": "meanLogprob", "threshold": -0.2 }]'
          : null
      default:
        return null
    }
  },
}

/** A name that looks like a key is not shown either. */
const shownKey = (key: PropertyKey): string => (isKeyLike(String(key)) ? '(hidden)' : String(key))
