/** Whether sequences can be learned from: every row that cannot be is named. And whether options that count are whole numbers from 1. */
import { BadOptionError } from '@edgewise/engine'
import { StudentError } from '../errors.ts'
import type { Trainable } from './trainable.ts'
import type { TeacherTokens, TrainingSequence } from './types.ts'

/** How many rows are named. */
const NAMED = 20
/** Weights that are not 0: of others the sum of a step, or its share, is no number any more. */
const [LEAST_WEIGHT, MOST_WEIGHT] = [1e-30, 1e30]

/** Throws BadOptionError; what is not given is right. */
export function checkCounts(counts: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value = 1] of Object.entries(counts)) {
    if (!Number.isInteger(value) || value < 1)
      throw new BadOptionError(`${name} is ${value}: a whole number from 1`)
  }
}

/** Throws StudentError `examples_invalid`. */
export function checkSequences({ shape, config }: Trainable, sequences: readonly TrainingSequence[]): void {
  if (sequences.length === 0) {
    throw new StudentError('examples_invalid', 'there are no sequences to learn from: give at least one')
  }
  const issues: string[] = []
  for (const [row, sequence] of sequences.entries()) {
    const problem = problemOf(sequence, shape.vocab, config.contextLength)
    if (problem !== undefined) issues.push(`sequence ${row + 1}: ${problem}`)
  }
  if (issues.length === 0) return
  throw new StudentError(
    'examples_invalid',
    `${issues.length} of ${sequences.length} sequences cannot be learned from, the first ${issues[0]}`,
    issues.slice(0, NAMED),
  )
}

function problemOf(
  { ids, weights, teacher }: TrainingSequence,
  vocab: number,
  context: number,
): string | undefined {
  if (ids.length < 2)
    return `has ${ids.length} tokens: at least two are needed, one to read and one to predict`
  if (ids.length > context + 1) return `has ${ids.length} tokens, and the model reads ${context}: cut it`
  const unknown = ids.findIndex((id) => !isToken(id, vocab))
  if (unknown >= 0) return `has the token ${ids[unknown]}, which is not one of ${vocab}`
  if (weights.length !== ids.length) return `has ${weights.length} weights for ${ids.length} tokens`
  const wrong = weights.findIndex(
    (weight) => !(weight === 0 || (weight >= LEAST_WEIGHT && weight <= MOST_WEIGHT)),
  )
  if (wrong >= 0) {
    return `has the weight ${weights[wrong]}: a weight is 0, or from ${LEAST_WEIGHT} to ${MOST_WEIGHT}`
  }
  if (!weights.some((weight, i) => i > 0 && weight > 0)) return 'has no token whose weight is above 0'
  const seen = new Set<number>()
  for (const place of teacher ?? []) {
    if (seen.has(place.at)) return `has two teachers at ${place.at}`
    seen.add(place.at)
    const problem = teacherProblem(place, ids.length, vocab)
    if (problem !== undefined) return `has a teacher at ${place.at} ${problem}`
  }
  return undefined
}

function teacherProblem(
  { at, ids, probabilities }: TeacherTokens,
  length: number,
  vocab: number,
): string | undefined {
  if (!Number.isInteger(at) || at < 1 || at >= length) return `, outside of 1 to ${length - 1}`
  if (ids.length === 0 || ids.length !== probabilities.length)
    return `with ${probabilities.length} probabilities of ${ids.length} tokens`
  if (ids.findIndex((id) => !isToken(id, vocab)) >= 0 || new Set(ids).size !== ids.length)
    return `whose tokens are not distinct ones of ${vocab}`
  if (probabilities.findIndex((p) => !(p >= 0 && p <= 1)) >= 0) return 'whose probabilities are not 0 to 1'
  const sum = probabilities.reduce((total, p) => total + p, 0)
  return sum > 0 && sum < 1.001 ? undefined : `whose probabilities sum to ${sum}`
}

const isToken = (id: number, vocab: number): boolean => Number.isInteger(id) && id >= 0 && id < vocab
