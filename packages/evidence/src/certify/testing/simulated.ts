/**
 * Traces with a harm that is known: the signal is uniform in (0, 1], and the chance that staying on the device harms is a function of it.
 * So of all calls kept by a bar, the share that is harmed is its integral above the bar.
 */
import { NOTHING_KNOWN, type Outcome, type TraceItem } from '../../trace/item.ts'

export interface Shape {
  readonly name: string
  /** The mean harm at a signal. */
  readonly harmAt: (signal: number) => number
  /** The harm of all calls under the bar at this signal: the integral of `harmAt` from it to 1. */
  readonly harmAbove: (threshold: number) => number
  /** A harm with this mean. Default: 1 or 0. */
  readonly draw?: (mean: number, random: () => number) => number
  /** Values the signal takes: it is rounded up to a multiple of 1 / levels. Default: any. */
  readonly levels?: number
}

const falling: Shape = {
  name: 'harm falls with the signal',
  harmAt: (signal) => 0.4 * (1 - signal),
  harmAbove: (threshold) => 0.2 * (1 - threshold) ** 2,
}

export const SHAPES: readonly Shape[] = [
  falling,
  { name: 'harm does not depend on the signal', harmAt: () => 0.2, harmAbove: (t) => 0.2 * (1 - t) },
  {
    name: 'the most certain are wrong, too',
    harmAt: (signal) => (signal > 0.95 ? 0.5 : 0.08),
    harmAbove: (t) => 0.5 * (1 - Math.max(t, 0.95)) + 0.08 * Math.max(0, 0.95 - t),
  },
  {
    name: 'a signal of five values',
    levels: 5,
    harmAt: (signal) => 0.25 * (1.2 - signal),
    harmAbove: (t) => {
      let harm = 0
      for (let i = Math.ceil(t * 5 - 1e-9); i <= 5; i++) harm += (0.25 * (1.2 - i / 5)) / 5
      return harm
    },
  },
  {
    ...falling,
    name: 'scores: half of the harm at a time',
    draw: (mean, random) => (random() < 2 * mean ? 0.5 : 0),
  },
  {
    ...falling,
    name: 'scores: harm that varies little',
    draw: (mean, random) => mean * (0.5 + random()),
  },
]

export const outcome = (score: number, signals: Outcome['signals'] = {}): Outcome => ({
  ...NOTHING_KNOWN,
  score,
  signals,
})

/** The device is worth 1 - harm, the cloud 1. */
export function simulated(shape: Shape, n: number, random: () => number): TraceItem[] {
  return Array.from({ length: n }, (_, i) => {
    const uniform = 1 - random()
    const confidence = shape.levels === undefined ? uniform : Math.ceil(uniform * shape.levels) / shape.levels
    const mean = shape.harmAt(confidence)
    const harm = shape.draw?.(mean, random) ?? (random() < mean ? 1 : 0)
    return {
      id: String(i),
      task: 'simulated',
      at: null,
      prompt: null,
      promptDigest: null,
      models: { small: outcome(1 - harm, { confidence }), large: outcome(1) },
    }
  })
}

export const PAIR = { device: 'small', cloud: 'large' } as const
