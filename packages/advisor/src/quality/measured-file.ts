/**
 * Measured quality as a file: what `edgewise evaluate` writes and `edgewise decide --examples` reads. A list of `MeasuredQuality` written by
 * hand is read as well.
 */
import { z } from 'zod'
import { AdvisorError } from '../errors.ts'
import type { MeasuredQuality } from '../use-case/types.ts'
import type { CandidateQuality } from './compare.ts'
import type { Grader } from './graders/grader.ts'

const FORMAT = 'edgewise-quality/1'

/** What the figures are of. */
export interface MeasuredRun {
  /** ISO 8601, when the run ended. */
  readonly at: string
  readonly task: string
  /** How many examples there were, and how many of them are told of in their notes. */
  readonly examples: {
    readonly count: number
    readonly duplicates: number
    readonly contradictions: number
    readonly leaks: number
  }
  readonly grader: Pick<Grader, 'name' | 'how'>
  /** The system message of examples that had none; null: none. */
  readonly instructions: string | null
  /** Of the intervals. */
  readonly confidence: number
}

/** The text of the file. Answers are not in it. */
export function measuredText(run: MeasuredRun, measured: readonly CandidateQuality[]): string {
  const rows = measured.map(({ answers: _, ...figures }) => figures)
  return `${JSON.stringify({ format: FORMAT, ...run, measured: rows }, null, 2)}\n`
}

const share = z.number('must be a number from 0 to 1').min(0).max(1)
const count = z.number('must be a number from 0').min(0)
const rowSchema = z
  .looseObject({
    who: z.string('must be a name').min(1, 'must be a name'),
    right: count,
    of: z.int('must be a whole number from 0').min(0),
    low: share,
    high: share,
    kept: z.strictObject({ value: count, low: count, high: count }).nullish(),
  })
  .refine(({ right, of }) => right <= of + 1e-9, { path: ['right'], message: 'must not be above "of"' })
  .refine(({ right, of, low, high }) => of === 0 || (low <= right / of + 1e-9 && high >= right / of - 1e-9), {
    path: ['low'],
    message: '"low" to "high" must be around right / of',
  })
  .refine(({ kept }) => !kept || (kept.low <= kept.value && kept.value <= kept.high), {
    path: ['kept'],
    message: '"low" to "high" must be around "value"',
  })
const rowsSchema = z.array(rowSchema, 'must be a list').superRefine((rows, context) => {
  for (const [i, { who }] of rows.entries())
    if (rows.findIndex((row) => row.who === who) < i)
      context.addIssue({ code: 'custom', path: [i, 'who'], message: 'is there twice: name each once' })
})
const fileSchema = z.looseObject({ format: z.literal(FORMAT), measured: rowsSchema })

/** Throws AdvisorError `measured_invalid` with each place. What nobody was asked (`of` 0) is left out. */
export function readMeasured(text: string, file: string): readonly MeasuredQuality[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new AdvisorError(
      'measured_invalid',
      `${file} is no whole JSON: write it with edgewise evaluate`,
      [],
      {
        cause,
      },
    )
  }
  const isList = Array.isArray(value)
  const { success, data, error } = isList ? rowsSchema.safeParse(value) : fileSchema.safeParse(value)
  if (!success) {
    const issues = error.issues
      .slice(0, 20)
      .map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`)
    throw new AdvisorError(
      'measured_invalid',
      `${file} is no measured quality: write it with edgewise evaluate\n${issues.join('\n')}`,
      issues,
    )
  }
  const rows = isList ? (data as z.infer<typeof rowsSchema>) : (data as z.infer<typeof fileSchema>).measured
  return rows
    .filter(({ of }) => of > 0)
    .map(({ who, right, of, low, high, kept }) => ({ who, right, of, low, high, kept: kept ?? null }))
}
