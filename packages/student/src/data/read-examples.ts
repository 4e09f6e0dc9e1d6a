/**
 * Examples from a file: JSON Lines as `edgewise evaluate` takes them, `{ "input": text or messages, "expected": text or JSON, "id": text }`,
 * with `user` and `at` beside it where they are known. Prompts for a teacher are the same without `expected`. Every wrong line is named, and
 * nothing of what it says.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { StudentError } from '../errors.ts'
import { issueOf } from './answer.ts'
import { refuse } from './check.ts'
import type { Example } from './example.ts'

const text = z.string().regex(/\S/, 'must be a text that is not empty')
const message = z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })
const line = z.strictObject({
  input: z.union([text, z.array(message).min(1)], 'must be a text that is not empty, or a list of messages'),
  expected: z
    .union([z.string(), z.looseObject({}), z.array(z.unknown())], 'must be a text, or a JSON object or list')
    .optional(),
  id: text.optional(),
  user: text.optional(),
  at: z.iso.datetime('must be a time, ISO 8601 in UTC').optional(),
})

/** What is to be asked of a teacher. */
export type Prompt = Omit<Example, 'target' | 'from' | 'probabilities'>

/** Throws StudentError `examples_invalid`. */
export function readExamples(source: string, file: string, from: 'gold' | 'seed'): readonly Example[] {
  return rowsOf(source, file).map(({ expected, ...prompt }) => {
    if (expected === undefined)
      throw new StudentError(
        'examples_invalid',
        `${file} has a line without "expected": give the right answer`,
        [`row ${prompt.row}: "expected" is missing`],
      )
    return { ...prompt, target: expected, from }
  })
}

/** `expected` may be there, and is not read. Throws StudentError `examples_invalid`. */
export function readPrompts(source: string, file: string): readonly Prompt[] {
  return rowsOf(source, file).map(({ expected: _, ...prompt }) => prompt)
}

function rowsOf(source: string, file: string): (Prompt & { readonly expected?: string })[] {
  const issues: string[] = []
  const rows: (Prompt & { expected?: string })[] = []
  const ids = new Map<string, number>()
  for (const [i, raw] of source
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    if (raw.trim() === '') continue
    const row = i + 1
    const checked = line.safeParse(parsed(raw))
    const asked = checked.success ? askedText(checked.data.input) : null
    if (!checked.success) issues.push(`row ${row}: ${issueOf(checked.error.issues[0]!)}`)
    else if (asked === null)
      issues.push(`row ${row}: input: must end with a message of the user that is not empty`)
    else {
      const { id = String(row), expected, user, at } = checked.data
      const before = ids.get(id)
      if (before !== undefined) issues.push(`row ${row}: id: it is that of row ${before}, too`)
      ids.set(id, row)
      rows.push({
        id,
        text: asked,
        row,
        ...(expected !== undefined && {
          expected: typeof expected === 'string' ? expected : JSON.stringify(expected),
        }),
        ...(user !== undefined && { user: digest(user) }),
        ...(at !== undefined && { at: Date.parse(at) }),
      })
    }
  }
  refuse(file, issues)
  if (rows.length === 0)
    throw new StudentError('examples_invalid', `${file} has no examples: write one a line, {"input": "..."}`)
  return rows
}

/** As receipts have it (SHA-256, its first 16 hex digits), so that a user of the ledger is known to be one of the file. */
const digest = (user: string): string => createHash('sha256').update(user).digest('hex').slice(0, 16)

function askedText(input: z.infer<typeof line>['input']): string | null {
  const asked = typeof input === 'string' ? input : input.at(-1)!.role === 'user' ? input.at(-1)!.content : ''
  return asked.trim() === '' ? null : asked
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined
  }
}
