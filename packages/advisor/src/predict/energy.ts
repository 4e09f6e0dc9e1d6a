/**
 * Energy of a call. Published for one phone only: 0.10 J a token at 1.5 billion parameters, 0.22 to 0.32 J at 3 billion, both 4-bit, and
 * about 4.7 W of the whole package while it lasts (github.com/john-rocky/apple-silicon-llm-bench, energy runs on an iPhone 17 Pro). So a
 * token costs about 0.14 J for each GB of weights that it reads (0.8 GB and 1.8 GB there), from 0.12 to 0.18, and a prompt its seconds
 * times the power. Of other classes nothing was published with its conditions: null.
 */
import type { DeviceClass } from '../facts/types.ts'
import type { Predicted } from './types.ts'

export const ENERGY_SOURCE: string =
  'github.com/john-rocky/apple-silicon-llm-bench, energy runs on an iPhone 17 Pro: its range, not a tested interval'

export const JOULES_A_GB = { value: 0.14, low: 0.12, high: 0.18 }
export const WATTS = 4.7

export function energyOf(
  kind: DeviceClass,
  outputTokens: number,
  weightBytes: number,
  promptSeconds: { readonly value: number; readonly low: number; readonly high: number },
  level: number,
): Predicted | null {
  if (kind !== 'phone') return null
  const read = (outputTokens * weightBytes) / 1e9
  const joules = (end: 'value' | 'low' | 'high'): number =>
    JOULES_A_GB[end] * read + WATTS * promptSeconds[end]
  return { value: joules('value'), low: joules('low'), high: joules('high'), level }
}
