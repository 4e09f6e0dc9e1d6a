/** Examples in, a head out: checked, cross-fitted for what the head promises, then trained on all of them and rounded as its file is. */
import { checkExamples } from '../data/check.ts'
import { placeOf } from '../data/example.ts'
import { StudentError } from '../errors.ts'
import { scopeOf, temperatureOf } from './calibrate.ts'
import { readUnseen, wantedOf } from './cross-fit.ts'
import { featuresOf, wordsOf } from './features.ts'
import { MOST_LABELS } from './file.ts'
import { headOf } from './head.ts'
import { knownOf, rowOf } from './known.ts'
import { fit } from './softmax.ts'
import { toSteps } from './steps.ts'
import type { LinearExample, LinearHead, LinearOptions } from './types.ts'

/**
 * 15,000 short texts of 150 labels take about 15 seconds on one core (docs/linear.md); the host breathes meanwhile. Throws StudentError
 * `examples_invalid` with the rows named, and the signal's reason. Texts that are there with two labels are no error: `conflictsOf`.
 */
export async function trainLinear(
  examples: readonly LinearExample[],
  { labels: given, outOfScopeLabel, seed = 1, signal }: LinearOptions = {},
): Promise<LinearHead> {
  checkExamples(examples.map(named), 'the training set', given ?? null)
  const labels = [...new Set(examples.map(({ target }) => target))].sort()
  const outside = outOfScopeLabel === undefined ? -1 : labels.indexOf(outOfScopeLabel)
  if (outOfScopeLabel !== undefined && outside < 0)
    throw unusable(
      `no example has the label "${outOfScopeLabel}", which is said to be out of scope: add some, or leave it out`,
    )
  if (outside >= 0 && labels.length < 3)
    throw unusable('there is one label beside the one out of scope: a head needs two to tell apart')
  if (labels.length > MOST_LABELS)
    throw unusable(
      `there are ${labels.length} different answers, so they are no labels: ${MOST_LABELS} are the most`,
    )
  const wanted = wantedOf(examples, labels)
  const unseen = await readUnseen(examples, wanted, labels.length, { seed, signal })
  if (unseen === null) throw unusable('all examples ask the same: there is nothing to tell apart')
  const features = examples.map(({ text }) => featuresOf(text))
  const known = knownOf(features, labels.length)
  const rows = features.map((of) => rowOf(of, known))
  const shape = { features: known.places.length, labels: labels.length }
  return headOf({
    labels,
    outOfScopeLabel: outOfScopeLabel ?? null,
    known,
    weights: toSteps(await fit(rows, wanted, shape, { seed, signal })),
    temperature: temperatureOf(unseen, wanted),
    scope: scopeOf(unseen, wanted, outside),
  })
}

/** Rows that ask the same and have different answers, a line each, for people to look at; a head learns from the lot. */
export function conflictsOf(examples: readonly LinearExample[]): readonly string[] {
  const first = new Map<string, { example: LinearExample; place: string }>()
  const lines: string[] = []
  for (const [i, example] of examples.entries()) {
    const key = wordsOf(example.text).join(' ') || example.text.trim()
    const place = placeOf(named(example, i))
    const before = first.get(key)
    if (before === undefined) first.set(key, { example, place })
    else if (before.example.target !== example.target)
      lines.push(
        `${place}: "${example.target}", and "${before.example.target}" of the same text in ${before.place}`,
      )
  }
  return lines
}

/** By its place in the list, from 1, where it says neither its id nor its row. */
const named = ({ text, target, id, row }: LinearExample, i: number) => ({
  text,
  target,
  from: 'gold' as const,
  id: id ?? `number ${i + 1}`,
  ...(row === undefined ? (id === undefined ? { row: i + 1 } : {}) : { row }),
})

const unusable = (why: string): StudentError => new StudentError('examples_invalid', why)
