/**
 * `edgewise trace [SOURCE]`: recorded outcomes, from the ledger of this machine or a file or folder that is known, to one file of the trace
 * format, or as a table. The result goes to standard output, progress to standard error.
 */
import type { Judgement, ModelPair, TraceItem } from '@edgewise/evidence'
import { openTrace, TraceError, writeTrace } from '@edgewise/traces'
import { Command, Option } from 'commander'
import { openCount } from '../count-progress.ts'
import { ledgerFile } from '../ledger-file.ts'
import { ledgerItems } from '../ledger-items.ts'
import { type ModelSummary, modelsTable, type PairOfTask, pairsTable, TraceTally } from '../trace-summary.ts'

interface LedgerOptions {
  readonly since?: string
  readonly until?: string
  readonly by?: Judgement['by'][]
  readonly rehearsal?: true
}

interface TraceCommandOptions extends LedgerOptions {
  readonly out?: string
  readonly summary?: true
  readonly device?: string
  readonly cloud?: string
  readonly task?: string
  readonly json?: true
}

type Summary = (ModelPair & { readonly pairs: PairOfTask[] }) | { readonly models: ModelSummary[] }

const ledgerOnly = ['since', 'until', 'by', 'rehearsal'] as const

export function traceCommand(): Command {
  return new Command('trace')
    .description('recorded outcomes: those of this machine or of a file, as a trace or a table')
    .argument('[source]', 'a file or folder of outcomes (default: the ledger of this machine)')
    .option('--out <file>', 'write them to a file of the trace format, gzip where it ends in .gz')
    .option('--summary', 'print what is in it; done where there is no --out')
    .option('--device <model>', 'compare this model in the summary')
    .option('--cloud <model>', 'with this one')
    .option('--task <name>', 'of that task only')
    .option('--since <time>', 'of the ledger: calls from that time on, ISO 8601')
    .option('--until <time>', 'of the ledger: calls before that time')
    .addOption(
      new Option('--by <who...>', 'of the ledger: whose judgements count (default: all)').choices([
        'user',
        'shadow',
        'function',
        'exact',
      ]),
    )
    .option('--rehearsal', 'of the ledger: rehearsals, instead of real calls')
    .option('--json', 'print the result as JSON, and no progress')
    .addHelpText(
      'after',
      `
Environment:
  EDGEWISE_LEDGER  the file of the ledger

Examples:
  edgewise trace --out mine.jsonl.gz
  edgewise trace outcomes.csv.gz --device llama3.1-8b --cloud gpt-4o`,
    )
    .action(async (source: string | undefined, options: TraceCommandOptions, command: Command) => {
      const misplaced = ledgerOnly.find((name) => source !== undefined && options[name] !== undefined)
      if (misplaced) command.error(`error: --${misplaced} is for the ledger, and ${source} is a file`)
      if ((options.device === undefined) !== (options.cloud === undefined))
        command.error('error: --device and --cloud go together')
      const stop = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => stop.abort(new Error('interrupted')))
      try {
        await trace(source, options, stop.signal)
      } catch (error) {
        if (!stop.signal.aborted) throw error
        console.error('stopped: nothing was written')
        process.exitCode = 130
      }
    })
}

async function trace(
  source: string | undefined,
  options: TraceCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const { out, device, cloud, task, json } = options
  const pair = device !== undefined && cloud !== undefined ? { device, cloud } : undefined
  const tally = new TraceTally(pair)
  const view = json ? undefined : openCount(out === undefined ? 'items read' : 'items written')
  let items = 0
  let summary: Summary | undefined
  async function* counted(): AsyncGenerator<TraceItem> {
    for await (const item of source === undefined ? ledgerItems(options) : openTrace(source)) {
      signal.throwIfAborted()
      if (task !== undefined && item.task !== task) continue
      tally.add(item)
      items++
      view?.show(items)
      yield item
    }
    if (items === 0)
      throw new TraceError('trace_empty', { file: source ?? ledgerFile() }, nothing(source, task))
    // In here, so that a wrong name leaves no file.
    if (pair) summary = { ...pair, pairs: tally.pairs() }
    else if (out === undefined || options.summary) summary = { models: tally.models() }
  }
  try {
    if (out !== undefined) await writeTrace(out, counted())
    else for await (const _ of counted());
  } finally {
    view?.close()
  }
  if (json) console.log(JSON.stringify({ items, out, ...summary }))
  else {
    if (out !== undefined) console.log(`${items} items are in ${out}`)
    if (summary) console.log('pairs' in summary ? pairsTable(summary.pairs) : modelsTable(summary.models))
  }
}

function nothing(source: string | undefined, task: string | undefined): string {
  const of = task === undefined ? '' : ` of the task ${JSON.stringify(task)}`
  return source === undefined
    ? `has no answered calls${of}: make some first (edgewise run), or name a file`
    : `has no items${of}: name another task`
}
