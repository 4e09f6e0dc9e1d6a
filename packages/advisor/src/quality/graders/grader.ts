/** What a grader is: how good an answer is when it is known what was wanted. All graders have this one shape. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { AdvisorError } from '../../errors.ts'
import type { Example } from '../example.ts'

export interface Grade {
  /** 0 wrong, 1 right, or between; null where nobody could tell (a judge whose answer was no grade). */
  readonly score: number | null
  /** What was wrong with its form, in two or three words, the same ones every time: they are counted. Absent: nothing. */
  readonly note?: string
  /** The score when a judge was asked a second time; absent where it was not. */
  readonly again?: number | null
}

export interface Grader {
  readonly name: string
  /** How it grades: a sentence for whoever reads the result. */
  readonly how: string
  /** What changes its grades besides the answer, as text: kept grades are taken only when it is the same. */
  readonly key: string
  /** Instructions for a model that nobody has given any: the form that this grader can read. null: none. */
  readonly instructions: string | null
  readonly responseFormat?: NonNullable<LanguageModelV4CallOptions['responseFormat']>
  /** Why it cannot grade answers to this example, a clause; null when it can. */
  cannotGrade(example: Example): string | null
  /** Throws AdvisorError `grader_invalid`, the signal's reason, and what a judge throws. */
  grade(answer: string, example: Example, signal?: AbortSignal): Grade | Promise<Grade>
}

/** Throws AdvisorError `examples_invalid` with each example that the grader cannot grade. */
export function mustBeGradable(examples: readonly Example[], grader: Grader): void {
  const issues = examples.flatMap((example) => {
    const why = grader.cannotGrade(example)
    const place = example.line === null ? `example "${example.id}"` : `line ${example.line}`
    return why === null ? [] : [`${place}, expected: ${why}`]
  })
  if (issues.length === 0) return
  const shown = issues.slice(0, 20)
  const more = issues.length > shown.length ? `\nand ${issues.length - shown.length} more` : ''
  throw new AdvisorError(
    'examples_invalid',
    `the grader "${grader.name}" cannot grade these examples:\n${shown.join('\n')}${more}`,
    shown,
  )
}

export const mustBeText = ({ expected }: Example): string | null =>
  typeof expected === 'string' ? null : 'must be a text for this grader'

/** What is expected, as a text. */
export const expectedText = ({ expected }: Example): string =>
  typeof expected === 'string' ? expected : JSON.stringify(expected)
