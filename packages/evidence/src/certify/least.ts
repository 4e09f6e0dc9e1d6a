/** The least whole number from 1 on that passes, where all above it pass too; at most a billion. */
export function least(passes: (n: number) => boolean): number {
  let high = 1
  while (high < 1e9 && !passes(high)) high *= 2
  let low = Math.floor(high / 2)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (passes(middle)) high = middle
    else low = middle
  }
  return high
}
