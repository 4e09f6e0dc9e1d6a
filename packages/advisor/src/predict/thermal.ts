/**
 * Heat. A phone that goes on computing gives less: after ten minutes an iPhone 17 Pro decoded at 0.50 (Llama 3.2 3B, Core AI, 37.0 to 18.6
 * tokens/s), 0.54 (DeepSeek R1 1.5B, 80 to 43) and 0.78 (Llama 3.2 3B, MLX, 23 to 18) of its speed, at about 4.7 W
 * (github.com/john-rocky/apple-silicon-llm-bench, energy runs). One phone; when the fall begins was not published and is assumed.
 */
import type { DeviceClass } from '../facts/types.ts'

export const HEAT_SOURCE: string =
  'github.com/john-rocky/apple-silicon-llm-bench, energy runs: one phone, ten minutes; the first minute is assumed to be unaffected'

const BEGINS = 60
const MEASURED = 600
/** The median of the three. */
const SUSTAINED = 0.54

/** Of its speed, what a device of this class keeps in a call that would take `seconds` at full speed. */
export function keptSpeed(kind: DeviceClass, seconds: number): number {
  if (kind !== 'phone' && kind !== 'phone-mid') return 1
  if (seconds <= BEGINS) return 1
  const fallen = Math.min(1, Math.log(seconds / BEGINS) / Math.log(MEASURED / BEGINS))
  return 1 - (1 - SUSTAINED) * fallen
}
