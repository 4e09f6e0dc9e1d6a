/** Graded answers -> what each candidate got right, with intervals, and how it compares with the cloud on the examples both answered. */
import { clopperPearson, type Estimate } from '@edgewise/evidence'
import type { MeasuredQuality } from '../use-case/types.ts'
import type { GradedAnswer } from './answer.ts'
import { differenceEstimate, keptEstimate, meanEstimate } from './intervals.ts'

export interface CandidateQuality extends MeasuredQuality {
  /** As the model calls itself. */
  readonly model: string
  readonly quantisation: string | null
  /** Its quality less the cloud's on the same examples, -1 to 1; null where the cloud was not asked, and for the cloud. */
  readonly difference: Estimate | null
  readonly kept: Estimate | null
  /** Calls without an answer: what does not fit the model counts as wrong, what failed otherwise is left out of `of`. */
  readonly failed: number
  /** What was wrong with the form of answers, and how often: `none of the labels`, `no JSON`. */
  readonly notes: { readonly [note: string]: number }
  /** Of answers that a judge was asked about twice: how many it graded differently, with the exact interval of the share. */
  readonly judge: {
    readonly again: number
    readonly differed: number
    readonly low: number
    readonly high: number
  } | null
  /** Milliseconds to the end of an answer, half of them are faster; null where nothing was timed. */
  readonly medianMs: number | null
  /** Dollars of all answers; null where the price is not known. */
  readonly costUsd: number | null
  readonly answers: readonly GradedAnswer[]
}

/** `answers`: a list a candidate, in the order of the examples. The cloud is who is called so. */
export function compared(answers: readonly (readonly GradedAnswer[])[]): readonly CandidateQuality[] {
  const cloud = answers.find((ofOne) => ofOne[0]?.who === 'cloud') ?? null
  return answers.flatMap((ofOne) => (ofOne.length === 0 ? [] : [qualityOf(ofOne, cloud)]))
}

function qualityOf(
  answers: readonly GradedAnswer[],
  cloud: readonly GradedAnswer[] | null,
): CandidateQuality {
  const { who, model } = answers[0]!
  const scores = answers.flatMap(({ grade }) => (grade.score === null ? [] : [grade.score]))
  const share = meanEstimate(scores)
  const [ours, theirs] = cloud === null || who === 'cloud' ? [[], []] : both(answers, cloud)
  const costs = answers.flatMap(({ outcome }) => (outcome.costUsd === null ? [] : [outcome.costUsd]))
  return {
    who,
    right: scores.reduce((sum, score) => sum + score, 0),
    of: scores.length,
    low: share?.low ?? 0,
    high: share?.high ?? 1,
    model,
    quantisation: answers.find(({ outcome }) => outcome.quantisation !== null)?.outcome.quantisation ?? null,
    difference: differenceEstimate(ours, theirs),
    kept: keptEstimate(ours, theirs),
    failed: answers.filter(({ failed }) => failed !== null).length,
    notes: notesOf(answers),
    judge: judgedTwice(answers),
    medianMs: median(answers.flatMap(({ outcome }) => outcome.latencyMs ?? [])),
    costUsd: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
    answers,
  }
}

/** The quality of one candidate less another's, over the examples that both have a score for; null without one. */
export function qualityDifference(
  ours: Pick<CandidateQuality, 'answers'>,
  theirs: Pick<CandidateQuality, 'answers'>,
): Estimate | null {
  return differenceEstimate(...both(ours.answers, theirs.answers))
}

/** The scores of examples that both have one for. */
function both(ours: readonly GradedAnswer[], theirs: readonly GradedAnswer[]): [number[], number[]] {
  const ofCloud = new Map(theirs.map(({ id, grade }) => [id, grade.score]))
  const pairs = ours.flatMap(({ id, grade: { score } }) => {
    const other = ofCloud.get(id) ?? null
    return score === null || other === null ? [] : [[score, other] as const]
  })
  return [pairs.map(([score]) => score), pairs.map(([, score]) => score)]
}

function notesOf(answers: readonly GradedAnswer[]): { readonly [note: string]: number } {
  const counts = new Map<string, number>()
  for (const { grade } of answers)
    if (grade.note !== undefined) counts.set(grade.note, (counts.get(grade.note) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Only what a judge could read both times says whether it agrees with itself. */
function judgedTwice(answers: readonly GradedAnswer[]): CandidateQuality['judge'] {
  const twice = answers.flatMap(({ grade: { score, again } }) =>
    again === undefined || again === null || score === null ? [] : [score !== again],
  )
  const differed = twice.filter((differs) => differs).length
  return twice.length === 0
    ? null
    : { again: twice.length, differed, ...clopperPearson(differed, twice.length) }
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}
