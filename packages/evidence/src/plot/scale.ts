/**
 * From numbers to pixels: the range of an axis, its ticks at 1, 2 or 5 times a power of ten, their texts. Pure; a range that has no
 * extent is widened, so that one value or many equal ones can be drawn. On a logarithmic axis equal factors are equal lengths, and
 * what is not above 0 has no place.
 */

export interface Axis {
  readonly label: string
  /** The text of a tick. Ticks whose texts would be the same are made fewer. */
  readonly format?: (value: number) => string
  /** Ends of the axis; those of the data, rounded outwards to a tick, where absent. */
  readonly min?: number
  readonly max?: number
  /** Of a logarithmic axis, whose ends are above 0. */
  readonly log?: true
}

export interface Scale {
  readonly min: number
  readonly max: number
  readonly ticks: readonly { readonly value: number; readonly text: string }[]
  /** 0 at `min`, 1 at `max`; NaN for what has no place. */
  at(value: number): number
}

/** The axis over `values`, of which only finite ones count, with about `count` ticks. */
export function scaleOf(axis: Axis, values: Iterable<number>, count: number): Scale {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (!Number.isFinite(value) || (axis.log && value <= 0)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  if (axis.log) return logScale(axis, low > high ? 1 : low, low > high ? 10 : high, count)
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

/** Ticks at powers of ten; where they are few, at 2 and 5 times them, too. The ends are the nearest such outside the data. */
function logScale(axis: Axis, low: number, high: number, count: number): Scale {
  const [from, to] = [axis.min ?? low, Math.max(axis.max ?? high, axis.min ?? high)]
  const all = ladder(Math.floor(Math.log10(from)) - 1, Math.ceil(Math.log10(to)) + 1)
  const min = axis.min ?? all.findLast((value) => value <= from * (1 + 1e-9))!
  const max = axis.max ?? all.find((value) => value >= to * (1 - 1e-9) && value > min)!
  const within = all.filter((value) => value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9))
  const tens = within.filter(isPowerOfTen)
  const every = Math.max(1, Math.ceil(tens.length / Math.max(2, count)))
  const shown = within.length <= 1.5 * count + 1 ? within : tens.filter((_, i) => i % every === 0)
  const format =
    axis.format ??
    ((value: number): string => plainNumber(value, Math.max(0, -Math.floor(Math.log10(value) + 1e-9))))
  const span = Math.log(max / min)
  return {
    min,
    max,
    ticks: (shown.length > 1 ? shown : within.length > 1 ? within : closer(min, max)).map((value) => ({
      value,
      text: format(value),
    })),
    at: (value) => (value > 0 ? Math.log(value / min) / span : Number.NaN),
  }
}

/** 1, 2 and 5 times each power of ten between two exponents. */
const ladder = (from: number, to: number, factors: readonly number[] = [1, 2, 5]): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i).flatMap((power) =>
    factors.map((factor) => Number(`${factor}e${power}`)),
  )

/** Of a range in which few of those lie: round numbers between its ends. */
function closer(min: number, max: number): readonly number[] {
  const all = ladder(Math.floor(Math.log10(min)), Math.ceil(Math.log10(max)), [1, 2, 3, 4, 5, 6, 7, 8, 9])
  const within = all.filter((value) => value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9))
  return within.length > 2
    ? within
    : withTicks({ label: '', min, max }, min, max, 4).ticks.map(({ value }) => value)
}

const isPowerOfTen = (value: number): boolean => value.toExponential().startsWith('1e')

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
