/**
 * `edgewise report`: what the calls of this machine cost, where they ran, how fast, what left, how good the answers were. On the terminal,
 * or as a file for those who were not there. Nothing that calls said is in it.
 */
import { existsSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import {
  documentOf,
  documentText,
  type Receipt,
  type Report,
  type ReportOptions,
  report,
  reportHtml,
  reportMarkdown,
} from '@edgewise/evidence'
import { openSqliteLedger } from '@edgewise/evidence/sqlite'
import { Command, InvalidArgumentError } from 'commander'
import { readCertificates } from '../certificates-file.ts'
import { openCount } from '../count-progress.ts'
import { ledgerFile } from '../ledger-file.ts'
import { bold, dim } from '../show.ts'
import { writeWhole } from '../write-whole.ts'

interface ReportCommandOptions extends Pick<ReportOptions, 'since' | 'until' | 'task'> {
  readonly out?: string
  readonly json?: true
  readonly rehearsal?: true
}

/** What a file of this name is written with. */
const writers: { readonly [ending: string]: (report: Report) => string } = {
  '.html': reportHtml,
  '.md': reportMarkdown,
}

export function reportCommand(): Command {
  return new Command('report')
    .description('what calls cost, where they ran, how fast, what left, how good the answers were')
    .option('--since <time>', 'of calls from that time on, ISO 8601')
    .option('--until <time>', 'of calls before that time')
    .option('--task <name>', 'of that task only')
    .option('--out <file>', 'write it to a file: a page where it ends in .html, Markdown in .md', checkName)
    .option('--rehearsal', 'of rehearsals, instead of real calls')
    .option('--json', 'print its figures as JSON, and no progress')
    .addHelpText(
      'after',
      `
Environment:
  EDGEWISE_LEDGER  the file of the ledger

Certificates are read from edgewise.certificates.json in this folder.

Examples:
  edgewise report
  edgewise report --since 2026-08-01 --out august.html`,
    )
    .action(async (options: ReportCommandOptions) => {
      const made = await makeReport(options)
      if (options.out !== undefined) await writeWhole(options.out, writerOf(options.out)!(made))
      if (options.json) console.log(JSON.stringify(made))
      else if (made.calls + made.leftOut === 0) console.error(nothing(options))
      else if (options.out !== undefined)
        console.log(`the report of ${calls(made)} is in ${bold(options.out)}`)
      else
        console.log(
          documentText(documentOf(made), { width: process.stdout.columns || 110, strong: bold, soft: dim }),
        )
      if (!options.json && made.calls === 0 && made.leftOut > 0) console.error(hint(options))
    })
}

/** Receipts that are read at a stretch; then signals and the progress have their turn. */
const STRETCH = 4096

async function makeReport({ since, until, task, rehearsal, json }: ReportCommandOptions): Promise<Report> {
  const options = { since, until, task, rehearsal, certificates: await readCertificates('.') }
  const path = ledgerFile()
  // Looking at it makes no file.
  if (!existsSync(path)) return report([], { ...options, judgements: () => [] })
  using ledger = openSqliteLedger(path)
  const view = json ? undefined : openCount('receipts read')
  let read = 0
  async function* receipts(): AsyncGenerator<Receipt> {
    for (const receipt of ledger.all({ since, until, task })) {
      if (++read % STRETCH === 0) await setImmediate()
      view?.show(read)
      yield receipt
    }
  }
  try {
    return await report(receipts(), { ...options, judgements: (id) => ledger.judgements(id) })
  } finally {
    view?.close()
  }
}

const writerOf = (path: string): ((report: Report) => string) | undefined =>
  Object.entries(writers).find(([ending]) => path.toLowerCase().endsWith(ending))?.[1]

function checkName(path: string): string {
  if (writerOf(path) !== undefined) return path
  throw new InvalidArgumentError(
    `It must end in ${Object.keys(writers).join(' or ')}; --json prints the data.`,
  )
}

const calls = ({ calls }: Report): string => (calls === 1 ? '1 call' : `${calls.toLocaleString('en')} calls`)

function nothing({ since, until, task }: ReportCommandOptions): string {
  const scoped = since !== undefined || until !== undefined || task !== undefined
  return scoped
    ? `no receipts of that time and task are in ${ledgerFile()}: widen --since and --until, or leave out --task`
    : `no receipts are in ${ledgerFile()}: make some calls first (edgewise run intent "what is my balance"), or name another ledger with EDGEWISE_LEDGER`
}

const hint = ({ rehearsal }: ReportCommandOptions): string =>
  rehearsal
    ? 'there are real calls in this window: leave out --rehearsal'
    : 'there are rehearsals in this window: see them with --rehearsal'
