/**
 * A report as Markdown (GitHub's tables). Every text is escaped: a task's name is no link, no tag and no second column, whoever sent
 * it. Charts are left out; what they show is in the tables, or told as one.
 */
import { type Block, type Document, plain, type Section, type Table } from './document.ts'
import { documentOf } from './sections/index.ts'
import type { Report } from './types.ts'
import { percentOf, range } from './words.ts'

export function reportMarkdown(report: Report): string {
  const { title, subtitle, sections }: Document = documentOf(report)
  return `${[`# Edgewise: ${escaped(title.toLowerCase())}`, escaped(subtitle), ...sections.flatMap(section)].join('\n\n')}\n`
}

const section = ({ title, lead, blocks }: Section): readonly string[] => [
  `## ${escaped(title)}`,
  ...(lead === '' ? [] : [escaped(lead)]),
  ...blocks.flatMap((block) => written(block)),
]

function written(block: Block): readonly string[] {
  switch (block.kind) {
    case 'text':
      return [block.tone === 'warn' ? `**${escaped(block.text)}**` : escaped(block.text)]
    case 'figures':
      return [
        block.figures
          .map(
            ({ label, value, note }) =>
              `- ${escaped(label)}: **${escaped(value)}**${note === '' ? '' : ` (${escaped(note)})`}`,
          )
          .join('\n'),
      ]
    case 'parts': {
      const all = block.parts.reduce((sum, { value }) => sum + value, 0)
      const told = block.parts
        .filter(({ value }) => value > 0)
        .map(({ label, value }) => `${label} ${percentOf(value, all)}`)
      return [escaped(`${block.caption}: ${told.join(', ')}.`)]
    }
    case 'table':
      return tabled(block)
    case 'bars': {
      const { title, bars, format = String } = block.chart
      const items = bars.map(
        ({ label, value, low, high, note = '' }, i) =>
          `${i + 1}. ${escaped(label)}: **${value === null ? 'unknown' : escaped(format(value))}**${escaped(within(low, high, format))}, ${escaped(note)}`,
      )
      return [`${escaped(title)}:`, items.join('\n')]
    }
    case 'terms':
      return [block.terms.map(([term, meaning]) => `- **${escaped(term)}**: ${escaped(meaning)}`).join('\n')]
    case 'lines':
      return []
  }
}

const within = (
  low: number | undefined,
  high: number | undefined,
  format: (value: number) => string,
): string => (low === undefined || high === undefined ? '' : ` (${range(format(low), format(high))})`)

function tabled({ caption, columns, rows }: Table): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rule = columns.map(({ align }) => (align === 'right' ? '---:' : '---'))
  return [
    `${escaped(caption)}:`,
    [
      line(columns.map(({ head }) => escaped(head))),
      line(rule),
      ...rows.map((row) => line(row.map(escaped))),
    ].join('\n'),
  ]
}

/** As the text it is: no mark-up, no tag, no link that Markdown or GitHub makes of a bare address. */
export function escaped(text: string): string {
  return plain(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]|#~!@]/g, '\\$&')
    .replace(/:\/\//g, ':\\/\\/')
    .replace(/\b(www)\./gi, '$1\\.')
}
