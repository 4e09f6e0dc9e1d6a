/**
 * Sequences to steps, and a step to the pieces that are run at once. All of it depends on the seed alone: epochs are shuffled whole, a step
 * takes sequences up to its tokens, a piece takes those of a step in order. Pieces are packed: one sequence behind the other, no padding.
 */
import { seededRandom } from '@edgewise/engine'
import type { TeacherTokens, TrainingSequence } from './types.ts'

/** Sequences packed for one pass. */
export interface Piece {
  /** [n] tokens that are read, and the position of each in its sequence. */
  readonly ids: Int32Array
  readonly positions: Int32Array
  /** Where each sequence begins, and how many tokens of it are read. */
  readonly sequences: readonly { readonly start: number; readonly length: number }[]
  /** The rows whose next token counts, in order. */
  readonly targets: readonly Target[]
}

export interface Target {
  readonly row: number
  readonly id: number
  readonly weight: number
  /** In place of `id`. */
  readonly teacher?: TeacherTokens
}

/** Tokens that are read: up to the one before the last that counts. */
export function tokensRead({ weights }: TrainingSequence): number {
  return weights.findLastIndex((weight, i) => i > 0 && weight > 0)
}

export function longestOf(lengths: readonly number[]): number {
  return lengths.reduce((most, length) => Math.max(most, length), 0)
}

/** The steps of one epoch (from 0): the numbers of their sequences. */
export function epochSteps(
  lengths: readonly number[],
  batchTokens: number,
  seed: number,
  epoch: number,
): number[][] {
  const order = lengths.map((_, i) => i)
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) + epoch)
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const kept = order[i]!
    order[i] = order[j]!
    order[j] = kept
  }
  return fill(order, lengths, batchTokens)
}

/** Numbers in order, as many at once as make `tokens` at most, and one at least. */
export function fill(order: readonly number[], lengths: readonly number[], tokens: number): number[][] {
  const all: number[][] = []
  let held = 0
  for (const number of order) {
    const length = lengths[number]!
    if (all.length === 0 || held + length > tokens) {
      all.push([])
      held = 0
    }
    all.at(-1)!.push(number)
    held += length
  }
  return all
}

export function pieceOf(sequences: readonly TrainingSequence[]): Piece {
  const lengths = sequences.map(tokensRead)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const ids = new Int32Array(total)
  const positions = new Int32Array(total)
  const targets: Target[] = []
  let start = 0
  const placed = sequences.map((sequence, s) => {
    const length = lengths[s]!
    const teachers = new Map(sequence.teacher?.map((teacher) => [teacher.at, teacher]))
    for (let i = 0; i < length; i++) {
      ids[start + i] = sequence.ids[i]!
      positions[start + i] = i
      const weight = sequence.weights[i + 1]!
      const teacher = teachers.get(i + 1)
      if (weight > 0)
        targets.push({ row: start + i, id: sequence.ids[i + 1]!, weight, ...(teacher && { teacher }) })
    }
    start += length
    return { start: start - length, length }
  })
  return { ids, positions, sequences: placed, targets }
}
