/**
 * What a linear classifier makes of each example without having seen it: the examples are dealt into five parts, and each part is
 * labelled by a classifier that was trained on the other four. Texts that are the same lie in one part, so none is graded by a
 * classifier that knows its twin. Deterministic: the same examples give the same answers.
 */
import { seededRandom, shuffle } from '@edgewise/evidence'
import { normalised } from '../text-forms.ts'
import { type Features, featuresOf } from './features.ts'
import { trainLinear } from './softmax.ts'

export interface LabelledText {
  readonly text: string
  readonly label: string
}

export interface CrossFitted {
  readonly label: string
  /** Natural logarithm of the probability it gave its label. */
  readonly logprob: number
  /** Milliseconds to make features of the text and to label it. */
  readonly ms: number
}

const PARTS = 5

/** Examples it takes: one to learn from and another to label. */
export const FEWEST_TEXTS = 2

/**
 * One answer a text, in their order; `onPart` is told how many are labelled. null: all texts are the same one, so nothing can be left
 * out. Throws the signal's reason.
 */
export async function crossFit(
  texts: readonly LabelledText[],
  { signal, onPart }: { readonly signal?: AbortSignal; readonly onPart?: (labelled: number) => void } = {},
): Promise<readonly CrossFitted[] | null> {
  const parts = dealt(texts)
  if (new Set(parts).size < 2) return null
  const features = texts.map(({ text }): { features: Features; ms: number } => {
    const from = performance.now()
    return { features: featuresOf(text), ms: performance.now() - from }
  })
  const answers: CrossFitted[] = []
  let labelled = 0
  for (let part = 0; part < PARTS; part++) {
    const asked = texts.flatMap((_, i) => (parts[i] === part ? [i] : []))
    if (asked.length === 0) continue
    signal?.throwIfAborted()
    const known = texts.flatMap(({ label }, i) =>
      parts[i] === part ? [] : [{ features: features[i]!.features, label }],
    )
    const model = await trainLinear(known, signal)
    for (const i of asked) {
      const from = performance.now()
      const answer = model.classify(features[i]!.features)
      answers[i] = { ...answer, ms: features[i]!.ms + performance.now() - from }
    }
    labelled += asked.length
    onPart?.(labelled)
  }
  return answers
}

/** The part of each text. Each label's texts are dealt round, so that a rare label is in as many parts as it can be. */
function dealt(texts: readonly LabelledText[]): number[] {
  const groups = new Map<string, number[]>()
  for (const [i, { text }] of texts.entries()) {
    const form = normalised(text)
    groups.set(form, [...(groups.get(form) ?? []), i])
  }
  const ofLabel = new Map<string, number[][]>()
  for (const group of groups.values()) {
    const { label } = texts[group[0]!]!
    ofLabel.set(label, [...(ofLabel.get(label) ?? []), group])
  }
  const parts = new Array<number>(texts.length)
  const random = seededRandom(2)
  let next = 0
  for (const [, ofOne] of [...ofLabel].sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const group of shuffle(ofOne, random)) {
      for (const i of group) parts[i] = next % PARTS
      next++
    }
  return parts
}
