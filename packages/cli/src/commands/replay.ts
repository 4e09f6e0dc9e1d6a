/**
 * `edgewise replay [SOURCE]`: a policy over recorded outcomes before it is switched on, beside what it has to beat. No key, no network. The
 * result goes to standard output, progress to standard error.
 */
import { readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import {
  type Certificate,
  type Curve,
  certifiedReplay,
  curve,
  type ModelPair,
  type ReplayPolicy,
  replay,
  type TraceItem,
} from '@edgewise/evidence'
import { openTrace, TraceError } from '@edgewise/traces'
import { Command, InvalidArgumentError } from 'commander'
import { type Policy, parsePolicy, policyReplay } from 'edgewise'
import { findCertificate, readCertificates } from '../certificates-file.ts'
import { openCount } from '../count-progress.ts'
import { ledgerFile } from '../ledger-file.ts'
import { ledgerItems } from '../ledger-items.ts'
import { FileError } from '../quantize-files.ts'
import { replayChart } from '../replay-chart.ts'
import { findPair } from '../replay-pair.ts'
import { replayText } from '../replay-text.ts'
import { writeWhole } from '../write-whole.ts'

interface Bar {
  readonly signal: string
  readonly threshold: number
}

interface ReplayOptions extends Partial<ModelPair> {
  readonly policy?: string
  readonly threshold?: Bar
  readonly certificate?: string
  readonly audited?: number
  readonly rule?: string
  readonly task?: string
  readonly curve?: string[]
  readonly svg?: string
  readonly seed: number
  readonly json?: true
}

export function replayCommand(): Command {
  return new Command('replay')
    .description('what a policy would have done with recorded outcomes, beside what it has to beat')
    .argument('[source]', 'a file or folder of outcomes (default: the ledger of this machine)')
    .option('--policy <file>', 'the policy to replay')
    .option('--threshold <signal=value>', 'instead of a policy: one bar, meanLogprob=-0.2', parseBar)
    .option('--certificate <id>', 'instead of a policy: a bar that was certified, watched for drift')
    .option(
      '--audited <share>',
      'of --certificate: calls whose outcome its monitor learns (default: all)',
      parseShare,
    )
    .option('--device <model>', 'the model on the device (default: of two the cheaper)')
    .option('--cloud <model>', 'the model in the cloud')
    .option('--task <name>', 'items of that task only')
    .option('--rule <name>', "hold all items to this rule of the policy, a task's or default")
    .option('--curve <signal...>', 'all bars on these signals, and how much they know')
    .option('--svg <file>', 'draw cost and quality')
    .option('--seed <number>', 'of the bootstrap', parseSeed, 1)
    .option('--json', 'print the result as JSON, and no progress')
    .addHelpText(
      'after',
      `
Environment:
  EDGEWISE_LEDGER  the file of the ledger

Certificates are read from edgewise.certificates.json, in the folder of the policy, for --certificate in this one.

Examples:
  edgewise replay --policy edgewise.policy.yaml
  edgewise replay outcomes.csv.gz --device llama3.1-8b --cloud gpt-4o --threshold meanLogprob=-0.2
  edgewise replay later.jsonl --certificate cert-0123456789abcdef
  edgewise replay mine.jsonl.gz --policy edgewise.policy.yaml --curve meanLogprob margin --svg curve.svg`,
    )
    .action(async (source: string | undefined, options: ReplayOptions, command: Command) => {
      const { policy, threshold, certificate } = options
      if ([policy, threshold, certificate].filter((what) => what !== undefined).length !== 1)
        command.error(
          'error: name one thing to replay: --policy <file>, --threshold <signal=value> or --certificate <id>',
        )
      if (options.audited !== undefined && certificate === undefined)
        command.error('error: --audited is of --certificate')
      if (options.rule !== undefined && options.policy === undefined)
        command.error('error: --rule is of a policy')
      const stop = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => stop.abort(new Error('interrupted')))
      try {
        await run(source, options, stop.signal)
      } catch (error) {
        if (!stop.signal.aborted) throw error
        console.error('stopped')
        process.exitCode = 130
      }
    })
}

async function run(source: string | undefined, options: ReplayOptions, signal: AbortSignal): Promise<void> {
  const { task, svg, json, seed } = options
  /** The items from the first on: each look at them is a pass of its own. */
  async function* items(what: string): AsyncGenerator<TraceItem> {
    const view = json ? undefined : openCount(what)
    let read = 0
    try {
      for await (const item of source === undefined ? ledgerItems({ task }) : openTrace(source)) {
        signal.throwIfAborted()
        if (task !== undefined && item.task !== task) continue
        view?.show(++read)
        yield item
      }
    } finally {
      view?.close()
    }
  }
  // Before anything is read: what is wrong with the policy can be said at once.
  const certificate =
    options.certificate === undefined ? null : await findCertificate('.', options.certificate)
  const policyOf = certificate === null ? await openPolicy(options) : () => certified(certificate, options)
  const pair = await findPair(items('items looked at'), named(certificate, options))
  if (pair === null)
    throw new TraceError('trace_empty', { file: source ?? ledgerFile() }, nothing(source, task))
  const replayed = await replay(items('items replayed'), { pair, policy: policyOf(pair), seed })
  const signals = options.curve ?? (svg === undefined ? [] : ['meanLogprob'])
  const curves: Curve[] = []
  for (const name of signals)
    curves.push(await curve(items(`items for ${name}`), { pair, signal: name, seed }))
  if (svg !== undefined) await writeWhole(svg, replayChart(replayed, curves))
  if (json) console.log(JSON.stringify({ replay: replayed, curves }))
  else {
    console.log(replayText(replayed, curves))
    if (svg !== undefined) console.log(`drawn in ${svg}`)
  }
}

const certified = (certificate: Certificate, { audited }: ReplayOptions): ReplayPolicy =>
  certifiedReplay(certificate, audited === undefined ? {} : { audited })

/** A certificate names its models. */
const named = (certificate: Certificate | null, { device, cloud }: Partial<ModelPair>): Partial<ModelPair> =>
  certificate === null
    ? { ...(device !== undefined && { device }), ...(cloud !== undefined && { cloud }) }
    : { device: certificate.device.model, cloud: certificate.cloud.model }

async function openPolicy({
  policy,
  threshold,
  rule,
}: ReplayOptions): Promise<(pair: ModelPair) => ReplayPolicy> {
  if (policy === undefined) {
    const { signal, threshold: value } = threshold!
    const name = `${signal} ${signal === 'length' ? '<=' : '>='} ${value}`
    return (pair) => policyReplay(policyOfBar(threshold!), { pair, name, rule: 'default' })
  }
  const parsed = parsePolicy(await readPolicy(policy), policy)
  const certificates = await readCertificates(dirname(policy))
  const named = rule === undefined ? {} : { rule }
  return (pair) => policyReplay(parsed, { pair, name: basename(policy), certificates, ...named })
}

const policyOfBar = (bar: Bar): Policy => ({
  version: 1,
  tasks: {},
  default: { place: 'prefer-device', escalate: [bar] },
})

async function readPolicy(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new FileError('file_unreadable', `${path} cannot be read (${code}): name the file of a policy`, {
      cause,
    })
  }
}

function parseBar(text: string): Bar {
  const [, signal, value] = /^([^=]+)=(.+)$/.exec(text) ?? []
  const threshold = Number(value)
  if (signal !== undefined && value!.trim() !== '' && Number.isFinite(threshold)) return { signal, threshold }
  throw new InvalidArgumentError('It is a signal and a number, meanLogprob=-0.2.')
}

function parseShare(text: string): number {
  const share = Number(text)
  if (text.trim() !== '' && share >= 0 && share <= 1) return share
  throw new InvalidArgumentError('It is a number from 0 to 1.')
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (text.trim() !== '' && Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return seed
  throw new InvalidArgumentError('It is a whole number from 0 to 4294967295.')
}

function nothing(source: string | undefined, task: string | undefined): string {
  const of = task === undefined ? '' : ` of the task ${JSON.stringify(task)}`
  return source === undefined
    ? `has no answered calls${of}: make some first (edgewise run), or name a file`
    : `has no items${of}: name another task`
}
