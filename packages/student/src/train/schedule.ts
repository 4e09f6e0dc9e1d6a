/** How fast a step learns. */

/** Share of the steps that warm up. */
const WARM_UP = 0.05

/** The rate of `step` (from 1) of `steps`: a straight line to `peak`, then a cosine to a tenth of it at the last step. */
export function rateOf(step: number, steps: number, peak: number): number {
  const warm = Math.ceil(WARM_UP * steps)
  if (step <= warm) return (peak * step) / warm
  const through = (step - warm) / (steps - warm)
  return peak * (0.1 + 0.45 * (1 + Math.cos(Math.PI * through)))
}
