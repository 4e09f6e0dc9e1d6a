/**
 * `edgewise certify [SOURCE]`: from judged outcomes a bar for a task with a promise that holds, kept in `edgewise.certificates.json` beside
 * the policy; or the reason why nothing can be promised, and what is missing, with exit code 2.
 */
import {
  type Certified,
  CertifyError,
  type Claim,
  certify,
  certifyBest,
  type Gate,
  type Judgement,
  type ModelPair,
  type TraceItem,
} from '@edgewise/evidence'
import { openTrace } from '@edgewise/traces'
import { Command, InvalidArgumentError, Option } from 'commander'
import { certificatesFileName } from '../certificates-file.ts'
import { certifiedText } from '../certified-text.ts'
import { openCount } from '../count-progress.ts'
import { keepCertificate } from '../keep-certificate.ts'
import { ledgerFile } from '../ledger-file.ts'
import { ledgerItems } from '../ledger-items.ts'

interface CertifyCommandOptions {
  readonly device: string
  readonly cloud: string
  readonly task?: string
  readonly signal: string
  readonly combine?: true
  readonly harm?: number
  readonly calls?: number
  readonly keep?: number
  readonly delta: number
  readonly since?: string
  readonly until?: string
  readonly by: Judgement['by'][]
  readonly rehearsal?: true
  readonly write: boolean
  readonly json?: true
}

/** A user's feedback comes from whom it pleases: it is not a fair sample, and proves nothing of the rest. */
const FAIR: readonly Judgement['by'][] = ['shadow', 'function', 'exact']

export function certifyCommand(): Command {
  return new Command('certify')
    .description('prove how much of a task can stay on the device, and make the bar that does it')
    .argument('[source]', 'a file or folder of judged outcomes (default: the ledger of this machine)')
    .requiredOption('--device <model>', 'the model on the device')
    .requiredOption('--cloud <model>', 'the model it is held against')
    .option('--task <name>', 'which task; needed where there are several')
    .option('--harm <share>', 'claim: at most this share of calls is harmed (default: 0.05)', parseShare)
    .option('--calls <count>', 'of --harm: of the next so many calls, counted', parseCount)
    .option('--keep <share>', "claim: at least this share of the cloud's quality is kept", parseShare)
    .option('--delta <share>', 'the chance that the claim is false all the same', parseShare, 0.1)
    .option('--signal <name>', '"none": the whole task stays, without a bar', 'meanLogprob')
    .option('--combine', 'try other signals with it; used only where they are better on items kept aside')
    .option('--since <time>', 'of the ledger: calls from that time on, ISO 8601')
    .option('--until <time>', 'of the ledger: calls before that time')
    .addOption(
      new Option('--by <who...>', 'of the ledger: whose judgements count')
        .choices(['user', 'shadow', 'function', 'exact'])
        .default(FAIR),
    )
    .option('--rehearsal', 'of the ledger: rehearsals, instead of real calls')
    .option('--no-write', `do not put the certificate into ${certificatesFileName}`)
    .option('--json', 'print the result as JSON, and no progress')
    .addHelpText(
      'after',
      `
Environment:
  EDGEWISE_LEDGER  the file of the ledger

Exit codes: 0 certified, 2 refused for lack of proof, 1 an error.

Examples:
  edgewise certify --task triage --device edgewise-mini --cloud gpt-5-nano
  edgewise certify outcomes.csv.gz --device llama3.1-8b --cloud gpt-4o --keep 0.95`,
    )
    .action(async (source: string | undefined, options: CertifyCommandOptions, command: Command) => {
      if (options.device === options.cloud)
        command.error(
          `error: --device and --cloud are one model: of two that bear one name the cloud's is ${options.cloud}@cloud`,
        )
      if (options.keep !== undefined && (options.harm !== undefined || options.calls !== undefined))
        command.error('error: --keep is one claim and --harm another: choose one')
      if (options.combine && options.signal === 'none')
        command.error('error: --combine needs a signal to start from')
      const { certified, gate } = await proven(source, options)
      if (certified.kind === 'refused') process.exitCode = 2
      const file =
        certified.kind === 'certificate' && options.write
          ? await keepCertificate('.', certified.certificate)
          : null
      if (options.json) console.log(JSON.stringify({ ...certified, gate, file }))
      else console.log(certifiedText(certified, gate, file))
    })
}

async function proven(
  source: string | undefined,
  options: CertifyCommandOptions,
): Promise<{ certified: Certified; gate: Gate | null }> {
  const { device, cloud, task, signal, combine, delta } = options
  const pair = { device, cloud }
  const claim = claimOf(options)
  const items = await read(source, options, pair)
  const rest = { pair, task, claim, delta }
  if (combine) return certifyBest(items, { ...rest, signal })
  return {
    certified: await certify(items, { ...rest, signal: signal === 'none' ? null : signal }),
    gate: null,
  }
}

function claimOf({ keep, harm = 0.05, calls }: CertifyCommandOptions): Claim {
  if (keep !== undefined) return { kind: 'keeps', share: keep }
  return calls === undefined ? { kind: 'harm', alpha: harm } : { kind: 'harm', alpha: harm, calls }
}

/** Prompts and other models are not held. */
async function read(
  source: string | undefined,
  options: CertifyCommandOptions,
  { device, cloud }: ModelPair,
): Promise<TraceItem[]> {
  const view = options.json ? undefined : openCount('items read')
  const items: TraceItem[] = []
  try {
    for await (const item of source === undefined ? ledgerItems(options) : openTrace(source)) {
      const both = Object.entries(item.models).filter(([model]) => model === device || model === cloud)
      items.push({ ...item, prompt: null, models: Object.fromEntries(both) })
      view?.show(items.length)
    }
  } finally {
    view?.close()
  }
  if (items.length > 0 || source !== undefined) return items
  throw new CertifyError(
    'certify_no_items',
    `${ledgerFile()} has no calls to certify with: make some with an "audit" in the policy, or name a trace`,
  )
}

function parseShare(text: string): number {
  const share = Number(text)
  if (text.trim() !== '' && share > 0 && share < 1) return share
  throw new InvalidArgumentError('a number above 0 and below 1, such as 0.05')
}

function parseCount(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new InvalidArgumentError('a whole number above 0')
}
