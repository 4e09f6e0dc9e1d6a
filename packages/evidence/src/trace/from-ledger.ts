/**
 * The ledger as a trace: what each call's models did, how good it was as far as somebody said, what the cloud cost or would have. It
 * reads receipts and judgements alone, so a trace holds no text of any call, and goes through a ledger of any size in constant memory.
 */
import type { Judgement } from '../judgement.ts'
import type { Ledger } from '../ledger.ts'
import type { Attempt, Place, Receipt } from '../receipt.ts'
import { NOTHING_KNOWN, type Outcome, type TraceItem } from './item.ts'

export interface LedgerTraceOptions {
  /** ISO 8601: of calls that came in from then on. */
  readonly since?: string | undefined
  /** ISO 8601: of calls that came in before. */
  readonly until?: string | undefined
  readonly task?: string | undefined
  /**
   * Whose judgements count; all, when it is not given. What `shadow` judged is a uniform sample of the calls; users speak up when they
   * are angry or pleased, so their word alone says nothing of the others.
   */
  readonly by?: readonly Judgement['by'][] | undefined
  /** Calls whose cloud was a rehearsal, instead of calls that were real: as with money, the two are never added up. */
  readonly rehearsal?: boolean | undefined
}

/**
 * One item a call that a device or a cloud gave an answer to, in the order of the ledger; its id is the receipt's. Left out are calls that
 * failed, kept answers (nothing ran), and rehearsals where `rehearsal` does not ask for them (nothing was bought).
 *
 * - An attempt that failed or was cancelled is no outcome: its answer is not known.
 * - A signal that was read off the beginning of an answer is none of the whole, which bars are proven on.
 * - A score is that of the newest judgement that has one for that side, null where nobody judged it.
 * - A cloud that gave no answer of its own has that of the newest judgement's `shadow`. Where there is none, it has what the
 *   call would have cost there (`avoidedUsd` + `costUsd`) under the name of the receipt's price; no outcome where there is no price.
 * - Where cloud and device bear the same name, the cloud's is `NAME@cloud`.
 *
 * Throws what the ledger throws: LedgerError, `ledger_bad_time` for one.
 */
export async function* traceFromLedger(
  ledger: Pick<Ledger, 'all' | 'judgements'>,
  { since, until, task, by, rehearsal = false }: LedgerTraceOptions = {},
): AsyncGenerator<TraceItem, void, void> {
  for await (const receipt of ledger.all({ since, until, task })) {
    if (receipt.error !== null || receipt.cache !== null || receipt.rehearsal !== rehearsal) continue
    const device = answerOf(receipt.attempts, 'device')
    const cloud = answerOf(receipt.attempts, 'cloud')
    if (device === null && cloud === null) continue
    const judgements = newestFirst(await ledger.judgements(receipt.id)).filter(
      (judgement) => by?.includes(judgement.by) ?? true,
    )
    yield itemOf(receipt, device, cloud, judgements)
  }
}

/** The one that answered, else the last that was rejected; null when none came to an end. */
function answerOf(attempts: readonly Attempt[], place: Place): Attempt | null {
  const there = attempts.filter((attempt) => attempt.place === place)
  const having = (outcome: Attempt['outcome']): Attempt | undefined =>
    there.findLast((attempt) => attempt.outcome === outcome)
  return having('answered') ?? having('rejected') ?? null
}

/** By their time, and among those of one time the one that was written last. */
function newestFirst(judgements: readonly Judgement[]): Judgement[] {
  return [...judgements].reverse().sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
}

function itemOf(
  receipt: Receipt,
  device: Attempt | null,
  cloud: Attempt | null,
  judgements: readonly Judgement[],
): TraceItem {
  const score = (side: Place): number | null => judgements.find((one) => one[side] !== null)?.[side] ?? null
  const models: [string, Outcome][] = []
  if (device !== null) {
    // A ledger holds JSON, in which a number that was none has become null.
    const read = receipt.signals.filter(({ value, early }) => Number.isFinite(value) && !early)
    models.push([
      device.model,
      {
        ...outcomeOf(device, score('device')),
        signals: Object.fromEntries(read.map(({ name, value }) => [name, value])),
        quantisation: receipt.setup?.quantisation ?? null,
        template: receipt.setup?.template ?? null,
      },
    ])
  }
  const above = cloudOf(receipt, cloud, judgements, score('cloud'))
  if (above !== null) {
    const [name, outcome] = above
    models.push([name === device?.model ? `${name}@cloud` : name, outcome])
  }
  const { id, task, at } = receipt
  return { id, task, at, prompt: null, promptDigest: null, models: Object.fromEntries(models) }
}

function cloudOf(
  { attempts, price, avoidedUsd, costUsd }: Receipt,
  cloud: Attempt | null,
  judgements: readonly Judgement[],
  score: number | null,
): [string, Outcome] | null {
  const shadows = judgements.flatMap(({ shadow }) => (shadow === null ? [] : [shadow]))
  const answered = cloud ?? shadows.find((shadow) => answerOf([shadow], 'cloud') !== null)
  if (answered !== undefined) return [answered.model, outcomeOf(answered, score)]
  const name = attempts.find(({ place }) => place === 'cloud')?.model ?? price?.model
  if (name === undefined) return null
  const wouldCost = avoidedUsd === null || costUsd === null ? null : avoidedUsd + costUsd
  return [name, { ...NOTHING_KNOWN, score, costUsd: wouldCost }]
}

function outcomeOf({ inputTokens, outputTokens, costUsd, ms }: Attempt, score: number | null): Outcome {
  return { ...NOTHING_KNOWN, score, inputTokens, outputTokens, costUsd, latencyMs: ms }
}
