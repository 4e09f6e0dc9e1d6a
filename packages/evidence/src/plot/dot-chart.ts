/**
 * A dot a row with its interval, all over one axis, and a target as a line across them: one SVG text, no dependency (colours and frame
 * in frame.ts). Each dot's value stands in figures at its right. It is as high as its rows.
 */
import { threeDigits } from './bar-chart.ts'
import { colourOf, escapeText, frame, type LegendEntry, legend, px, shortened, textWidth } from './frame.ts'
import { type Axis, type Scale, scaleOf } from './scale.ts'

export interface Dot {
  /** Its place among the names of the chart. */
  readonly series: number
  readonly value: number
  readonly low: number
  readonly high: number
}

export interface DotRow {
  readonly label: string
  /** Behind the label, paler. */
  readonly note?: string
  /** null: nobody knows, which is said. */
  readonly dot: Dot | null
}

export interface DotChart {
  readonly title: string
  readonly axis: Axis
  /** What the colours mean: a legend, when there are two or more. */
  readonly names: readonly string[]
  readonly rows: readonly DotRow[]
  readonly target?: { readonly value: number; readonly text: string }
  /** The text of a value; by default up to three significant digits. */
  readonly format?: (value: number) => string
  /** Pixels. Default 720. */
  readonly width?: number
}

const ROW = 28

/** The chart as an SVG document. A dot that is not finite, or has no place on a logarithmic axis, is called unknown. */
export function dotChart({
  title,
  axis,
  names,
  rows,
  target,
  format = threeDigits,
  width = 720,
}: DotChart): string {
  const entries = names.length < 2 ? [] : names.map(legendEntry)
  const legendBlock = legend(entries, 16, 46, width - 32)
  const top = 50 + legendBlock.height + (target === undefined ? 0 : 20)
  const bottom = top + Math.max(1, rows.length) * ROW + 6
  const height = bottom + 48
  const shown = rows.map(({ label, note = '', dot }) => ({
    label: shortened(label, width * 0.3),
    note: shortened(note, width * 0.2),
    dot: dot !== null && isDrawable(dot, axis) ? dot : null,
  }))
  const texts = shown.map(({ dot }) => (dot === null ? 'unknown' : format(dot.value)))
  const left = 36 + Math.max(...shown.map(({ label, note }) => textWidth(`${label} ${note}`)), 0)
  const right = Math.max(left + 80, width - 32 - Math.max(...texts.map((text) => textWidth(text)), 0))
  const values = shown.flatMap(({ dot }) => (dot === null ? [] : [dot.value, dot.low, dot.high]))
  const scale = scaleOf(
    axis,
    target === undefined ? values : [...values, target.value],
    Math.floor((right - left) / 80),
  )
  const at = (value: number): number =>
    left + Math.min(1, Math.max(0, axis.log && value <= 0 ? 0 : scale.at(value))) * (right - left)
  const spoken = shown.map(({ label }, i) => `${label} ${texts[i]}`).join('; ')
  return frame({ title, description: spoken, width, height }, [
    ...legendBlock.content,
    ...axisLines(axis, scale, { left, right, top, bottom }),
    ...(target === undefined ? [] : targetLine(target, at(target.value), { left, right, top, bottom })),
    ...shown.map((row, i) => drawn(row, texts[i]!, { middle: top + 3 + (i + 0.5) * ROW, left, right, at })),
  ])
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

function axisLines(axis: Axis, { ticks, at }: Scale, { left, right, top, bottom }: Box): string[] {
  const columns = ticks.map(({ value, text }) => {
    const x = px(left + at(value) * (right - left))
    return `<line class="grid" x1="${x}" x2="${x}" y1="${px(top)}" y2="${px(bottom)}"/><text class="muted" x="${x}" y="${px(bottom + 17)}" text-anchor="middle">${escapeText(text)}</text>`
  })
  return [
    ...columns,
    `<text class="muted" x="${px((left + right) / 2)}" y="${px(bottom + 37)}" text-anchor="middle">${escapeText(axis.label)}</text>`,
  ]
}

function targetLine(
  { text }: NonNullable<DotChart['target']>,
  x: number,
  { left, right, top, bottom }: Box,
): string[] {
  const half = textWidth(text) / 2
  const middle = Math.min(Math.max(x, left + half), right - half)
  return [
    `<line x1="${px(x)}" x2="${px(x)}" y1="${px(top - 4)}" y2="${px(bottom)}" style="stroke:var(--ink);stroke-width:1.5;stroke-dasharray:5 4"/>`,
    `<text x="${px(middle)}" y="${px(top - 10)}" text-anchor="middle">${escapeText(text)}</text>`,
  ]
}

interface Place {
  readonly middle: number
  readonly left: number
  readonly right: number
  at(value: number): number
}

function drawn(
  { label, note, dot }: { readonly label: string; readonly note: string; readonly dot: Dot | null },
  text: string,
  { middle, left, right, at }: Place,
): string {
  const y = px(middle)
  const mark =
    dot === null
      ? ''
      : bar(at(dot.low), at(dot.high), middle, dot.series) + circle(at(dot.value), middle, dot.series)
  return [
    `<text x="${px(left - 14)}" y="${y}" dy="4" text-anchor="end">${escapeText(label)}${note === '' ? '' : `<tspan class="muted" dx="6">${escapeText(note)}</tspan>`}</text>`,
    mark,
    `<text x="${px(right + 12)}" y="${y}" dy="4">${escapeText(text)}</text>`,
  ].join('')
}

const bar = (from: number, to: number, y: number, series: number): string =>
  `<line x1="${px(from)}" x2="${px(to)}" y1="${px(y)}" y2="${px(y)}" style="stroke:${colourOf(series)};stroke-width:6;stroke-linecap:round;opacity:.3"/>`

const circle = (x: number, y: number, series: number): string =>
  `<circle cx="${px(x)}" cy="${px(y)}" r="5" style="fill:${colourOf(series)}"/>`

const legendEntry = (name: string, i: number): LegendEntry => ({
  name,
  mark: bar(4, 18, 0, i) + circle(11, 0, i),
})

const isDrawable = ({ value, low, high }: Dot, { log }: Axis): boolean =>
  [value, low, high].every(Number.isFinite) && (!log || value > 0)
