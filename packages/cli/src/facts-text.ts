/** Facts as lines of text: an overview, a table, one row with its source, and what a check found. */
import {
  type CloudPrice,
  type Device,
  type FactIssue,
  type FactRows,
  type Facts,
  type FactTable,
  type Measurement,
  type ModelShape,
  type Quantisation,
  storedBits,
} from '@edgewise/advisor'
import { bold, dim } from './show.ts'
import { table } from './trace-summary.ts'

export type FactRow = Device | ModelShape | Quantisation | CloudPrice | Measurement

/** In the order they are told in. */
export const factTables: readonly FactTable[] = ['devices', 'models', 'quantisations', 'prices', 'own']

export interface TableOverview {
  readonly table: FactTable
  readonly rows: number
  /** Of the user's file. */
  readonly own: number
  readonly claimed: number
}

export function overview(facts: Facts, own: FactRows): readonly TableOverview[] {
  return factTables.map((table) => ({
    table,
    rows: facts[table].length,
    own: own[table].length,
    claimed: facts[table].filter(({ basis }) => basis === 'claimed').length,
  }))
}

export function overviewText(facts: Facts, own: FactRows): string {
  const rows = overview(facts, own).map(({ table, rows, own, claimed }) => [
    table,
    `${rows}`,
    `${own}`,
    `${claimed}`,
  ])
  return [
    `facts ${bold(facts.version)}`,
    table(['table', 'rows', 'of your own', 'only claimed'], rows),
    dim('edgewise facts list devices, edgewise facts show pixel-8: the rows and where they are from'),
  ].join('\n')
}

/** One line a row, without the sources. */
export function tableText(facts: Facts, of: FactTable): string {
  switch (of) {
    case 'devices':
      return table(
        ['id', 'name', 'class', 'GB/s', 'memory', 'usable', 'basis'],
        facts.devices.map((row) => [
          ...[row.id, row.name, row.class, `${row.bandwidthGBs}`],
          ...[gigabytes(row.memoryBytes), gigabytes(row.usableBytes), basis(row)],
        ]),
      )
    case 'models':
      return table(
        ['id', 'name', 'parameters', 'layers', 'context', 'window', 'Q4_K_M', 'basis'],
        facts.models.map((row) => [
          ...[row.id, row.name, millions(row.parameters), `${row.layers}`, `${row.context}`],
          row.window ? `${row.window.tokens} in ${row.window.layers}` : '-',
          ...[weights(row, facts), basis(row)],
        ]),
      )
    case 'quantisations':
      return table(
        ['id', 'body bits', 'head bits', 'in narrow models', 'basis'],
        facts.quantisations.map((row) => [
          ...[row.id, `${row.bodyBits}`, `${row.headBits}`],
          row.narrow ? `${row.narrow.bodyBits}, ${row.narrow.headBits}` : '-',
          basis(row),
        ]),
      )
    case 'prices':
      return table(
        ['id', 'vendor', 'name', '$/M input', 'cached', 'output', 'as of'],
        facts.prices.map((row) => [
          ...[row.id, row.vendor, row.name, `${row.inputPerMTok}`, `${row.cachedInputPerMTok ?? '-'}`],
          ...[`${row.outputPerMTok}`, row.asOf],
        ]),
      )
    case 'own':
      return table(
        ['id', 'runtime', 'prompt', 'prefill tok/s', 'decode tok/s', 'first token ms', 'as of'],
        facts.own.map((row) => [
          ...[row.id, `${row.runtime} (${row.backend})`, figure(row.promptTokens), figure(row.prefillTps)],
          ...[figure(row.decodeTps), figure(row.firstTokenMs), row.asOf],
        ]),
      )
  }
}

/** All of a row, a key a line; what it replaced is with its source. */
export function rowText(of: FactTable, row: FactRow): string {
  const lines = Object.entries(row).flatMap(([key, value]) =>
    key === 'id' ? [] : [`${dim(key.padEnd(20))}${told(value)}`],
  )
  return [`${bold(row.id)} ${dim(`of ${of}`)}`, ...lines].join('\n')
}

export function checkText(facts: Facts, issues: readonly FactIssue[]): string {
  const line = ({ table, id, message }: FactIssue): string => `  ${table} ${bold(id)}: ${message}`
  const of = (kind: FactIssue['kind']): readonly FactIssue[] => issues.filter((issue) => issue.kind === kind)
  const all = factTables.reduce((sum, table) => sum + facts[table].length, 0)
  const [disagrees, claimed] = [of('disagrees'), of('claimed')]
  return [
    `${all} rows: ${bold(`${disagrees.length} disagree`)}, ${bold(`${claimed.length} are only claimed`)}`,
    ...(disagrees.length > 0 ? ['', 'figures that disagree', ...disagrees.map(line)] : []),
    ...(claimed.length > 0
      ? ['', 'only claimed: remembered or a rule of thumb, not looked up', ...claimed.map(line)]
      : []),
  ].join('\n')
}

function told(value: unknown): string {
  if (value === null) return 'unknown'
  if (typeof value !== 'object') return String(value)
  const entries = Object.entries(value as object)
  return entries.length === 0 ? 'none' : entries.map(([key, of]) => `${key} ${of}`).join(', ')
}

const basis = ({ basis, replaces }: FactRow): string => (replaces === undefined ? basis : `${basis}, yours`)

/** As memory is sold: of 2^30 bytes. */
const gigabytes = (bytes: number): string => `${Number((bytes / 2 ** 30).toFixed(1))} GB`

const millions = (count: number): string =>
  count < 1e9 ? `${(count / 1e6).toFixed(1)} M` : `${(count / 1e9).toFixed(2)} B`

const figure = (value: number | null): string =>
  value === null ? '-' : Number(value.toPrecision(4)).toString()

/** Bytes read for a token from the weights. */
function weights(row: ModelShape, facts: Facts): string {
  const kind = facts.quantisations.find(({ id }) => id === 'Q4_K_M')
  if (!kind) return '-'
  const { bodyBits, headBits } = storedBits(kind, row)
  return `${((row.bodyParameters * bodyBits + row.vocab * row.hidden * headBits) / 8e9).toFixed(2)} GB`
}
