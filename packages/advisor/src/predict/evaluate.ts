/**
 * How well the predictor does on measurements that it was not fitted to, as tables: by class of device, beside the rule that is used
 * elsewhere (bandwidth over size times 0.55), with the share of rows inside their intervals. What was left out is counted by reason.
 */
import type { Facts, Measurement } from '../facts/types.ts'
import { bytesOf } from './bytes.ts'
import { covered } from './conformal.ts'
import { median } from './effects.ts'
import { holdOut } from './fit.ts'
import { type Held, leaveDevicesOut, type Stage } from './hold-out.ts'
import type { LawName } from './laws.ts'
import { isPromptCached, type Reason, type Sound, sortOut } from './left-out.ts'
import { bitsNamed } from './traits.ts'

export interface Score {
  readonly group: string
  readonly rows: number
  readonly devices: number
  /** Median of |predicted - measured| / measured; the next two are shares of rows. */
  readonly error: number
  readonly within30: number
  readonly within2x: number
  /** The rule's median on the same rows; null where the law is not decoding. */
  readonly rule: number | null
  /** Share of rows inside the 80 % interval that the errors of other devices make. */
  readonly covered: number
}

export interface Evaluation {
  readonly rows: number
  readonly sound: number
  readonly leftOut: Readonly<Partial<Record<Reason, readonly string[]>>>
  /** Sound rows whose prompt and first token are not used. */
  readonly promptCached: readonly string[]
  /** By law and stage; the first score is that of all rows. */
  readonly scores: Readonly<Record<LawName, Readonly<Record<Stage, readonly Score[]>>>>
  /** Of devices unseen, with the size of the file computed from shape and quantisation and not told: what `predict` does. */
  readonly fromQuantisation: Score
  /** Of devices unseen whose bandwidth is only claimed, and of the others. */
  readonly claimed: Score
  readonly sourced: Score
  /** The first token from a row's own measured prefill: prompt / prefill. Null where none has both. */
  readonly firstTokenFromPrefill: { readonly rows: number; readonly error: number } | null
}

export function evaluate(measurements: readonly Measurement[], facts: Facts): Evaluation {
  const { sound, leftOut } = sortOut(measurements, facts)
  const held = holdOut(sound)
  const of = (law: LawName, stage: Stage): readonly Held[] =>
    held.filter((one) => one.law === law && one.stage === stage)
  const scores = (law: LawName): Evaluation['scores'][LawName] => ({
    cold: byClass(of(law, 'cold')),
    known: byClass(of(law, 'known')),
    own: byClass(of(law, 'own')),
  })
  const withoutSize = leaveDevicesOut(sound, (one) => {
    const bits = bitsNamed(facts, one.row.quantisation)!
    return { ...one, bytes: bytesOf(one.model, bits, one.traits.runtime, null) }
  })
  const cold = of('decode', 'cold')
  const sure = covered(cold)
  const claims = (one: Held): boolean => one.one.device.basis === 'claimed'
  const both = sound.filter(({ row }) => row.firstTokenMs && row.prefillTps && row.promptTokens)
  return {
    rows: measurements.length,
    sound: sound.length,
    leftOut: Object.fromEntries(
      [...Map.groupBy(leftOut, ({ reason }) => reason)].map(([reason, rows]) => [
        reason,
        rows.map(({ id }) => id),
      ]),
    ),
    promptCached: sound.filter(isPromptCached).map(({ row }) => row.id),
    scores: {
      decode: scores('decode'),
      prefill: scores('prefill'),
      firstToken: scores('firstToken'),
      memory: scores('memory'),
    },
    fromQuantisation: scored(
      'all',
      withoutSize.filter(({ law, stage }) => law === 'decode' && stage === 'cold'),
    ),
    claimed: score(
      'bandwidth claimed',
      cold.filter(claims),
      sure.filter((_, i) => claims(cold[i]!)),
    ),
    sourced: score(
      'bandwidth with a source',
      cold.filter((one) => !claims(one)),
      sure.filter((_, i) => !claims(cold[i]!)),
    ),
    firstTokenFromPrefill: both.length ? { rows: both.length, error: median(both.map(fromPrefill)) } : null,
  }
}

function fromPrefill({ row }: Sound): number {
  const said = (1000 * row.promptTokens!) / row.prefillTps!
  return Math.abs(said / row.firstTokenMs! - 1)
}

function byClass(held: readonly Held[]): readonly Score[] {
  const sure = covered(held)
  const classes = [...new Set(held.map(({ one }) => one.device.class))].toSorted()
  return [
    score('all', held, sure),
    ...classes.map((kind) => {
      const is = (one: Held): boolean => one.one.device.class === kind
      return score(
        kind,
        held.filter(is),
        sure.filter((_, i) => is(held[i]!)),
      )
    }),
  ]
}

const scored = (group: string, held: readonly Held[]): Score => score(group, held, covered(held))

function score(group: string, held: readonly Held[], sure: readonly boolean[]): Score {
  const share = (of: readonly boolean[]): number => of.filter(Boolean).length / Math.max(1, of.length)
  const errors = held.map(errorOf)
  const decode = held.every(({ law }) => law === 'decode')
  return {
    group,
    rows: held.length,
    devices: new Set(held.map(({ one }) => one.device.id)).size,
    error: errors.length ? median(errors) : 0,
    within30: share(errors.map((error) => error <= 0.3)),
    within2x: share(held.map(({ observed, said }) => Math.abs(observed - said) <= Math.LN2)),
    rule: decode && held.length ? median(held.map(ruleError)) : null,
    covered: share(sure),
  }
}

/** Of speeds the error of the speed, of times and bytes theirs: over what was measured. */
function errorOf({ law, observed, said }: Held): number {
  const over = law === 'decode' || law === 'prefill' ? observed - said : said - observed
  return Math.abs(Math.exp(over) - 1)
}

/** Of `bandwidth / size x 0.55` (github.com/AlexsJones/llmfit). */
function ruleError({ one }: Held): number {
  const said = (one.device.bandwidthGBs * 1e9 * 0.55) / one.bytes.file
  return Math.abs(said / one.row.decodeTps! - 1)
}
