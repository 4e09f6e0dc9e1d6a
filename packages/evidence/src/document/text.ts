/**
 * A document for the terminal: its blocks as lines of text. Pictures, definitions and derivations are for the page, and a section of
 * nothing else is left out. Nothing in it steers a terminal but what `strong` and `soft` add.
 */
import { type Block, type Document, type Section, type Table, textOf } from './document.ts'

export interface TextLook {
  /** Characters a line, at most; a table may be wider. */
  readonly width: number
  /** What makes a text stand out, or step back; nothing by default. */
  readonly strong?: (text: string) => string
  readonly soft?: (text: string) => string
}

type Look = Required<TextLook>

const asItIs = (text: string): string => text

const GAP = '  '
const MOST_NAME = 60

export function documentText({ title, subtitle, sections }: Document, settings: TextLook): string {
  const look: Look = { strong: asItIs, soft: asItIs, ...settings }
  const told = sections.map((section) => sectionText(section, look)).filter((text) => text !== '')
  const head = `${look.strong(printable(title))}\n${look.soft(wrapped(printable(subtitle), look.width))}`
  return [head, ...told].join('\n\n')
}

function sectionText({ id, title, blocks }: Section, look: Look): string {
  const told = blocks.map((block) => blockText(block, look)).filter((text) => text !== '')
  if (told.length === 0) return ''
  return (id === 'summary' || title === '' ? told : [look.strong(printable(title)), ...told]).join('\n\n')
}

function blockText(block: Block, look: Look): string {
  switch (block.kind) {
    case 'text':
      return wrapped(printable(textOf(block.text)), look.width)
    case 'list':
      return block.items
        .map((item) => wrapped(`- ${printable(textOf(item))}`, look.width).replaceAll('\n', '\n  '))
        .join('\n')
    case 'figures': {
      const rows = block.figures.map(({ label, value, note }) => [label, textOf(value), note].map(printable))
      return aligned(rows, ['left', 'right', 'left'], { columns: [1], strong: look.strong })
    }
    case 'table':
      return tableText(block, look)
    case 'bars': {
      const { title, bars, format = String } = block.chart
      const rows = bars.map(({ label, value, low, high, note = '' }) => [
        cut(printable(label)),
        value === null ? 'unknown' : format(value),
        low === undefined || high === undefined ? '' : `${format(low)} to ${format(high)}`,
        printable(note),
      ])
      return `${look.soft(printable(title))}\n${aligned(rows, ['left', 'right', 'left', 'left'])}`
    }
    case 'code':
      return `${look.soft(printable(block.caption))}\n${block.text.trimEnd().split('\n').map(printable).join('\n')}`
    case 'parts':
    case 'lines':
    case 'dots':
    case 'steps':
    case 'terms':
      return ''
  }
}

/** Where it would be too wide, intervals go first: they are in the JSON and on the page. */
function tableText({ caption, columns, rows: given }: Table, { width, soft }: Look): string {
  const aligns = columns.map(({ align }) => align)
  const rows = given.map((row) => row.map(textOf))
  const whole = rows.map((row) => row.map((cell, i) => (i === 0 ? cut(printable(cell)) : printable(cell))))
  const heads = columns.map(({ head }) => printable(head))
  const fits = widthsOf([heads, ...whole]).reduce((sum, one) => sum + one + GAP.length, 0) <= width
  const cells = fits ? whole : whole.map((row) => row.map((cell) => cell.replace(/(?<=\S) \([^()]*\)$/, '')))
  const [head, ...lines] = aligned([heads, ...cells], aligns).split('\n')
  return [soft(printable(caption)), soft(head!), ...lines].join('\n')
}

const widthsOf = (rows: readonly (readonly string[])[]): number[] =>
  rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))

/** Rows under each other; the columns that `emphasis` names are strong. */
function aligned(
  rows: readonly (readonly string[])[],
  aligns: readonly ('left' | 'right')[],
  emphasis: { readonly columns: readonly number[]; strong(text: string): string } = {
    columns: [],
    strong: asItIs,
  },
): string {
  const widths = widthsOf(rows)
  return rows
    .map((row) =>
      row
        .map((cell, i) => {
          const padded = aligns[i] === 'right' ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)
          return emphasis.columns.includes(i) ? emphasis.strong(padded) : padded
        })
        .join(GAP)
        .trimEnd(),
    )
    .join('\n')
}

function wrapped(text: string, width: number): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.join('\n')
}

const cut = (name: string): string => (name.length > MOST_NAME ? `${name.slice(0, MOST_NAME - 1)}…` : name)

/** Terminals obey control characters, and marks of direction turn what stands around them. */
const printable = (text: string): string =>
  text.replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, '?')
