/**
 * Whoever answers, put to the test items: which it has right, how sure it was, how long it took. Right is the same label, the same JSON values, or the
 * same text but for case, white space, quotation marks around it and closing punctuation; for labels a student and a linear head can say nothing else than one of them.
 */
import { ContextLengthError } from '@edgewise/engine'
import { sortedJson } from '@edgewise/evidence'
import type { TeacherAnswer } from '../data/answer.ts'
import { refuse } from '../data/check.ts'
import { type Example, placeOf } from '../data/example.ts'
import { isRedactionOf } from '../data/redact.ts'
import type { LinearHead } from '../linear/types.ts'
import type { Student } from './student.ts'

/** In the order of the test items. */
export interface Assessed {
  readonly right: readonly boolean[]
  /** Mean log-probability of each answer; null where there is none. */
  readonly signals: readonly (number | null)[]
  /** Milliseconds, half of the answers are faster; null where nothing was timed. */
  readonly medianMs: number | null
}

export type IsRight = (answer: string, expected: string) => boolean

/** `target`: of labels, the one that an answer means. */
export const isRightBy =
  (target: ((answer: string) => string | null) | null): IsRight =>
  (answer, expected) =>
    target === null ? sameText(answer, expected) : target(answer) === expected

function sameText(answer: string, expected: string): boolean {
  const [ours, theirs] = [jsonOf(answer), jsonOf(expected)]
  return theirs === null ? plain(answer) === plain(expected) : ours === theirs
}

/** As the grader "exact" of `edgewise evaluate` compares: signs inside count, `x > 5` is not `x < 5`. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^[\s"'`“”‘’]+/, '')
    .replace(/[\s"'`“”‘’.!?…]+$/, '')

/** A text that is the same for the same values; null for what is no JSON object or list. */
function jsonOf(text: string): string | null {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    return sortedJson(JSON.parse(text))
  } catch {
    return null
  }
}

export interface AssessOptions {
  readonly isRight: IsRight
  readonly onProgress?: (done: number, of: number) => void
  readonly signal?: AbortSignal
}

/** A text that does not fit the student is answered wrongly, as it would be at work. Throws the signal's reason. */
export async function assessStudent(
  student: Student,
  test: readonly Example[],
  { isRight, onProgress, signal }: AssessOptions,
): Promise<Assessed> {
  const right: boolean[] = []
  const signals: (number | null)[] = []
  const times: number[] = []
  for (const { text, target } of test) {
    const began = performance.now()
    const answer = await student.answer(text, signal ? { signal } : {}).catch((error: unknown) => {
      if (error instanceof ContextLengthError) return null
      throw error
    })
    times.push(performance.now() - began)
    right.push(answer !== null && isRight(answer.text, target))
    signals.push(answer?.meanLogprob ?? null)
    onProgress?.(right.length, test.length)
  }
  return { right, signals, medianMs: median(times) }
}

export function assessLinear(head: LinearHead, test: readonly Example[], isRight: IsRight): Assessed {
  const times: number[] = []
  const answers = test.map(({ text }) => {
    const began = performance.now()
    const answer = head.classify(text)
    times.push(performance.now() - began)
    return answer
  })
  return {
    right: answers.map(({ label }, i) => isRight(label, test[i]!.target)),
    signals: answers.map(({ probability }) => Math.log(Math.max(probability, Number.MIN_VALUE))),
    medianMs: median(times),
  }
}

/**
 * Its answers by the ids of the test items, the first sample of each; null unless it has answered all of them. Throws StudentError
 * `examples_invalid` where an answer is to another text: a teacher that looks worse than it is would let any student pass.
 */
export function assessTeacher(
  answers: readonly TeacherAnswer[],
  test: readonly Example[],
  isRight: IsRight,
): Assessed | null {
  const byId = new Map(answers.filter(({ sample }) => sample === 0).map((answer) => [answer.id, answer]))
  refuse(
    'the test set',
    test.flatMap((example) => {
      const answer = byId.get(example.id)
      return answer === undefined || isRedactionOf(answer.text, example.text)
        ? []
        : [
            `${placeOf(example)}: the teacher's answer with this id is to another text: ask it about these items`,
          ]
    }),
  )
  const found = test.flatMap(({ id }) => byId.get(id) ?? [])
  if (found.length < test.length) return null
  return {
    // A right answer was redacted when it was kept.
    right: found.map(
      ({ answer }, i) => isRight(answer, test[i]!.target) || isRedactionOf(answer, test[i]!.target),
    ),
    signals: found.map(() => null),
    medianMs: null,
  }
}

/** The answer that is given most often, of equals the first in the alphabet. */
export function majorityAnswer(examples: readonly Pick<Example, 'target'>[]): string {
  const counts = new Map<string, number>()
  for (const { target } of examples) counts.set(target, (counts.get(target) ?? 0) + 1)
  return [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))[0]![0]
}

export function assessConstant(answer: string, test: readonly Example[], isRight: IsRight): Assessed {
  return {
    right: test.map(({ target }) => isRight(answer, target)),
    signals: test.map(() => null),
    medianMs: null,
  }
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null
}
