/**
 * A document as Markdown (GitHub's tables). Every text is escaped: a task's name is no link, no tag and no second column, whoever sent
 * it. Charts are left out; what they show is in the tables, or told as one. Marks stand in brackets.
 */
import {
  type Block,
  type Cell,
  type Derived,
  type Document,
  plain,
  plainLines,
  type Run,
  runsOf,
  type Section,
  type Table,
  textOf,
} from './document.ts'
import { percentOf, range } from './words.ts'

export function documentMarkdown({ name, subtitle, sections }: Document): string {
  return `${[`# Edgewise: ${escaped(name)}`, escaped(subtitle), ...sections.flatMap(section)].join('\n\n')}\n`
}

const section = ({ title, lead, blocks }: Section): readonly string[] => [
  `## ${escaped(title)}`,
  ...(lead === '' ? [] : [escaped(lead)]),
  ...blocks.flatMap((block) => written(block)),
]

function written(block: Block): readonly string[] {
  switch (block.kind) {
    case 'text':
      return [block.tone === 'warn' ? `**${cellText(block.text)}**` : cellText(block.text)]
    case 'list':
      return [block.items.map((item) => `- ${cellText(item)}`).join('\n')]
    case 'figures':
      return [
        block.figures
          .map(
            ({ label, value, note }) =>
              `- ${escaped(label)}: **${escaped(textOf(value))}**${runsOf(value).map(pointer).join('')}${note === '' ? '' : ` (${escaped(note)})`}`,
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
    case 'steps':
      return [`\\[${escaped(block.mark)}\\] ${escaped(block.caption)}:`, block.steps.map(step).join('\n')]
    case 'code':
      return [`${escaped(block.caption)}:`, fenced(plainLines(block.text))]
    case 'lines':
    case 'dots':
      return []
  }
}

/** Where a text leads. */
const pointer = (run: Run): string => (typeof run === 'string' ? '' : ` \\[${escaped(run.mark)}\\]`)

const cellText = (cell: Cell): string =>
  runsOf(cell)
    .map((run) => `${escaped(textOf(run))}${pointer(run)}`)
    .join('')

const step = ({ mark, what, formula, value, from }: Derived): string =>
  `- \\[${escaped(mark)}\\] **${escaped(what)}**: ${escaped(formula)} = ${escaped(value)}${from.length === 0 ? '' : `; from ${from.map(cellText).join('; ')}`}`

/** The fence is longer than any run of its own character inside. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}

const within = (
  low: number | undefined,
  high: number | undefined,
  format: (value: number) => string,
): string => (low === undefined || high === undefined ? '' : ` (${range(format(low), format(high))})`)

function tabled({ caption, columns, rows, marks }: Table): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const markOf = (row: number): string => (marks === undefined ? '' : `\\[${escaped(marks[row]!)}\\] `)
  const rule = columns.map(({ align }) => (align === 'right' ? '---:' : '---'))
  return [
    `${escaped(caption)}:`,
    [
      line(columns.map(({ head }) => escaped(head))),
      line(rule),
      ...rows.map((row, i) => line(row.map((cell, j) => `${j === 0 ? markOf(i) : ''}${cellText(cell)}`))),
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
