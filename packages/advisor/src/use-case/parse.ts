/**
 * Reads a use case: its shape (schema.ts), what contradicts itself or the facts (contradictions.ts), then the defaults (defaults.ts).
 * Everything that is wrong is told at once, in an AdvisorError with file, line, column and what to do.
 */
import {
  type ExplainedIssue,
  explainIssue,
  type IssueWords,
  readSource,
  SourceError,
  valueAt,
} from 'edgewise'
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
    : result.error.issues.flatMap((issue) =>
        explain(issue, value).map((explained) => ({ ...explained, code: 'use_case_invalid' as const })),
      )
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

const words: IssueWords = {
  unknownKey: 'there is no such question: take it out',
  kinds: { object: 'use answers in braces, { }, or indented below' },
  special: ({ code, path }) => {
    if (code !== 'invalid_union') return null
    return path[0] === 'fleet'
      ? 'use the name of a preset, such as "phones-mixed", or a list of devices with their shares'
      : 'use a number, or null'
  },
}

/** A fleet is a name or a list: of a list, what is wrong in it. */
function explain(issue: z.core.$ZodIssue, root: unknown): readonly ExplainedIssue[] {
  const inner =
    issue.code === 'invalid_union' && issue.path[0] === 'fleet' && Array.isArray(valueAt(root, issue.path))
      ? issue.errors.find(
          (errors) => !errors.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
        )
      : undefined
  return inner === undefined
    ? explainIssue(issue, root, words)
    : inner.flatMap((one) => explain({ ...one, path: [...issue.path, ...one.path] }, root))
}
