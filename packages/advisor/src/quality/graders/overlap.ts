/**
 * Rewriting: how much of the wanted words an answer has, whatever their order (token F1, as SQuAD has it: Rajpurkar et al. 2016) or in their
 * order (ROUGE-L: Lin 2004, as F1). Both say how near the wording is, not whether the meaning is kept.
 */
import { wordsOf } from '../text-forms.ts'
import { overlapF1 } from './fields.ts'
import { expectedText, type Grader, mustBeText } from './grader.ts'

/** Longer texts are compared by their first words: the time grows with the product of both lengths. */
const MOST_WORDS = 4000

export function tokenF1(): Grader {
  return {
    name: 'words',
    how: 'the score is the F1 of its words with the expected ones, in any order: 2 x shared / (answered + expected), without regard to case and punctuation',
    key: 'words/1',
    instructions: null,
    cannotGrade: mustBeText,
    grade: (answer, example) => ({ score: overlapF1(wordsOf(answer), wordsOf(expectedText(example))) }),
  }
}

export function rougeL(): Grader {
  return {
    name: 'rouge',
    how: 'the score is ROUGE-L: the F1 of the longest common sequence of words, without regard to case and punctuation',
    key: 'rouge/1',
    instructions: null,
    cannotGrade: mustBeText,
    grade(answer, example) {
      const said = wordsOf(answer).slice(0, MOST_WORDS)
      const wanted = wordsOf(expectedText(example)).slice(0, MOST_WORDS)
      const total = said.length + wanted.length
      return { score: total === 0 ? 1 : (2 * longestCommon(said, wanted)) / total }
    },
  }
}

/** Length of the longest sequence of words that both have in their order: one row of the table at a time. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  let above = new Uint32Array(b.length + 1)
  let row = new Uint32Array(b.length + 1)
  for (const word of a) {
    for (let j = 1; j <= b.length; j++)
      row[j] = word === b[j - 1] ? above[j - 1]! + 1 : Math.max(above[j]!, row[j - 1]!)
    ;[above, row] = [row, above]
  }
  return above[b.length]!
}
