/**
 * A sum of floats that is right to the last bit, whatever order they come in: the rounding of each addition is kept beside it (Shewchuk,
 * Adaptive Precision Floating-Point Arithmetic, 1997; rounded as Python's `math.fsum` does). Sums of many small amounts of money agree
 * with each other, and equal sums are equal.
 */
/** Floats that do not overlap, over the whole range of exponents: 2098 bits, 53 each. */
const MOST_PARTS = 40

export class ExactSum {
  /** Of growing size, none overlapping another: their sum is exact. Two or three are in use for sums of money, `MOST_PARTS` at most. */
  readonly #parts = new Float64Array(MOST_PARTS)
  #count = 0

  /** `value` is finite. */
  add(value: number): void {
    if (value === 0) return
    const parts = this.#parts
    let kept = 0
    let high = value
    for (let i = 0; i < this.#count; i++) {
      const part = parts[i]!
      const isLarger = Math.abs(high) < Math.abs(part)
      const large = isLarger ? part : high
      const small = isLarger ? high : part
      high = large + small
      const low = small - (high - large)
      if (low !== 0) parts[kept++] = low
    }
    if (high !== 0) parts[kept++] = high
    this.#count = kept
  }

  /** The float nearest to the sum, to the even one of two. */
  get value(): number {
    const parts = this.#parts
    let i = this.#count - 1
    if (i < 0) return 0
    let high = parts[i]!
    let low = 0
    while (i > 0 && low === 0) {
      const before = high
      const part = parts[--i]!
      high = before + part
      low = part - (high - before)
    }
    // Halfway between two floats, what is below decides.
    if (low !== 0 && i > 0 && Math.sign(low) === Math.sign(parts[i - 1]!)) {
      const next = high + 2 * low
      if (next - high === 2 * low) return next
    }
    return high
  }
}
