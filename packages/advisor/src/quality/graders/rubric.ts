/** A grader of the user's own: a function of the answer and the example. */
import { AdvisorError } from '../../errors.ts'
import type { Example } from '../example.ts'
import type { Grade, Grader } from './grader.ts'

export interface RubricOptions {
  readonly name: string
  /** How it grades: a sentence. */
  readonly how: string
  /** 0 wrong to 1 right, or null where it cannot tell. */
  grade(answer: string, example: Example, signal?: AbortSignal): number | null | Promise<number | null>
  /** Of the function, counted up when it changes, so that kept grades of the old one are not taken. Default 1. */
  readonly version?: number
  readonly instructions?: string
}

/** Its grades throw AdvisorError `grader_invalid` for a number that is no score, and what the function throws. */
export function rubric({ name, how, grade, version = 1, instructions }: RubricOptions): Grader {
  const checked = (score: number | null): Grade => {
    if (score === null || (score >= 0 && score <= 1)) return { score }
    throw new AdvisorError(
      'grader_invalid',
      `the rubric "${name}" gave ${score}: a score is a number from 0 to 1, or null where it cannot tell`,
    )
  }
  return {
    name,
    how,
    key: `rubric/${version} ${name}`,
    instructions: instructions ?? null,
    cannotGrade: () => null,
    async grade(answer, example, signal) {
      return checked(await grade(answer, example, signal))
    },
  }
}
