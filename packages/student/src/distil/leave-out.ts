/**
 * The same texts with some tokens left out, others each time they are gone through: a small model that has seen a text six times knows it by heart, and
 * words of it stand for the label then that have nothing to do with it (word dropout, Iyyer et al. 2015). For labels alone: an answer that repeats
 * what was asked needs all of it.
 */
import type { TrainingSequence } from '../train/types.ts'

/**
 * `share`: of the tokens between the first and the one that ends the text, 0 to below 1. The answer, and its place as the teacher's
 * probabilities name it, stay as they are.
 */
export function leaveOut(sequence: TrainingSequence, share: number, random: () => number): TrainingSequence {
  const answer = sequence.weights.findIndex((weight, i) => i > 0 && weight > 0)
  const stays = sequence.ids.map((_, i) => i === 0 || i >= answer - 1 || random() >= share)
  const shift = stays.slice(0, answer).filter((stay) => !stay).length
  return {
    ids: sequence.ids.filter((_, i) => stays[i]),
    weights: sequence.weights.filter((_, i) => stays[i]),
    ...(sequence.teacher && {
      teacher: sequence.teacher.map((place) => ({ ...place, at: place.at - shift })),
    }),
  }
}
