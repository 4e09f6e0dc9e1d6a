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
}

export interface LineChart {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
  /** Pixels. Default 720 x 420. */
  readonly width?: number
  readonly height?: number
}

type Point = readonly [x: number, y: number]
type ToPixels = (x: number, y: number) => Point

/** The chart as an SVG document. A legend stands above it when there are two series or more. */
export function lineChart({ title, x, y, series, width = 720, height = 420 }: LineChart): string {
  const ys = series.flatMap(({ points, band = [] }) => [
    ...points.map(([, value]) => value),
    ...band.flatMap(([, low, high]) => [low, high]),
  ])
  const xs = series.flatMap(({ points, band = [] }) => [...points, ...band].map(([value]) => value))
  const entries = series.length < 2 ? [] : series.map(legendEntry)
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
    `<svg x="${px(left - pad)}" y="${px(top - pad)}" width="${px(right - left + 2 * pad)}" height="${px(bottom - top + 2 * pad)}" overflow="hidden">`,
    ...series.flatMap((one, i) => (one.kind === 'dots' ? [] : bandOf(one, i, toPixels))),
    ...series.flatMap((one, i) => (one.kind === 'dots' ? dots(one, i, toPixels) : lines(one, i, toPixels))),
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

const isFinitePoint = (point: readonly number[]): boolean => point.every(Number.isFinite)

function lines({ points, kind, dashed }: Series, index: number, toPixels: ToPixels): string[] {
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
        `<path d="${path.join('')}" style="fill:none;stroke:${colourOf(index)};stroke-width:2;stroke-linejoin:round;stroke-linecap:${dashed ? 'butt;stroke-dasharray:6 5' : 'round'}"/>`,
      ]
}

/** The band behind a line; where it is not known it ends, and begins again. */
function bandOf({ band = [] }: Series, index: number, toPixels: ToPixels): string[] {
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
      return `<polygon points="${edge.map((at) => at.map(px).join(',')).join(' ')}" style="fill:${colourOf(index)};opacity:.16"/>`
    })
}

function dots({ points, band = [] }: Series, index: number, toPixels: ToPixels): string[] {
  const whiskers = band.filter(isFinitePoint).map(([x, low, high]) => {
    const [at, bottom] = toPixels(x, low)
    const [, top] = toPixels(x, high)
    return `<line x1="${px(at)}" x2="${px(at)}" y1="${px(bottom)}" y2="${px(top)}" style="stroke:${colourOf(index)};stroke-width:1.5"/>`
  })
  const marks = points.filter(isFinitePoint).map(([x, y]) => {
    const [cx, cy] = toPixels(x, y)
    return `<circle cx="${px(cx)}" cy="${px(cy)}" r="4.5" style="fill:${colourOf(index)};stroke:var(--surface);stroke-width:1.5"/>`
  })
  return [...whiskers, ...marks]
}

function legendEntry({ name, kind, dashed }: Series, index: number): LegendEntry {
  const mark =
    kind === 'dots'
      ? `<circle cx="12" cy="0" r="4.5" style="fill:${colourOf(index)}"/>`
      : `<line x1="0" x2="22" y1="0" y2="0" style="stroke:${colourOf(index)};stroke-width:2.5${dashed ? ';stroke-dasharray:6 4' : ''}"/>`
  return { name, mark }
}

function describe(x: Axis, y: Axis, series: readonly Series[]): string {
  return `${y.label} over ${x.label}: ${series.map(({ name }) => name).join(', ') || 'no series'}`
}
