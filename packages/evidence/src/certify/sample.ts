/**
 * What a certificate is computed from: the judged items of one task and one setup, each with its signal. Strict: what mixes tasks,
 * quantisations or templates, or has an item twice, is refused, as a proof would be of nothing in particular.
 */
import { type Combination, combine } from '../combine/combination.ts'
import { roundDown } from '../statistics/significant.ts'
import { type JudgedItem, judgedItem, type ModelPair, type Outcome, type TraceItem } from '../trace/item.ts'
import type { Setup } from './certificate.ts'
import { CertifyError } from './certify-error.ts'

export interface SampleItem {
  readonly id: string
  readonly at: string | null
  /** Rounded down to four significant digits; null: it has none, or is below them all, and is never kept. */
  readonly signal: number | null
  readonly device: number
  readonly cloud: number
  /** Of the cloud; null where nobody knows. */
  readonly costUsd: number | null
}

export interface Sample {
  readonly items: readonly SampleItem[]
  readonly setup: Setup
  /** Items of the task that one of the two models did not answer, or nobody judged. */
  readonly unjudged: number
}

export interface SampleOptions {
  /** Needed when there are several. */
  readonly task?: string | undefined
  readonly pair: ModelPair
  /** null: no bar, the whole task stays. */
  readonly signal: string | null
  readonly combination?: Combination | null | undefined
}

/** Throws CertifyError. */
export async function sampleOf(
  trace: Iterable<TraceItem> | AsyncIterable<TraceItem>,
  { task, pair, signal, combination = null }: SampleOptions,
): Promise<Sample> {
  const items: SampleItem[] = []
  const tasks = new Set<string>()
  const setups = new Map<string, Pick<Outcome, 'quantisation' | 'template'>>()
  const ids = new Set<string>()
  let unjudged = 0
  for await (const item of trace) {
    if (task !== undefined && item.task !== task) continue
    tasks.add(item.task)
    const judged = judgedItem(item, pair)
    if (judged === null) {
      unjudged++
      continue
    }
    if (ids.size === ids.add(`${item.task}\n${judged.id}`).size)
      throw new CertifyError(
        'certify_duplicate',
        `item ${judged.id} is there twice: counted twice it would prove more than it does`,
      )
    const { device, cloud } = judged
    checkItem(judged)
    const { quantisation, template } = device
    setups.set(JSON.stringify([quantisation, template]), { quantisation, template })
    const value = signal === null ? null : roundDown(signalOf(device, signal, combination) ?? Number.NaN)
    items.push({
      id: judged.id,
      at: judged.at,
      signal: Number.isFinite(value) ? value : null,
      device: device.score,
      cloud: cloud.score,
      costUsd: Number.isFinite(cloud.costUsd) && cloud.costUsd! >= 0 ? cloud.costUsd : null,
    })
  }
  return { items, unjudged, setup: oneSetup(items.length, tasks, setups, pair, task) }
}

/** What no proof holds for. Readers of traces and ledgers let none of it through; others may. */
function checkItem({ id, at, device, cloud }: JudgedItem): void {
  for (const { score } of [device, cloud])
    if (!(score >= 0 && score <= 1))
      throw new CertifyError('certify_bad_item', `item ${id} has a score of ${score}: it must be from 0 to 1`)
  if (at !== null && Number.isNaN(Date.parse(at)))
    throw new CertifyError(
      'certify_bad_item',
      `item ${id} came in at ${JSON.stringify(at)}, which is no time`,
    )
}

/** The signal of an outcome by its name, or computed by its combination; null when it has none. */
export function signalOf(outcome: Outcome, name: string, combination: Combination | null): number | null {
  return combination === null
    ? signalNamed(outcome, name)
    : combine(combination, (feature) => featureOf(outcome, feature))
}

/** What a combination is made of: a signal, or the logarithm of 1 + tokens. */
export function featureOf(outcome: Outcome, name: string): number | null {
  if (name !== 'inputTokens' && name !== 'outputTokens') return signalNamed(outcome, name)
  const tokens = outcome[name]
  return tokens === null ? null : Math.log1p(tokens)
}

function signalNamed({ signals }: Outcome, name: string): number | null {
  const value = Object.hasOwn(signals, name) ? signals[name]! : null
  return typeof value === 'number' && !Number.isNaN(value) ? value : null
}

function oneSetup(
  count: number,
  tasks: ReadonlySet<string>,
  setups: ReadonlyMap<string, Pick<Outcome, 'quantisation' | 'template'>>,
  { device, cloud }: ModelPair,
  asked: string | undefined,
): Setup {
  if (tasks.size > 1)
    throw new CertifyError(
      'certify_several_tasks',
      `the trace has ${tasks.size} tasks (${[...tasks].slice(0, 5).join(', ')}): a certificate is for one, name it`,
    )
  if (count === 0)
    throw new CertifyError(
      'certify_no_items',
      `no item${asked === undefined ? '' : ` of task ${asked}`} has a judged answer of both ${device} and ${cloud}: judge some, or name other models`,
    )
  if (setups.size > 1)
    throw new CertifyError(
      'certify_mixed_setup',
      `${device} ran in ${setups.size} setups (quantisation, template: ${[...setups.keys()].join(' ')}): certify each alone`,
    )
  const [setup] = setups.values()
  return { task: [...tasks][0]!, device: { model: device, ...setup! }, cloud: { model: cloud } }
}
