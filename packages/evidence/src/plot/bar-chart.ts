/**
 * Bars from left to right, one a row, each with its label, its value in figures, an interval and a note: one SVG text, no dependency
 * (colours and frame in frame.ts). It is as high as its rows.
 */
import { colourOf, escapeText, frame, px, shortened, textWidth } from './frame.ts'
import { plainNumber } from './scale.ts'

export interface Bar {
  readonly label: string
  /** null: nobody knows, which is said and not drawn as 0. */
  readonly value: number | null
  /** An interval around the value, drawn when both ends are there. */
  readonly low?: number
  readonly high?: number
  /** Behind the value, paler. */
  readonly note?: string
}

export interface BarChart {
  readonly title: string
  /** Of the values, under the title. */
  readonly unit?: string
  /** The text of a value; by default up to three significant digits. */
  readonly format?: (value: number) => string
  readonly bars: readonly Bar[]
  /** Pixels. Default 720. */
  readonly width?: number
}

const ROW = 30

/** The chart as an SVG document. The axis begins at 0, or below where values are. */
export function barChart({ title, unit = '', format = threeDigits, bars, width = 720 }: BarChart): string {
  const top = unit === '' ? 44 : 64
  const height = top + Math.max(1, bars.length) * ROW + 14
  const texts = bars.map(({ value, note = '' }) => ({
    value: isKnown(value) ? format(value) : 'unknown',
    note: shortened(note, width * 0.3),
  }))
  const left = 26 + Math.max(...bars.map(({ label }) => textWidth(shortened(label, width * 0.35))), 0)
  const behind = Math.max(...texts.map(({ value, note }) => textWidth(`${value}  ${note}`)), 0)
  const right = Math.max(left + 60, width - 24 - behind)
  const ends = bars.flatMap(({ value, low = 0, high = 0 }) => [value ?? 0, low, high]).filter(Number.isFinite)
  const least = Math.min(0, ...ends)
  const most = Math.max(0, ...ends)
  const at = (value: number): number => left + ((value - least) / (most - least || 1)) * (right - left)
  const rows = bars.map((bar, i) =>
    row({ ...bar, label: shortened(bar.label, width * 0.35) }, texts[i]!, { y: top + i * ROW, left, at }),
  )
  const spoken = bars.map(({ label }, i) => `${label} ${texts[i]!.value}`).join('; ')
  return frame({ title, description: spoken, width, height }, [
    ...(unit === '' ? [] : [`<text class="muted" x="16" y="46">${escapeText(unit)}</text>`]),
    ...rows,
    `<line class="axis" x1="${px(at(0))}" x2="${px(at(0))}" y1="${px(top)}" y2="${px(height - 14)}"/>`,
  ])
}

interface Place {
  readonly y: number
  readonly left: number
  at(value: number): number
}

function row(
  { label, value, low, high }: Bar,
  text: { readonly value: string; readonly note: string },
  { y, left, at }: Place,
): string {
  const middle = y + ROW / 2
  const [from, to] = isKnown(value)
    ? [Math.min(at(0), at(value)), Math.max(at(0), at(value))]
    : [at(0), at(0)]
  const hasInterval = low !== undefined && high !== undefined && Number.isFinite(low) && Number.isFinite(high)
  const end = hasInterval ? Math.max(to, at(high)) : to
  const line = (x1: number, x2: number, y1: number, y2: number): string =>
    `<line x1="${px(x1)}" x2="${px(x2)}" y1="${px(y1)}" y2="${px(y2)}" style="stroke:var(--ink);stroke-width:1.5"/>`
  return [
    `<text x="${px(left - 10)}" y="${px(middle)}" dy="4" text-anchor="end">${escapeText(label)}</text>`,
    isKnown(value)
      ? `<rect x="${px(from)}" y="${px(y + 5)}" width="${px(to - from)}" height="${ROW - 10}" rx="2" style="fill:${colourOf(0)}"/>`
      : '',
    hasInterval
      ? line(at(low), at(high), middle, middle) +
        line(at(low), at(low), middle - 4, middle + 4) +
        line(at(high), at(high), middle - 4, middle + 4)
      : '',
    `<text x="${px(end + 8)}" y="${px(middle)}" dy="4">${escapeText(text.value)}${text.note === '' ? '' : `<tspan class="muted" dx="8">${escapeText(text.note)}</tspan>`}</text>`,
  ].join('')
}

const isKnown = (value: number | null): value is number => value !== null && Number.isFinite(value)

/** For people: 0.0123, 12.5, 12,500. */
export function threeDigits(value: number): string {
  if (value === 0) return '0'
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  const text = plainNumber(value, decimals)
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text
}
