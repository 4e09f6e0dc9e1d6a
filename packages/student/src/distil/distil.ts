/**
 * A distillation, the whole way: terms, filter, split, a linear head, students of each size, the twin without a teacher, the best size quantised and
 * measured again, the gate, the report. Nothing is written and nothing is sent; the same options give the same files.
 */
import { fileTypes } from '@edgewise/engine'
import type { Example } from '../data/example.ts'
import { labelFinder } from '../data/labels.ts'
import { trainLinear } from '../linear/train-linear.ts'
import type { LinearHead } from '../linear/types.ts'
import { distilReport } from '../report/make.ts'
import {
  type Assessed,
  assessConstant,
  assessLinear,
  assessStudent,
  assessTeacher,
  type IsRight,
  isRightBy,
  majorityAnswer,
} from './assess.ts'
import { studentBase } from './base.ts'
import { type Fitted, fit } from './fit.ts'
import { type Learned, learnedOf } from './learned.ts'
import type { Distilled, DistilOptions, StudentSize } from './options.ts'
import { Student } from './student.ts'

/** A size that was tried. */
export interface Tried {
  readonly size: StudentSize
  readonly layers: number
  readonly fitted: Fitted
  readonly agrees: number | null
}

/** Everything that the report is made of. */
export interface Measured {
  readonly learned: Learned
  readonly tried: readonly Tried[]
  readonly best: Tried
  readonly linear: { readonly head: LinearHead; readonly seconds: number; readonly bytes: number } | null
  readonly twin: Fitted | null
  readonly results: {
    readonly teacher: Assessed | null
    readonly student: Assessed
    readonly unquantised: Assessed
    readonly twin: Assessed | null
    readonly linear: Assessed | null
    readonly majority: Assessed
  }
  readonly majority: string
  readonly studentBytes: number
}

/**
 * Throws StudentError: `teacher_terms_unknown`, `examples_invalid` with the rows named, `model_untrainable`, `training_diverged`,
 * `checkpoint_invalid`; and the signal's reason.
 */
export async function distil(options: DistilOptions): Promise<Distilled> {
  const { test, labels, on, signal, testAnswers } = options
  const target = labels && labelFinder(labels)
  const assess = {
    isRight: isRightBy(target),
    ...(on?.answered && { onProgress: on.answered }),
    ...(signal && { signal }),
  }
  on?.stage?.('the examples')
  const learned = learnedOf({ ...options, seed: options.training.seed, holdsBack: options.sizes.length > 1 })
  const { train } = learned
  const teacher = assessTeacher(testAnswers, test, assess.isRight)

  on?.stage?.('the linear head')
  const linear = labels === null ? null : await linearOf(train, options)
  const tried: Tried[] = []
  for (const size of options.sizes) tried.push(await trySize(size, learned, options))
  const best = bestOf(tried)
  const twin = await twinOf(best, options)

  on?.stage?.('the test')
  const file = best.fitted.model.gguf(options.quantise)
  const majority = majorityAnswer(train)
  const measured: Measured = {
    learned,
    tried,
    best,
    linear,
    twin,
    results: {
      teacher,
      unquantised: await assessFile(best.fitted.model.gguf(), test, assess),
      student: await assessFile(file, test, assess),
      twin: twin && (await assessFile(twin.model.gguf(), test, assess)),
      linear: linear && assessLinear(linear.head, test, assess.isRight),
      majority: assessConstant(majority, test, assess.isRight),
    },
    majority,
    studentBytes: file.length,
  }
  return {
    report: distilReport(options, measured, fileTypes[options.quantise].label),
    student: file,
    linear: linear?.head ?? null,
  }
}

async function linearOf(
  train: readonly Example[],
  { training: { seed }, signal }: Pick<DistilOptions, 'training' | 'signal'>,
): Promise<Measured['linear']> {
  const began = performance.now()
  const head = await trainLinear(train, { seed, ...(signal && { signal }) })
  return { head, seconds: (performance.now() - began) / 1000, bytes: head.bytes().length }
}

async function trySize(size: StudentSize, { train, held }: Learned, options: DistilOptions): Promise<Tried> {
  const { base, name, labels, on, signal } = options
  on?.stage?.(`the student (${size.name})`)
  const start = await studentBase(base, { name, labels, layers: size.layers })
  const fitted = await fit(start, train, {
    ...trainingOf(options, `student-${size.layers ?? 'all'}`),
    ...(options.logits && { logits: options.logits }),
  })
  using student = await Student.open(fitted.model.gguf())
  const isRight = isRightBy(labels && labelFinder(labels))
  const agrees =
    held.length === 0
      ? null
      : shareOf(await assessStudent(student, held, { isRight, ...(signal && { signal }) }))
  return { size, layers: student.model.config.layers, fitted, agrees }
}

const shareOf = ({ right }: Assessed): number => right.filter((one) => one).length / right.length

/** Of equals the smaller. */
function bestOf(tried: readonly Tried[]): Tried {
  const [best] = tried.toSorted((a, b) => (b.agrees ?? 0) - (a.agrees ?? 0) || a.layers - b.layers)
  return best!
}

/** The same base, size, steps and seed, with labels of people alone; null without any. */
async function twinOf({ size, fitted }: Tried, options: DistilOptions): Promise<Fitted | null> {
  const { seeds, base, labels, name, on } = options
  if (seeds.length === 0) return null
  on?.stage?.('the twin without a teacher')
  const start = await studentBase(base, { name: `${name}-twin`, labels, layers: size.layers })
  return await fit(start, seeds, trainingOf(options, 'twin'), fitted)
}

function trainingOf(
  { training, labels, on, signal }: DistilOptions,
  what: string,
): Parameters<typeof fit>[2] {
  const { checkpoint, leaveOut, ...rest } = training
  return {
    ...rest,
    leaveOut: labels === null ? 0 : leaveOut,
    ...(checkpoint !== undefined && { checkpoint: `${checkpoint}/${what}` }),
    ...(on?.step && { onStep: on.step }),
    ...(signal && { signal }),
  }
}

async function assessFile(
  file: Uint8Array,
  test: readonly Example[],
  options: { readonly isRight: IsRight },
): Promise<Assessed> {
  using student = await Student.open(file)
  return await assessStudent(student, test, options)
}
