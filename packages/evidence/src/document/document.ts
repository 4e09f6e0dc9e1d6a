/**
 * A page of blocks, before it is Markdown, HTML or lines on a terminal: what is said is written once. All texts are plain and not
 * escaped; who renders a block escapes them. Names (of tasks, models, codes) may be anything that somebody sent. A mark (`2.3`, `S4`)
 * names a place of the document, so that a number can be followed to where it comes from, on paper too.
 */
import type { BarChart } from '../plot/bar-chart.ts'
import type { DotChart } from '../plot/dot-chart.ts'
import type { LineChart } from '../plot/line-chart.ts'

/** What a figure is about: it has a colour on the page. */
export type Tone = 'device' | 'kept' | 'cloud' | 'warn' | 'plain'

/** A text that leads to the step or the row of this mark: letters, digits and dots. */
export interface Marked {
  readonly text: string
  readonly mark: string
}

export type Run = string | Marked

/** A text, or runs of it. */
export type Cell = Run | readonly Run[]

export interface KeyFigure {
  readonly label: string
  readonly value: Cell
  readonly note: string
  readonly tone: Tone
}

/** How a number was made. */
export interface Derived {
  readonly mark: string
  readonly what: string
  /** With the numbers in it. */
  readonly formula: string
  readonly value: string
  readonly from: readonly Cell[]
}

export interface Column {
  readonly head: string
  /** Numbers stand at the right. */
  readonly align: 'left' | 'right'
}

export interface Table {
  readonly kind: 'table'
  readonly caption: string
  /** The first column names its row. */
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  /** Of the rows, where texts lead to them. */
  readonly marks?: readonly string[]
}

export type Block =
  | { readonly kind: 'text'; readonly text: Cell; readonly tone: Tone }
  | { readonly kind: 'list'; readonly items: readonly Cell[]; readonly tone: Tone }
  | { readonly kind: 'figures'; readonly figures: readonly KeyFigure[] }
  /** Parts of a whole, as one bar; counts, or shares of it. */
  | {
      readonly kind: 'parts'
      readonly caption: string
      readonly areShares?: true
      readonly parts: readonly { readonly label: string; readonly value: number; readonly tone: Tone }[]
    }
  | Table
  /** Pictures of what tables say; a text leaves them out. `tone`: of their first colour. */
  | { readonly kind: 'lines'; readonly chart: LineChart; readonly tones: readonly Tone[] }
  | { readonly kind: 'bars'; readonly chart: BarChart; readonly tone: Tone }
  | { readonly kind: 'dots'; readonly chart: DotChart; readonly tones: readonly Tone[] }
  /** `mark`: of all of them. */
  | {
      readonly kind: 'steps'
      readonly caption: string
      readonly mark: string
      readonly steps: readonly Derived[]
    }
  /** A file, its lines as they are. */
  | { readonly kind: 'code'; readonly caption: string; readonly text: string }
  | { readonly kind: 'terms'; readonly terms: readonly (readonly [term: string, meaning: string])[] }

export interface Section {
  /** For links: letters and hyphens. */
  readonly id: string
  /** May be empty on a terminal. */
  readonly title: string
  /** What it answers, in a sentence; may be empty. */
  readonly lead: string
  readonly blocks: readonly Block[]
}

export interface Document {
  /** What kind of page it is, in a browser's tab: `report`. */
  readonly name: string
  readonly title: string
  readonly subtitle: string
  readonly sections: readonly Section[]
}

/** As one line: what steers a terminal or a reader's eye (controls, marks of direction) is no part of a text here. */
export const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')

export const runsOf = (cell: Cell): readonly Run[] => (isRuns(cell) ? cell : [cell])

const isRuns = (cell: Cell): cell is readonly Run[] => Array.isArray(cell)

export const textOf = (cell: Cell): string =>
  runsOf(cell)
    .map((run) => (typeof run === 'string' ? run : run.text))
    .join('')

/** Each line of a file as one line. */
export const plainLines = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => plain(line).trimEnd())
    .join('\n')

/** Rows of a table for people; the data has all. */
const MOST_ROWS = 25

/** A table of these columns (`:` before a head puts it at the right); nothing without rows. */
export function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
): readonly Block[] {
  if (rows.length === 0) return []
  const columns = heads.map(
    (head): Column =>
      head.startsWith(':') ? { head: head.slice(1), align: 'right' } : { head, align: 'left' },
  )
  const shown: Table = { kind: 'table', caption, columns, rows: rows.slice(0, MOST_ROWS) }
  const more = rows.length - MOST_ROWS
  return more <= 0 ? [shown] : [shown, text(`… and ${more} more rows, which the JSON has.`)]
}

export const text = (text: Cell, tone: Tone = 'plain'): Block => ({ kind: 'text', text, tone })

export const figure = (label: string, value: Cell, note = '', tone: Tone = 'plain'): KeyFigure => ({
  label,
  value,
  note,
  tone,
})
