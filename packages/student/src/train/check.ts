/** Whether sequences can be learned from: every row that cannot be is named. */
import { StudentError } from '../errors.ts'
import type { Trainable } from './trainable.ts'
import type { TeacherTokens, TrainingSequence } from './types.ts'

/** How many rows are named. */
const NAMED = 20

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
  const unknown = ids.find((id) => !isToken(id, vocab))
  if (unknown !== undefined) return `has the token ${unknown}, which is not one of ${vocab}`
  if (weights.length !== ids.length) return `has ${weights.length} weights for ${ids.length} tokens`
  const wrong = weights.find((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY))
  if (wrong !== undefined) return `has the weight ${wrong}: weights are finite and from 0`
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
  if (ids.some((id) => !isToken(id, vocab)) || new Set(ids).size !== ids.length)
    return `whose tokens are not distinct ones of ${vocab}`
  if (probabilities.some((p) => !(p >= 0 && p <= 1))) return 'whose probabilities are not 0 to 1'
  const sum = probabilities.reduce((total, p) => total + p, 0)
  return sum > 0 && sum < 1.001 ? undefined : `whose probabilities sum to ${sum}`
}

const isToken = (id: number, vocab: number): boolean => Number.isInteger(id) && id >= 0 && id < vocab
