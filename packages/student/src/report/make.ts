/** From what was measured to the report: rows with intervals, comparisons on the same items, costs, the gate and the sentence. */

import { findString, readGguf } from '@edgewise/engine'
import { clopperPearson, type Estimate } from '@edgewise/evidence'
import type { TeacherAnswer } from '../data/answer.ts'
import { normalised } from '../data/near.ts'
import type { Assessed } from '../distil/assess.ts'
import type { Measured } from '../distil/distil.ts'
import type { Fitted } from '../distil/fit.ts'
import type { DistilOptions } from '../distil/options.ts'
import { type Paired, paired } from './paired.ts'
import type { DistilReport, FromScratch, Row, SizeTried } from './types.ts'
import { gateOf, linearGateOf, shippedOf, verdictOf } from './verdict.ts'

export function distilReport(options: DistilOptions, measured: Measured, quantisation: string): DistilReport {
  const { results, learned, tried, best } = measured
  const { student, unquantised, linear, teacher, twin } = results
  const versus = {
    linear: linear && paired(student.right, linear.right),
    teacher: teacher && paired(student.right, teacher.right),
    twin: twin && paired(student.right, twin.right),
  }
  const quantising = paired(student.right, unquantised.right)
  const linearGate = linearGateOf(
    linear && teacher && linear.right.includes(true) ? paired(linear.right, teacher.right) : null,
    options.margin,
  )
  const gate = gateOf({
    right: shareOf(student),
    linear: versus.linear,
    teacher: versus.teacher,
    quantising,
    margin: options.margin,
  })
  const verdict = verdictOf({
    student: shareOf(student),
    linear: linear && { accuracy: shareOf(linear), paired: versus.linear as Paired },
    gate,
  })
  return {
    format: 'edgewise.distilled/1',
    task: options.task,
    at: options.at ?? new Date().toISOString(),
    seed: options.training.seed,
    teacher: options.teacher,
    data: {
      answers: options.answers.length,
      steps: learned.filtered.steps,
      train: learned.train.length,
      held: learned.held.length,
      left: learned.left.length,
      tooLong: best.fitted.tooLong,
      split: options.split.by,
      seeds: options.seeds.length,
      test: options.test.length,
      testRepeats: options.test.length - new Set(options.test.map(({ text }) => normalised(text))).size,
      labels: options.labels?.length ?? null,
    },
    rows: rowsOf(options, measured),
    sizes: tried.map(
      (one): SizeTried => ({
        name: one.size.name,
        layers: one.layers,
        parameters: one.fitted.parameters,
        agrees: one.agrees,
        loss: one.fitted.loss,
        chosen: one === best,
      }),
    ),
    student: {
      name: options.name,
      base: findString(readGguf(options.base).metadata, 'general.name') ?? 'unnamed',
      parameters: best.fitted.parameters,
      quantisation,
      unquantised: shareOf(unquantised),
      quantising,
    },
    versus,
    scratch: scratchOf(best.fitted),
    gate,
    linearGate,
    ships: shippedOf(verdict.code, linearGate),
    verdict,
  }
}

const rightOf = ({ right }: Assessed): number => right.filter((one) => one).length
const shareOf = (assessed: Assessed): number => rightOf(assessed) / assessed.right.length

function rowsOf(
  options: DistilOptions,
  { results, learned, best, linear, twin, majority, studentBytes }: Measured,
): Row[] {
  const { name, teacher, answers, testAnswers, seeds, labels } = options
  const usd = dollarsOf(answers, options.failedUsd)
  const taught = `${learned.train.length} answers of ${teacher.name}`
  return [
    row('teacher', teacher.name, 'not told', results.teacher, 'it was not asked about the test items', {
      usd: dollarsOf(testAnswers),
    }),
    row('student', name, taught, results.student, '', { usd, ...spentOn(best.fitted), bytes: studentBytes }),
    row(
      'twin',
      twin === null ? 'none' : `${name}-twin`,
      `${seeds.length} labels of people`,
      results.twin,
      'there are no gold or seed labels to train it on',
      { usd: 0, ...(twin && { ...spentOn(twin) }) },
    ),
    row(
      'linear',
      labels === null ? 'none' : 'linear head',
      taught,
      results.linear,
      'answers are any text, and a linear head tells labels apart',
      { usd, ...(linear && { seconds: linear.seconds, bytes: linear.bytes }) },
    ),
    row('majority', labels === null ? 'one answer' : majority, 'nothing', results.majority, '', { usd: 0 }),
  ]
}

type Costs = Partial<Pick<Row, 'usd' | 'tokens' | 'flops' | 'seconds' | 'bytes'>>

function row(
  who: Row['who'],
  model: string,
  learned: string,
  assessed: Assessed | null,
  missing: string,
  costs: Costs,
): Row {
  return {
    who,
    model,
    learned,
    right: assessed === null ? 0 : rightOf(assessed),
    of: assessed?.right.length ?? 0,
    accuracy: assessed && estimateOf(assessed),
    missing: assessed === null ? missing : null,
    usd: null,
    tokens: null,
    flops: null,
    seconds: null,
    bytes: null,
    medianMs: assessed?.medianMs ?? null,
    ...costs,
  }
}

function estimateOf(assessed: Assessed): Estimate {
  const value = shareOf(assessed)
  const { low, high } = clopperPearson(rightOf(assessed), assessed.right.length)
  return { value, low: Math.min(low, value), high: Math.max(high, value) }
}

/** `failed` for calls without an answer; null where the cost of any answer is not known. */
const dollarsOf = (answers: readonly TeacherAnswer[], failed = 0): number | null =>
  answers.reduce(
    (sum: number | null, { costUsd }) => (sum === null || costUsd === null ? null : sum + costUsd),
    failed,
  )

const spentOn = (fitted: Fitted): Costs => ({
  tokens: fitted.tokens,
  flops: flopsOf(fitted),
  seconds: fitted.seconds,
})

/** Forward and backward: 6 operations a parameter and token (Kaplan et al. 2020, Scaling laws for neural language models). */
const flopsOf = ({ parameters, tokens }: Pick<Fitted, 'parameters' | 'tokens'>): number =>
  6 * parameters * tokens

/** Tokens a parameter at which a training from nothing is spent best (Hoffmann et al. 2022). */
const TOKENS_A_PARAMETER = 20

function scratchOf(fitted: Fitted): FromScratch {
  const { parameters } = fitted
  const distilled = flopsOf(fitted)
  const scratch = flopsOf({ parameters, tokens: TOKENS_A_PARAMETER * parameters })
  return { distilled, scratch, ratio: scratch / distilled }
}
