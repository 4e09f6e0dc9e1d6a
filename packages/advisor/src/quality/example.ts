/**
 * Examples: what a team asks and what it wants as the answer. A file is JSON Lines, one example a line, checked to the last key; every
 * line that is wrong is named. The format: `{ "input": text or messages, "expected": text or JSON, "id": text }`.
 */
import { z } from 'zod'
import { AdvisorError } from '../errors.ts'

export interface ExampleMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** What JSON can hold and a text is not. */
export type ExpectedJson = { readonly [key: string]: unknown } | readonly unknown[]

export interface Example {
  /** Unique among the examples. */
  readonly id: string
  readonly input: string | readonly ExampleMessage[]
  readonly expected: string | ExpectedJson
  /** Of the file, from 1; null for examples that are from none. */
  readonly line: number | null
}

/** More are refused: nobody waits for a model to answer them, and a share of 100,000 is known to a third of a point. */
export const MOST_EXAMPLES = 100_000

/** Places that one error names. */
const MOST_ISSUES = 20

const text = (what: string): z.ZodString => z.string(what).regex(/\S/, what)
const message = z.strictObject(
  {
    role: z.enum(['system', 'user', 'assistant'], 'must be system, user or assistant'),
    content: z.string('must be a text'),
  },
  { error: keysOf('a message', '{ "role", "content" }') },
)
const messages = z
  .array(message, 'must be a text that is not empty, or a list of messages')
  .min(1, 'must have a message')
  .refine((list) => list.at(-1)?.role !== 'assistant', 'must end with what is asked, not with an answer')
  .refine((list) => list.some(({ role }) => role === 'user'), 'must have a message of the user')
const line = z.strictObject(
  {
    input: z.union([text('must be a text that is not empty'), messages]),
    expected: z.union(
      [z.string(), z.looseObject({}), z.array(z.unknown())],
      'must be a text, or a JSON object or list',
    ),
    id: text('must be a text that is not empty').optional(),
  },
  { error: keysOf('an example', '{ "input", "expected", "id" }') },
)

function keysOf(what: string, form: string): z.core.$ZodErrorMap {
  return ({ code }) =>
    code === 'unrecognized_keys' ? `is no key of ${what}: take it out` : `must be ${what}, ${form}`
}

/** What is asked of the user, as one text: what duplicates are found by, and what a linear classifier reads. */
export function askedText({ input }: Pick<Example, 'input'>): string {
  if (typeof input === 'string') return input
  return input.flatMap(({ role, content }) => (role === 'system' ? [] : [content])).join('\n')
}

/** Reads the text of a file. Throws AdvisorError `examples_invalid` with each line that is wrong. */
export function readExamples(source: string, file: string): readonly Example[] {
  const examples: Example[] = []
  const issues: string[] = []
  const seen = new Map<string, number>()
  for (const [i, raw] of source
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    if (raw.trim() === '') continue
    if (issues.length >= MOST_ISSUES) break
    if (examples.length >= MOST_EXAMPLES)
      throw new AdvisorError(
        'examples_invalid',
        `${file} has more than ${MOST_EXAMPLES.toLocaleString('en')} examples: take a random part of them`,
      )
    const number = i + 1
    const example = exampleOf(raw, number, (field, problem) =>
      issues.push(`line ${number}${field === '' ? '' : `, ${field}`}: ${problem}`),
    )
    if (example === null) continue
    const before = seen.get(example.id)
    if (before !== undefined) issues.push(`line ${number}, id: the id is that of line ${before}, too`)
    seen.set(example.id, number)
    examples.push(example)
  }
  if (issues.length > 0)
    throw new AdvisorError(
      'examples_invalid',
      `${file} has lines that are no examples:\n${issues.join('\n')}`,
      issues,
    )
  if (examples.length === 0)
    throw new AdvisorError(
      'examples_invalid',
      `${file} has no examples: write one a line, {"input": "...", "expected": "..."}`,
    )
  return examples
}

/** Problems never repeat what a line says: examples may be private. */
function exampleOf(
  raw: string,
  number: number,
  problem: (field: string, what: string) => void,
): Example | null {
  let value: unknown
  try {
    value = JSON.parse(raw)
  } catch {
    problem('', 'is no whole JSON value')
    return null
  }
  const checked = line.safeParse(value)
  if (!checked.success) {
    const issue = deepest(checked.error.issues[0]!)
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
    problem([...issue.path, ...keys].map((part) => String(part).slice(0, 60)).join('.'), issue.message)
    return null
  }
  const { input, expected } = value as Pick<Example, 'input' | 'expected'>
  return { id: checked.data.id ?? String(number), input, expected, line: number }
}

/** Of a value that fits no form, the problem with the form that it comes nearest to: that which goes deepest into it. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue
  const inner = issue.errors
    .flat()
    .map(deepest)
    .sort((a, b) => b.path.length - a.path.length)[0]
  return inner === undefined || inner.path.length === 0
    ? { ...issue, message: nearest(issue) }
    : { ...inner, path: [...issue.path, ...inner.path] }
}

const nearest = ({ message, errors }: z.core.$ZodIssueInvalidUnion): string =>
  message === 'Invalid input' ? (errors.at(-1)?.[0]?.message ?? message) : message
