/** `edgewise ledger`: the receipts this machine has kept, and a way to forget what calls said. */
import { existsSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import {
  END_OF_TIME,
  type Judgement,
  type KeptContent,
  LedgerError,
  type Receipt,
  type ReceiptFilter,
} from '@edgewise/evidence'
import { openSqliteLedger, type SqliteLedger } from '@edgewise/evidence/sqlite'
import { Command, InvalidArgumentError } from 'commander'
import { ledgerFile } from '../ledger-file.ts'
import { printableLines } from '../printable.ts'
import { dim } from '../show.ts'
import { showReceipt } from '../show-receipt.ts'

interface JsonOption {
  readonly json?: boolean
}

interface ListOptions extends JsonOption {
  readonly limit: number
}

export function ledgerCommand(): Command {
  const command = new Command('ledger')
    .description('the receipts this machine has kept')
    .addHelpText('after', '\nEnvironment:\n  EDGEWISE_LEDGER  the file they are in')
  command
    .command('list', { isDefault: true })
    .description('the newest receipts, one a line')
    .option('--limit <count>', 'how many', parseCount, 20)
    .option('--json', 'print them as JSON')
    .action(({ limit, json }: ListOptions) => {
      using ledger = openLedger()
      const receipts = ledger?.recent(limit) ?? []
      if (json) console.log(JSON.stringify(receipts))
      else if (receipts.length > 0) console.log(table(receipts))
      else console.error(`no receipts are in ${ledgerFile()}`)
    })
  command
    .command('show')
    .description(
      'one receipt, with the path of decisions that led there, what was judged of it, and what the call said where that is kept',
    )
    .argument('<id>')
    .option('--json', 'print {receipt, judgements, content} as JSON')
    .action((id: string, { json }: JsonOption) => {
      using ledger = openLedger()
      const receipt = ledger?.get(id)
      if (!receipt) throw new LedgerError('receipt_unknown', `no receipt of id ${id} is in ${ledgerFile()}`)
      const judgements = ledger?.judgements(id) ?? []
      const content = ledger?.content(id)
      console.log(
        json ? JSON.stringify({ receipt, judgements, content }) : told(receipt, judgements, content),
      )
    })
  command
    .command('export')
    .description('all receipts, oldest first, a line of JSON each')
    .option('--since <time>', 'of calls from that time on, ISO 8601')
    .option('--until <time>', 'of calls before that time')
    .option('--task <name>', 'of that task')
    .action(async (filter: ReceiptFilter) => {
      using ledger = openLedger()
      // A slow reader is waited for: the ledger may be larger than memory. One that has seen enough is no error.
      await pipeline(jsonLines(ledger?.all(filter) ?? []), process.stdout, { end: false }).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'EPIPE') throw error
        },
      )
    })
  command
    .command('forget')
    .description('remove what calls said, all of it, now; receipts stay')
    .option('--json', 'print {forgotten} as JSON')
    .action(({ json }: JsonOption) => {
      using ledger = openLedger()
      const forgotten = ledger?.purge(END_OF_TIME) ?? 0
      const what = forgotten === 1 ? 'the content of 1 call' : `the contents of ${forgotten} calls`
      console.log(json ? JSON.stringify({ forgotten }) : `forgot ${what}`)
    })
  return command
}

/** undefined when there is none: looking at it makes no file. */
function openLedger(): SqliteLedger | undefined {
  const path = ledgerFile()
  return existsSync(path) ? openSqliteLedger(path) : undefined
}

function parseCount(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new InvalidArgumentError('a whole number above 0')
}

const columns = ['time', 'task', 'place', 'first token', 'cost', 'left', 'id']

function table(receipts: readonly Receipt[]): string {
  const rows = [columns, ...receipts.map(cells)]
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  )
  return [dim(lines[0]!), ...lines.slice(1)].join('\n')
}

function cells(r: Receipt): string[] {
  return [
    toSecond(r.at),
    printableLines(r.task),
    (r.place ?? r.error ?? 'none') + (r.rehearsal ? ' (rehearsal)' : ''),
    r.firstTokenMs === null ? '-' : `${r.firstTokenMs.toFixed(1)} ms`,
    dollars(r.costUsd),
    `${r.bytesOut} B`,
    r.id,
  ]
}

function* jsonLines(receipts: Iterable<Receipt>): Generator<string> {
  for (const receipt of receipts) yield `${JSON.stringify(receipt)}\n`
}

function told(receipt: Receipt, judgements: readonly Judgement[], content: KeptContent | undefined): string {
  const steps = receipt.path.map(({ rule, value, threshold, then }) => {
    const held = threshold === null ? '' : ` (${shown(threshold)})`
    return labelled(rule, value === null ? then : `${shown(value)}${held}: ${then}`)
  })
  const said = content && [
    labelled('prompt', content.prompt),
    labelled('answer', content.answer),
    dim(`kept until ${content.until}`),
  ]
  const judged = judgements.map(verdict)
  const blocks = [[showReceipt(receipt)], steps, judged, said ?? []].filter((lines) => lines.length > 0)
  return blocks.map((lines) => lines.join('\n')).join('\n\n')
}

/** `judged    device 0, cloud 1 by shadow, 2026-08-05 10:00:00, for which 412 B were sent and $0.0004 paid` */
function verdict({ by, at, device, cloud, shadow }: Judgement): string {
  const scores = Object.entries({ device, cloud }).flatMap(([side, score]) =>
    score === null ? [] : [`${side} ${score}`],
  )
  const paid =
    shadow === null ? '' : `, for which ${shadow.bytesOut} B were sent and ${dollars(shadow.costUsd)} paid`
  return labelled('judged', `${scores.join(', ') || 'nothing'} by ${by}, ${toSecond(at)}${paid}`)
}

const dollars = (usd: number | null): string => (usd === null ? 'unknown' : `$${Number(usd.toPrecision(2))}`)

const toSecond = (at: string): string => at.replace('T', ' ').slice(0, 19)

const labelled = (label: string, text: string): string =>
  `${dim(`${label} `.padEnd(10))}${printableLines(text)}`

/** Of a number what people read of it. */
const shown = (value: number | string): string =>
  typeof value === 'string' ? value : `${Number(value.toPrecision(6))}`
