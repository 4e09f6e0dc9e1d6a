/** The linear classifier as a candidate: cross-fitted over the examples, graded as a model's answers are. */
import { sha256 } from '@edgewise/evidence'
import { crossFit, FEWEST_TEXTS } from '@edgewise/student/linear'
import { AdvisorError } from '../errors.ts'
import { type GradedAnswer, NO_OUTCOME } from './answer.ts'
import { askedText, type Example } from './example.ts'
import type { Grader } from './graders/grader.ts'
import type { QualityOptions } from './measure.ts'
import { normalisedLabel } from './text-forms.ts'

/** Counted up when the classifier changes, so that kept answers of the old one are not taken. */
const VERSION = 'linear/2'

/** With more, what is expected is text to be written and no label to be chosen. */
const MOST_LABELS = 1000

/** Why no classifier can be trained on these, a clause; null when one can. */
export function noLinear(examples: readonly Example[]): string | null {
  const labels = new Set<string>()
  for (const { expected } of examples) {
    if (typeof expected !== 'string') return 'what is expected is not always a text'
    labels.add(normalisedLabel(expected))
  }
  if (examples.length < FEWEST_TEXTS) return 'there is one example'
  if (labels.size < 2) return 'what is expected is always the same'
  if (labels.size > MOST_LABELS || labels.size > examples.length / 2)
    return `there are ${labels.size} different answers to ${examples.length} examples, so they are no labels`
  return null
}

/** Throws AdvisorError `examples_invalid` where no classifier can be trained, the signal's reason, and what the grader throws. */
export async function askLinear(
  examples: readonly Example[],
  grader: Grader,
  { signal, kept, onAnswer, onProgress }: QualityOptions,
): Promise<readonly GradedAnswer[]> {
  const why = noLinear(examples)
  if (why !== null) throw untrainable(why)
  // One form a label, so that two spellings of it are one.
  const spelling = new Map<string, string>()
  const texts = examples.map((example) => {
    const expected = example.expected as string
    const form = normalisedLabel(expected)
    if (!spelling.has(form)) spelling.set(form, expected)
    return { text: askedText(example), target: spelling.get(form)! }
  })
  // Each answer depends on all examples.
  const call = await sha256(JSON.stringify([VERSION, texts]))
  const same = { who: 'linear', model: 'linear', call, grader: grader.key, failed: null }
  const before = new Map(
    (kept ?? []).flatMap((answer) =>
      answer.who === 'linear' && answer.call === call && answer.grader === grader.key
        ? [[answer.id, answer]]
        : [],
    ),
  )
  const of = examples.length
  if (examples.every(({ id }) => before.has(id))) {
    onProgress?.({ who: 'linear', done: of, of })
    return examples.map(({ id }) => before.get(id)!)
  }
  const onPart = (done: number): void => onProgress?.({ who: 'linear', done, of })
  const fitted = await crossFit(texts, { ...(signal && { signal }), onPart })
  if (fitted === null) throw untrainable('they all ask the same')
  const answers: GradedAnswer[] = []
  for (const [i, { label, logprob, ms }] of fitted.entries()) {
    const example = examples[i]!
    const grade = await grader.grade(label, example, signal)
    const outcome = { ...NO_OUTCOME, signals: { meanLogprob: logprob }, latencyMs: ms }
    const answer: GradedAnswer = { ...same, id: example.id, text: label, grade, outcome }
    answers.push(answer)
    await onAnswer?.(answer)
  }
  return answers
}

const untrainable = (why: string): AdvisorError =>
  new AdvisorError(
    'examples_invalid',
    `no linear classifier can be trained on these examples (${why}): leave "linear" out, or give examples whose answers are labels`,
  )
