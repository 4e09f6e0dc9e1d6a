/** What is learned, whoever trains: terms, checks, filter and split, all before anything is trained or exported. */
import type { TeacherAnswer } from '../data/answer.ts'
import { checkExamples, refuse } from '../data/check.ts'
import { type Example, placeOf } from '../data/example.ts'
import { type Filtered, filterAnswers, leakFinder } from '../data/filter.ts'
import { splitExamples } from '../data/split.ts'
import { mustAllowTraining, type TeacherTerms } from '../data/terms.ts'
import { targetFinder } from '../data/valid.ts'

export interface LearnedOptions {
  readonly teacher: { readonly name: string; readonly terms: TeacherTerms }
  readonly answers: readonly TeacherAnswer[]
  readonly test: readonly Example[]
  readonly seeds: readonly Example[]
  /** null: answers are any text, or JSON of `schema`. */
  readonly labels: readonly string[] | null
  readonly schema?: object | undefined
  readonly filter: { readonly agreement: number; readonly near: number }
  readonly split: { readonly by: 'user' | 'time'; readonly share: number }
  readonly seed: number
  /** Whether texts are held back to choose by; else all are learned. */
  readonly holdsBack: boolean
}

export interface Learned {
  readonly filtered: Filtered
  readonly train: readonly Example[]
  readonly held: readonly Example[]
  /** Of a split by time: later texts of users who are in `train`, which are in neither. */
  readonly left: readonly Example[]
}

/** Throws StudentError `teacher_terms_unknown`, and `examples_invalid` with the rows named. */
export function learnedOf(options: LearnedOptions): Learned {
  const { teacher, answers, test, seeds, labels, schema, filter, split, seed, holdsBack } = options
  mustAllowTraining(teacher.name, teacher.terms)
  checkExamples(test, 'the test set', labels)
  if (seeds.length > 0) {
    checkExamples(seeds, 'the seed examples', labels)
    const leak = leakFinder(test, filter.near)
    const leaks = seeds.flatMap((example) => {
      const why = leak(example)
      return why === null ? [] : [`${placeOf(example)}: ${why}`]
    })
    refuse('the seed examples', leaks)
  }
  const target = targetFinder({ labels, schema })
  const filtered = filterAnswers(answers, { ...filter, test, target })
  checkExamples(filtered.examples, "what is left of the teacher's answers", labels)
  if (!holdsBack) return { filtered, train: filtered.examples, held: [], left: [] }
  const parts = splitExamples(filtered.examples, { ...split, seed })
  checkExamples(parts.train, 'what is to be learned', labels)
  return { filtered, ...parts }
}
