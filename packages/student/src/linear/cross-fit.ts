/**
 * What a linear head makes of each example without having seen it: the examples are dealt into five parts, and each part is read by a
 * head that was trained on the other four, rounded as a file's is. Heads are calibrated by it, and tables of examples that have no
 * test set take their row from it. Deterministic: the same examples and seed give the same.
 */
import { temperatureOf } from './calibrate.ts'
import { dealt, PARTS } from './dealt.ts'
import { featuresOf, type TextFeatures } from './features.ts'
import { knownOf, rowOf } from './known.ts'
import { type FitOptions, fit, toShares } from './softmax.ts'
import { logits, toSteps } from './steps.ts'
import type { LinearExample } from './types.ts'

export interface CrossFitted {
  readonly label: string
  /** Natural logarithm of its calibrated probability. */
  readonly logprob: number
  /** Milliseconds to make features of the text and to label it. */
  readonly ms: number
}

/** Examples it takes: one to learn from and another to label. */
export const FEWEST_TEXTS: number = 2

export interface CrossFitOptions {
  readonly signal?: AbortSignal
  /** Told after each part how many texts are labelled. */
  readonly onPart?: (labelled: number) => void
}

/** One answer a text, in their order. null: all texts are the same one, so nothing can be left out. Throws the signal's reason. */
export async function crossFit(
  texts: readonly LinearExample[],
  { signal, onPart }: CrossFitOptions = {},
): Promise<readonly CrossFitted[] | null> {
  const labels = [...new Set(texts.map(({ target }) => target))].sort()
  const wanted = wantedOf(texts, labels)
  const read = await readUnseen(texts, wanted, labels.length, { seed: 1, signal, onPart })
  if (read === null) return null
  const temperature = temperatureOf(read, wanted)
  return read.map(({ logits, ms }) => {
    const shares = Float64Array.from(logits)
    toShares(shares, temperature)
    let best = 0
    for (let k = 1; k < shares.length; k++) if (shares[k]! > shares[best]!) best = k
    return { label: labels[best]!, logprob: Math.log(shares[best]!), ms }
  })
}

export const wantedOf = (texts: readonly LinearExample[], labels: readonly string[]): readonly number[] => {
  const numbers = new Map(labels.map((label, i) => [label, i]))
  return texts.map(({ target }) => numbers.get(target)!)
}

/** A text as a head sees it that has not learned it. */
export interface ReadUnseen {
  /** [labels], not calibrated. */
  readonly logits: Float32Array
  /** Share of its features that the head does not know. */
  readonly unknown: number
  readonly ms: number
}

export async function readUnseen(
  texts: readonly LinearExample[],
  wanted: readonly number[],
  labels: number,
  { onPart, ...options }: FitOptions & { readonly onPart?: CrossFitOptions['onPart'] | undefined },
): Promise<readonly ReadUnseen[] | null> {
  const parts = dealt(
    texts.map(({ text }) => text),
    texts.map(({ target }) => target),
  )
  if (new Set(parts).size < 2) return null
  const timed = texts.map(({ text }): { features: TextFeatures; ms: number } => {
    const from = performance.now()
    return { features: featuresOf(text), ms: performance.now() - from }
  })
  const read = new Array<ReadUnseen>(texts.length)
  let labelled = 0
  for (let part = 0; part < PARTS; part++) {
    const asked = texts.flatMap((_, i) => (parts[i] === part ? [i] : []))
    if (asked.length === 0) continue
    options.signal?.throwIfAborted()
    const learned = texts.flatMap((_, i) => (parts[i] === part ? [] : [i]))
    const known = knownOf(
      learned.map((i) => timed[i]!.features),
      labels,
    )
    const rows = learned.map((i) => rowOf(timed[i]!.features, known))
    const shape = { features: known.places.length, labels }
    const targets = learned.map((i) => wanted[i]!)
    const weights = toSteps(await fit(rows, targets, shape, options))
    for (const i of asked) {
      const from = performance.now()
      const row = rowOf(timed[i]!.features, known)
      const own = new Float32Array(labels)
      logits(row, weights, own)
      read[i] = { logits: own, unknown: row.unknown, ms: timed[i]!.ms + performance.now() - from }
    }
    labelled += asked.length
    onPart?.(labelled)
  }
  return read
}
