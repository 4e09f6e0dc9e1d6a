/**
 * A verdict held against the ledger: what it said beside what happened, with intervals, in one pass and constant memory. A statement no longer
 * holds where the interval of what happened and that of what was said have nothing in common; where so few calls came that nothing can
 * be told, it says so. Calls, not users, are what a ledger has: that a share of users is in time is held against the share of calls.
 */
import { type Judgement, type Receipt, type Report, report } from '@edgewise/evidence'
import { decide } from '../decide/decide.ts'
import type { Verdict } from '../decide/types.ts'
import { facts as ours } from '../facts/facts.ts'
import type { Facts } from '../facts/types.ts'
import type { UseCase } from '../use-case/types.ts'
import { Seen } from './seen.ts'
import { statementsOf } from './statements.ts'
import type { Comparison, Happened } from './types.ts'

/** What was judged of a call. */
export type JudgementsOf = (receiptId: string) => readonly Judgement[] | Promise<readonly Judgement[]>

export interface AgainstOptions {
  /** ISO 8601: calls from that time on, and before that time. */
  readonly since?: string | undefined
  readonly until?: string | undefined
  /** ISO 8601, of the report; default: the clock. */
  readonly now?: string | undefined
  /** Rehearsals instead of calls that were none. */
  readonly rehearsal?: boolean | undefined
  /** What the use case as it was seen is decided with; default: those that come with Edgewise. */
  readonly facts?: Facts | undefined
}

/** Below so many answered calls nothing is decided anew. */
const FEW = 30

/**
 * `judgements`: what was judged of each call (`ledger.judgements`); absent: nobody looked, and nothing is said of quality. Throws
 * `ledger_bad_time` for a time that is none, and AdvisorError as `decide` does.
 */
export async function against(
  verdict: Verdict,
  receipts: Iterable<Receipt> | AsyncIterable<Receipt>,
  judgements?: JudgementsOf,
  { facts = ours, since, until, now, rehearsal }: AgainstOptions = {},
): Promise<Comparison> {
  const { useCase, answer, leans } = verdict
  const seen = new Seen(useCase.latency)
  const from = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since)
  const to = until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until)
  const isOf = ({ task, at }: Receipt): boolean => {
    const time = Date.parse(at)
    return task === useCase.task && time >= from && time < to
  }
  let others = 0
  const counted = counting(receipts, (receipt) => {
    if (!isOf(receipt)) return
    if (receipt.rehearsal === (rehearsal === true)) seen.add(receipt)
    else others += 1
  })
  const figures = await report(counted, { task: useCase.task, judgements, since, until, now, rehearsal })
  const statements = statementsOf(verdict, seen, figures)
  const then = seen.calls < FEW ? null : decidedAnew(useCase, seen, facts)
  return {
    task: useCase.task,
    answer,
    leans,
    calls: seen.calls,
    others: { calls: others, are: rehearsal === true ? 'real calls' : 'rehearsals' },
    first: figures.first,
    last: figures.last,
    statements,
    noLonger: [
      ...statements.flatMap(({ holds, why }) => (holds === false ? [why] : [])),
      ...(then !== null && then.leans !== leans
        ? [`With what was seen it would be decided otherwise: ${then.why}`]
        : []),
    ],
    now: then,
    report: figures satisfies Report,
  }
}

async function* counting(
  receipts: Iterable<Receipt> | AsyncIterable<Receipt>,
  count: (receipt: Receipt) => void,
): AsyncIterable<Receipt> {
  for await (const receipt of receipts) {
    count(receipt)
    yield receipt
  }
}

/** Volume, lengths and the cloud's speed as they were seen; what was not seen stays as it was told. */
function decidedAnew(useCase: UseCase, seen: Seen, facts: Facts): Comparison['now'] {
  const { volume, cloud } = useCase
  const enough = (figure: Happened | null): number | null =>
    figure !== null && figure.n >= FEW ? figure.value : null
  const first = enough(seen.cloudFirst(useCase.latency.share))
  const tokens = seen.tokens
  const callsPerMonth = enough(seen.callsPerMonth)
  const changed: UseCase = {
    ...useCase,
    volume: {
      ...volume,
      callsPerMonth:
        callsPerMonth === null ? volume.callsPerMonth : Math.min(callsPerMonth, volume.users * 1e6),
      promptTokens: whole(enough(tokens?.prompt ?? null)) ?? volume.promptTokens,
      outputTokens: whole(enough(tokens?.output ?? null)) ?? volume.outputTokens,
    },
    cloud: { ...cloud, firstTokenMs: first === null || first <= 0 ? cloud.firstTokenMs : first },
  }
  const { answer, leans, why } = decide(changed, facts)
  return { useCase: changed, answer, leans, why }
}

const whole = (value: number | null): number | null =>
  value === null ? null : Math.max(1, Math.round(value))
