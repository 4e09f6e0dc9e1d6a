/**
 * What a teacher answered: one line of an answers file, which `edgewise distill collect` writes as answers come. Before each call stands a
 * line with what it may cost at most, so that a run that was killed in the middle of one counts it as spent.
 */
import { z } from 'zod'
import { StudentError } from '../errors.ts'
import { type TeacherTerms, termsSchema } from './terms.ts'

/** The first line of the file. */
export interface AnswersHeader {
  readonly format: 'edgewise.answers/1'
  readonly task: string
  /** The teacher, as its API calls it. */
  readonly teacher: string
  /** What it was told beside the text, or null. */
  readonly instructions: string | null
  readonly terms: TeacherTerms
}

export interface TeacherAnswer {
  /** Of the prompt; the answers of one prompt differ in `teacher` or `sample`. */
  readonly id: string
  /** Redacted. */
  readonly text: string
  /** Redacted, as it came otherwise. */
  readonly answer: string
  readonly teacher: string
  /** Which of several answers to one prompt, from 0. */
  readonly sample: number
  /** US dollars; null where nobody knows. */
  readonly costUsd: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** Milliseconds since 1970; null where the prompt has no time. */
  readonly at: number | null
  /** A digest; null where nobody is named. */
  readonly user: string | null
  /** What its user said of it: 0 wrong, 1 right; null where nobody said anything. */
  readonly feedback: number | null
  /** How likely the teacher thinks each answer, 0 to 1; null where it does not say. */
  readonly probabilities: { readonly [answer: string]: number } | null
}

/** A call that is about to be made, numbered; the line with its answer or failure has the same number. */
export interface AskedLine {
  readonly call: number
  readonly asked: string
  readonly sample: number
  /** US dollars at most. */
  readonly mostUsd: number
}

/** A call that came to nothing. */
export interface FailedLine {
  readonly call: number
  /** The stable code of its error. */
  readonly failed: string
  /** US dollars; null where nobody knows: then it counts as `mostUsd`. */
  readonly costUsd: number | null
}

/** `call`: null for an answer that no call of this file was made for (it was in the ledger). */
export type AnswerLine = TeacherAnswer & { readonly call: number | null }

export interface AnswersFileContent {
  readonly header: AnswersHeader
  readonly answers: readonly TeacherAnswer[]
  /** US dollars of this file's calls: of those without an end what they may have cost at most. */
  readonly spentUsd: number
  /** Of `spentUsd` what brought no answer. */
  readonly failedUsd: number
  /** The number for the next call. */
  readonly nextCall: number
}

const text = z.string()
const count = z.int().nonnegative().nullable()
const share = z.number().min(0).max(1)

const headerSchema = z.strictObject({
  format: z.literal('edgewise.answers/1', 'is not "edgewise.answers/1": this is no file of answers'),
  task: text.regex(/^[a-zA-Z][\w.-]{0,63}$/, 'is no name of a task'),
  teacher: text.min(1),
  instructions: text.nullable(),
  terms: termsSchema,
})

const money = z.number().nonnegative()
const call = z.int().nonnegative()

const answerSchema = z.strictObject({
  call: call.nullable(),
  id: text.min(1),
  text,
  answer: text,
  teacher: text.min(1),
  sample: z.int().nonnegative(),
  costUsd: money.nullable(),
  inputTokens: count,
  outputTokens: count,
  at: z.number().nullable(),
  user: text.nullable(),
  feedback: share.nullable(),
  probabilities: z.record(text, share).nullable(),
}) satisfies z.ZodType<AnswerLine>

const askedSchema = z.strictObject({
  call,
  asked: text.min(1),
  sample: z.int().nonnegative(),
  mostUsd: money,
}) satisfies z.ZodType<AskedLine>

const failedSchema = z.strictObject({
  call,
  failed: text,
  costUsd: money.nullable(),
}) satisfies z.ZodType<FailedLine>

/** Places that one error names. */
const MOST_ISSUES = 20

/**
 * Reads an answers file. A last line without its end is one that a crash cut off, and left out. Throws StudentError `examples_invalid` with
 * each line that is wrong; issues say nothing of what a line says.
 */
export function readAnswers(source: string, file: string): AnswersFileContent {
  const lines = source.slice(0, source.lastIndexOf('\n') + 1).split('\n')
  const issues: string[] = []
  let header: AnswersHeader | null = null
  const answers = new Map<string, TeacherAnswer>()
  const spent = new Map<number, number>()
  const answered = new Set<number>()
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue
    const value = parsed(line)
    const checked = (header === null ? headerSchema : schemaOf(value)).safeParse(value)
    if (!checked.success) {
      issues.push(`line ${i + 1}: ${issueOf(checked.error.issues[0]!)}`)
      if (header === null || issues.length >= MOST_ISSUES) break
      continue
    }
    if (header === null) {
      header = checked.data as AnswersHeader
      continue
    }
    const data = checked.data as AnswerLine | AskedLine | FailedLine
    if ('mostUsd' in data) spent.set(data.call, data.mostUsd)
    else if (data.call !== null && data.costUsd !== null) spent.set(data.call, data.costUsd)
    if (!('answer' in data)) continue
    const { call, ...answer } = data
    if (call !== null) answered.add(call)
    // What was said of the terms was said of this teacher alone.
    if (answer.teacher !== header.teacher) issues.push(`line ${i + 1}: teacher: it is not that of the file`)
    if (issues.length >= MOST_ISSUES) break
    answers.set(keyOf(answer.id, answer.teacher, answer.sample), answer)
  }
  if (issues.length > 0)
    throw new StudentError(
      'examples_invalid',
      `${file} has lines that are no answers:\n${issues.join('\n')}`,
      issues,
    )
  if (header === null)
    throw new StudentError(
      'examples_invalid',
      `${file} is empty: collect answers with "edgewise distill collect"`,
    )
  return {
    header,
    answers: [...answers.values()],
    spentUsd: [...spent.values()].reduce((sum, usd) => sum + usd, 0),
    failedUsd: [...spent].reduce((sum, [call, usd]) => (answered.has(call) ? sum : sum + usd), 0),
    nextCall: [...spent.keys()].reduce((most, call) => Math.max(most, call), -1) + 1,
  }
}

function schemaOf(value: unknown): z.ZodType {
  if (typeof value !== 'object' || value === null) return answerSchema
  return 'asked' in value ? askedSchema : 'failed' in value ? failedSchema : answerSchema
}

/** Says where and what, never what stands there. */
export function issueOf({ path, message }: z.core.$ZodIssue): string {
  const at = path.map((part) => String(part).slice(0, 60)).join('.')
  return at === '' ? message : `${at}: ${message}`
}

export const keyOf = (...parts: readonly (string | number)[]): string => JSON.stringify(parts)

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
