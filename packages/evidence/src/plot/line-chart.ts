/**
 * Lines, steps and dots over two axes, with bands for intervals: one SVG text, no dependency (colours and frame in frame.ts). A value
 * that is not finite breaks a line and draws no dot. Points closer than half a pixel to the one before are left out.
 */
import { colourOf, escapeText, frame, type LegendEntry, legend, px, textWidth } from './frame.ts'
import { type Axis, type Scale, scaleOf } from './scale.ts'

export interface Series {
  readonly name: string
  /** x and y, in the order they are joined. */
  readonly points: readonly (readonly [x: number, y: number])[]
  /** `step` keeps a value until the next x. */
  readonly kind: 'line' | 'dots' | 'step'
  readonly dashed?: boolean
  /** An interval at each x: a band behind a line, a whisker on a dot. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[]
  /** Of its colour; its place among the series by default. Two series of one thing share one. */
  readonly colour?: number
  /** It has no entry of its own in the legend. */
  readonly unlisted?: true
}

/** An upright line with a text at its top. Texts that would meet stand under each other. */
export interface Upright {
  readonly x: number
  readonly text: string
}

export interface LineChart {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
  readonly uprights?: readonly Upright[]
  /** Pixels. Default 720 x 420. */
  readonly width?: number
  readonly height?: number
}

type Coloured = Series & { readonly colour: number }
type Point = readonly [x: number, y: number]
type ToPixels = (x: number, y: number) => Point

/** The chart as an SVG document. A legend stands above it when there are two series or more. */
export function lineChart({
  title,
  x,
  y,
  series: given,
  uprights = [],
  width = 720,
  height = 420,
}: LineChart): string {
  const series = given.map((one, i) => ({ ...drawable(one, x, y), colour: one.colour ?? i }))
  const ys = series.flatMap(({ points, band = [] }) => [
    ...points.map(([, value]) => value),
    ...band.flatMap(([, low, high]) => [low, high]),
  ])
  const xs = [
    ...series.flatMap(({ points, band = [] }) => [...points, ...band].map(([value]) => value)),
    ...uprights.map(({ x }) => x),
  ]
  const entries = series.length < 2 ? [] : series.filter(({ unlisted }) => !unlisted).map(legendEntry)
  const legendBlock = legend(entries, 16, 46, width - 32)
  const top = legendBlock.height === 0 ? 60 : 74 + legendBlock.height
  const bottom = height - 48
  const scaleY = scaleOf(y, ys, Math.max(2, Math.floor((bottom - top) / 55)))
  const left = 16 + Math.max(...scaleY.ticks.map(({ text }) => textWidth(text)), 8) + 8
  const right = width - 24
  const scaleX = scaleOf(x, xs, Math.max(2, Math.floor((right - left) / 90)))
  // A mark at the edge is not cut.
  const pad = 6
  const toPixels: ToPixels = (vx, vy) => [
    pad + scaleX.at(vx) * (right - left),
    pad + (1 - scaleY.at(vy)) * (bottom - top),
  ]
  return frame({ title, description: describe(x, y, series), width, height }, [
    ...legendBlock.content,
    ...axes(x, y, scaleX, scaleY, { left, right, top, bottom }),
    ...standing(uprights, (value) => left + scaleX.at(value) * (right - left), { left, right, top, bottom }),
    `<svg x="${px(left - pad)}" y="${px(top - pad)}" width="${px(right - left + 2 * pad)}" height="${px(bottom - top + 2 * pad)}" overflow="hidden">`,
    ...series.flatMap((one) => (one.kind === 'dots' ? [] : bandOf(one, toPixels))),
    ...series.flatMap((one) => (one.kind === 'dots' ? [] : lines(one, toPixels))),
    ...series.flatMap((one) => (one.kind === 'dots' ? dots(one, toPixels) : [])),
    '</svg>',
  ])
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

function axes(x: Axis, y: Axis, scaleX: Scale, scaleY: Scale, { left, right, top, bottom }: Box): string[] {
  const rows = scaleY.ticks.map(({ value, text }) => {
    const at = px(bottom - scaleY.at(value) * (bottom - top))
    return `<line class="grid" x1="${px(left)}" x2="${px(right)}" y1="${at}" y2="${at}"/><text class="muted" x="${px(left - 8)}" y="${at}" dy="4" text-anchor="end">${escapeText(text)}</text>`
  })
  const columns = scaleX.ticks.map(({ value, text }) => {
    const at = px(left + scaleX.at(value) * (right - left))
    return `<line class="axis" x1="${at}" x2="${at}" y1="${px(bottom)}" y2="${px(bottom + 5)}"/><text class="muted" x="${at}" y="${px(bottom + 19)}" text-anchor="middle">${escapeText(text)}</text>`
  })
  return [
    `<text class="muted" x="16" y="${px(top - 14)}">${escapeText(y.label)}</text>`,
    ...rows,
    ...columns,
    `<line class="axis" x1="${px(left)}" x2="${px(right)}" y1="${px(bottom)}" y2="${px(bottom)}"/>`,
    `<text class="muted" x="${px((left + right) / 2)}" y="${px(bottom + 38)}" text-anchor="middle">${escapeText(x.label)}</text>`,
  ]
}

/** What has no place on a logarithmic axis is not finite; the low end of an interval goes down to the edge. */
function drawable(series: Series, x: Axis, y: Axis): Series {
  if (!x.log && !y.log) return series
  const on = (axis: Axis, value: number): number => (axis.log && value <= 0 ? Number.NaN : value)
  return {
    ...series,
    points: series.points.map(([vx, vy]) => [on(x, vx), on(y, vy)]),
    ...(series.band && {
      band: series.band.map(([vx, low, high]) => [
        on(x, vx),
        y.log && low <= 0 ? (y.min ?? high / 10) : low,
        on(y, high),
      ]),
    }),
  }
}

/** Each text stands beside its line, under those that it would meet. */
function standing(
  uprights: readonly Upright[],
  at: (x: number) => number,
  { left, right, top, bottom }: Box,
): string[] {
  const ends: number[] = []
  return uprights
    .map(({ x, text }) => ({ x: at(x), text }))
    .filter(({ x }) => x >= left && x <= right)
    .toSorted((a, b) => a.x - b.x)
    .flatMap(({ x, text }) => {
      const wide = textWidth(text) + 10
      const isLast = x + wide > right
      const from = isLast ? x - wide : x
      const free = ends.findIndex((end) => end <= from)
      const row = free === -1 ? ends.length : free
      ends[row] = from + wide
      return [
        `<line class="axis" x1="${px(x)}" x2="${px(x)}" y1="${px(top)}" y2="${px(bottom)}" style="stroke-dasharray:2 4"/>`,
        `<text class="muted" x="${px(isLast ? x - 6 : x + 6)}" y="${px(top + 10 + row * 16)}"${isLast ? ' text-anchor="end"' : ''}>${escapeText(text)}</text>`,
      ]
    })
}

const isFinitePoint = (point: readonly number[]): boolean => point.every(Number.isFinite)

function lines({ points, kind, dashed, colour }: Coloured, toPixels: ToPixels): string[] {
  const path: string[] = []
  let before: Point | null = null
  points.forEach((point, i) => {
    if (!isFinitePoint(point)) {
      before = null
      return
    }
    const at = toPixels(point[0], point[1])
    const isLast = i === points.length - 1 || !isFinitePoint(points[i + 1]!)
    if (before === null) path.push(`M${px(at[0])} ${px(at[1])}`)
    else if (!isLast && Math.hypot(at[0] - before[0], at[1] - before[1]) < 0.5) return
    else if (kind === 'step') path.push(`H${px(at[0])}V${px(at[1])}`)
    else path.push(`L${px(at[0])} ${px(at[1])}`)
    before = at
  })
  return path.length === 0
    ? []
    : [
        `<path d="${path.join('')}" style="fill:none;stroke:${colourOf(colour)};stroke-width:2;stroke-linejoin:round;stroke-linecap:${dashed ? 'butt;stroke-dasharray:6 5' : 'round'}"/>`,
      ]
}

/** The band behind a line; where it is not known it ends, and begins again. */
function bandOf({ band = [], colour }: Coloured, toPixels: ToPixels): string[] {
  const runs: (readonly [number, number, number])[][] = [[]]
  for (const entry of band) {
    if (isFinitePoint(entry)) runs.at(-1)!.push(entry)
    else runs.push([])
  }
  return runs
    .filter((run) => run.length > 1)
    .map((run) => {
      const edge = [
        ...run.map(([x, , high]) => toPixels(x, high)),
        ...run.toReversed().map(([x, low]) => toPixels(x, low)),
      ]
      return `<polygon points="${edge.map((at) => at.map(px).join(',')).join(' ')}" style="fill:${colourOf(colour)};opacity:.16"/>`
    })
}

function dots({ points, band = [], colour }: Coloured, toPixels: ToPixels): string[] {
  const whiskers = band.filter(isFinitePoint).map(([x, low, high]) => {
    const [at, bottom] = toPixels(x, low)
    const [, top] = toPixels(x, high)
    return `<line x1="${px(at)}" x2="${px(at)}" y1="${px(bottom)}" y2="${px(top)}" style="stroke:${colourOf(colour)};stroke-width:1.5"/>`
  })
  const marks = points.filter(isFinitePoint).map(([x, y]) => {
    const [cx, cy] = toPixels(x, y)
    return `<circle cx="${px(cx)}" cy="${px(cy)}" r="4.5" style="fill:${colourOf(colour)};stroke:var(--surface);stroke-width:1.5"/>`
  })
  return [...whiskers, ...marks]
}

function legendEntry({ name, kind, dashed, colour }: Coloured): LegendEntry {
  const mark =
    kind === 'dots'
      ? `<circle cx="12" cy="0" r="4.5" style="fill:${colourOf(colour)}"/>`
      : `<line x1="0" x2="22" y1="0" y2="0" style="stroke:${colourOf(colour)};stroke-width:2.5${dashed ? ';stroke-dasharray:6 4' : ''}"/>`
  return { name, mark }
}

function describe(x: Axis, y: Axis, series: readonly Series[]): string {
  return `${y.label} over ${x.label}: ${series.map(({ name }) => name).join(', ') || 'no series'}`
}
