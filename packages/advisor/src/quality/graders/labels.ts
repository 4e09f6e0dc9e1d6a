/**
 * One of labels: an answer is the label whose name it is, and nothing else may stand beside it, because an application that switches on the
 * label cannot read more either. Case, white space, underscores, hyphens, quotation marks and closing punctuation do not count.
 */
import { AdvisorError } from '../../errors.ts'
import type { Example } from '../example.ts'
import { normalisedLabel } from '../text-forms.ts'
import { expectedText, type Grader, mustBeText } from './grader.ts'

/** Told to a model; more would fill a small model's context. All of them are accepted as answers. */
const MOST_TOLD = 200

/** Throws AdvisorError `grader_invalid` for fewer than two labels, or two with one normal form. */
export function oneOfLabels(labels: readonly string[]): Grader {
  const known = new Map<string, string>()
  for (const label of labels) {
    const form = normalisedLabel(label)
    const other = known.get(form)
    if (form === '' || other !== undefined)
      throw new AdvisorError(
        'grader_invalid',
        other === undefined
          ? `the label ${JSON.stringify(label)} has no letter or digit: name it otherwise`
          : `the labels ${JSON.stringify(other)} and ${JSON.stringify(label)} cannot be told apart: rename one`,
      )
    known.set(form, label)
  }
  if (known.size < 2)
    throw new AdvisorError(
      'grader_invalid',
      'there are fewer than two labels: there is nothing to choose from',
    )
  return {
    name: 'label',
    how: `an answer is right when it is the expected one of ${known.size} labels and nothing else, without regard to case, white space, underscores, hyphens, quotation marks around it and closing punctuation`,
    key: `label/1 ${JSON.stringify([...known.keys()].sort())}`,
    instructions:
      known.size > MOST_TOLD
        ? 'Classify the message. Answer with the name of its label and nothing else.'
        : `Classify the message. Answer with exactly one of these labels and nothing else: ${labels.join(', ')}.`,
    cannotGrade: (example) =>
      mustBeText(example) ??
      (known.has(normalisedLabel(expectedText(example))) ? null : 'is none of the labels'),
    grade(answer, example) {
      const form = normalisedLabel(answer)
      if (!known.has(form)) return { score: 0, note: 'none of the labels' }
      return { score: form === normalisedLabel(expectedText(example)) ? 1 : 0 }
    },
  }
}

/** What the examples expect, in the order in which it first comes. */
export const labelsOf = (examples: readonly Example[]): readonly string[] => [
  ...new Map(
    examples.flatMap(({ expected }) =>
      typeof expected === 'string' ? [[normalisedLabel(expected), expected] as const] : [],
    ),
  ).values(),
]
