/**
 * From numbers to pixels: the range of an axis, its ticks at 1, 2 or 5 times a power of ten, their texts. Pure; a range that has no
 * extent is widened, so that one value or many equal ones can be drawn.
 */

export interface Axis {
  readonly label: string
  /** The text of a tick. Ticks whose texts would be the same are made fewer. */
  readonly format?: (value: number) => string
  /** Ends of the axis; those of the data, rounded outwards to a tick, where absent. */
  readonly min?: number
  readonly max?: number
}

export interface Scale {
  readonly min: number
  readonly max: number
  readonly ticks: readonly { readonly value: number; readonly text: string }[]
  /** 0 at `min`, 1 at `max`. */
  at(value: number): number
}

/** The axis over `values`, of which only finite ones count, with about `count` ticks. */
export function scaleOf(axis: Axis, values: Iterable<number>, count: number): Scale {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  if (low > high) {
    low = axis.min ?? (axis.max === undefined ? 0 : axis.max - 1)
    high = axis.max ?? low + 1
  }
  low = axis.min ?? Math.min(low, axis.max ?? low)
  high = axis.max ?? Math.max(high, axis.min ?? high)
  if (low >= high) {
    const half = Math.abs(low) / 10 || 0.5
    if (axis.min === undefined) low -= half
    if (axis.max === undefined || low >= high) high = low + 2 * half
  }
  return withTicks(axis, low, high, count)
}

function withTicks(axis: Axis, low: number, high: number, count: number): Scale {
  for (let step = stepOf((high - low) / Math.max(1, count)); ; step = stepOf(step * 1.5)) {
    const first = axis.min === undefined ? Math.floor(low / step + 1e-9) : Math.ceil(low / step - 1e-9)
    const last = axis.max === undefined ? Math.ceil(high / step - 1e-9) : Math.floor(high / step + 1e-9)
    const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
    const format = axis.format ?? ((value: number): string => plainNumber(value, decimals))
    const ticks: { value: number; text: string }[] = []
    for (let i = first; i <= last; i++) {
      // Through a text, so that 3 x 0.1 is 0.3.
      const value = Number((i * step).toPrecision(12))
      ticks.push({ value, text: format(value) })
    }
    const distinct = new Set(ticks.map(({ text }) => text)).size === ticks.length
    if (!distinct && ticks.length > 2) continue
    const min = axis.min ?? first * step
    const max = axis.max ?? last * step
    return { min, max, ticks, at: (value) => (value - min) / (max - min) }
  }
}

/** The least of 1, 2, 5 times a power of ten that is at least `least`. */
function stepOf(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= least * (1 - 1e-9)) ?? 10
  return Number((factor * power).toPrecision(12))
}

/** 12,500, 0.25, -3, 2e-7: a number for people, with thousands apart. */
export function plainNumber(value: number, decimals: number): string {
  if (value === 0) return '0'
  if (decimals > 6 || Math.abs(value) >= 1e12) return value.toExponential(2).replace(/\.?0+e\+?/, 'e')
  const [whole, part] = Math.abs(value).toFixed(decimals).split('.')
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ',')
  return `${value < 0 ? '-' : ''}${grouped}${part === undefined ? '' : `.${part}`}`
}
