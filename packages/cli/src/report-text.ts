/** A report for the terminal: the blocks of its page as text, as wide as the terminal at most. Pictures and definitions are for the page. */
import type { Block, Document, Section, Table } from '@edgewise/evidence'
import { bold, dim } from './show.ts'

const GAP = '  '
const MOST_NAME = 60

/** `width` in characters. */
export function reportText({ title, subtitle, sections }: Document, width: number): string {
  const told = sections.filter(({ id }) => id !== 'definitions').map((section) => sectionText(section, width))
  return [`${bold(printable(title))}\n${dim(wrapped(printable(subtitle), width))}`, ...told].join('\n\n')
}

function sectionText({ id, title, blocks }: Section, width: number): string {
  const told = blocks.map((block) => blockText(block, width)).filter((text) => text !== '')
  return (id === 'summary' ? told : [bold(title), ...told]).join('\n\n')
}

function blockText(block: Block, width: number): string {
  switch (block.kind) {
    case 'text':
      return wrapped(printable(block.text), width)
    case 'figures': {
      const rows = block.figures.map(({ label, value, note }) => [label, value, note].map(printable))
      return aligned(rows, ['left', 'right', 'left'], [1])
    }
    case 'table':
      return tableText(block, width)
    case 'bars': {
      const { title, bars, format = String } = block.chart
      const rows = bars.map(({ label, value, low, high, note = '' }) => [
        cut(printable(label)),
        value === null ? 'unknown' : format(value),
        low === undefined || high === undefined ? '' : `${format(low)} to ${format(high)}`,
        printable(note),
      ])
      return `${dim(printable(title))}\n${aligned(rows, ['left', 'right', 'left', 'left'])}`
    }
    case 'parts':
    case 'lines':
    case 'terms':
      return ''
  }
}

/** Where it would be too wide, intervals go first: they are in the JSON and on the page. */
function tableText({ caption, columns, rows }: Table, width: number): string {
  const aligns = columns.map(({ align }) => align)
  const whole = rows.map((row) => row.map((cell, i) => (i === 0 ? cut(printable(cell)) : printable(cell))))
  const heads = columns.map(({ head }) => head)
  const fits = widthsOf([heads, ...whole]).reduce((sum, one) => sum + one + GAP.length, 0) <= width
  const cells = fits ? whole : whole.map((row) => row.map((cell) => cell.replace(/(?<=\S) \([^()]*\)$/, '')))
  const [head, ...lines] = aligned([heads, ...cells], aligns).split('\n')
  return [dim(printable(caption)), dim(head!), ...lines].join('\n')
}

const widthsOf = (rows: readonly (readonly string[])[]): number[] =>
  rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))

/** Rows under each other; columns in `strong` are bold. */
function aligned(
  rows: readonly (readonly string[])[],
  aligns: readonly ('left' | 'right')[],
  strong: readonly number[] = [],
): string {
  const widths = widthsOf(rows)
  return rows
    .map((row) =>
      row
        .map((cell, i) => {
          const padded = aligns[i] === 'right' ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)
          return strong.includes(i) ? bold(padded) : padded
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
