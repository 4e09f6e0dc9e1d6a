/** Each statement of a verdict beside what happened, and whether it still holds. */
import { count, dollars, milliseconds, percent, type Report } from '@edgewise/evidence'
import type { Option, Verdict } from '../decide/types.ts'
import { exactly, within } from '../decide/words.ts'
import type { Predicted } from '../predict/types.ts'
import type { Seen } from './seen.ts'
import type { Happened, Statement } from './types.ts'

/** Below so many calls or answers nothing is told. */
const FEW = 30

export function statementsOf(verdict: Verdict, seen: Seen, report: Report): readonly Statement[] {
  const { useCase, leans, options } = verdict
  const chosen = options.find(({ answer }) => answer === leans)
  // What nothing does has no statement but of the volume.
  if (chosen === undefined) return volumes(verdict, seen)
  return [
    inTime(verdict, chosen, seen),
    ...latencies(verdict, seen),
    ...(leans === 'no-llm' ? [] : stays(chosen, seen)),
    ...(leans === 'cloud' || leans === 'no-llm' ? [] : [cut(verdict, chosen, report)]),
    ...(leans === 'no-llm' ? [] : [perCall(chosen, seen)]),
    ...(leans === 'on-device' || leans === 'hybrid'
      ? [quality(useCase.fit.keep, report, leans === 'hybrid' ? (seen.stayed?.value ?? 1) : 1)]
      : []),
    ...volumes(verdict, seen),
  ]
}

type Unit = Statement['unit']
const told: Readonly<Record<Unit, (value: number) => string>> = {
  share: percent,
  ms: milliseconds,
  'US dollars': dollars,
  'calls a month': count,
  tokens: count,
}

interface Said {
  readonly name: string
  readonly what: string
  readonly unit: Unit
  readonly predicted: Predicted | null
  readonly happened: Happened | null
  readonly rules: readonly string[]
  /** How far the two may be apart all the same, as a factor. Default 1. */
  readonly factor?: number
}

/** Whether what was said and what happened have something in common. */
function compared({ name, what, unit, predicted, happened, rules, factor = 1 }: Said): Statement {
  const show = told[unit]
  const said = predicted === null ? `${what}: nothing was said` : `${what}: ${within(show, predicted)}`
  const base = { name, said, unit, predicted, happened, rules }
  if (predicted === null) return { ...base, holds: null, why: `${said}.` }
  if (happened === null) return { ...base, holds: null, why: `${said}; no call tells.` }
  const was = seenAs(show, happened)
  if (happened.n < FEW) return { ...base, holds: null, why: `${said}; ${was}: too few to tell.` }
  const isBelow = happened.high !== null && happened.high < predicted.low / factor
  const isAbove = happened.low !== null && happened.low > predicted.high * factor
  if (!isBelow && !isAbove) return { ...base, holds: true, why: `${said}; ${was}.` }
  return { ...base, holds: false, why: `${said}; ${was}, which is ${isBelow ? 'less' : 'more'}.` }
}

function seenAs(show: (value: number) => string, { value, low, high, n }: Happened): string {
  const interval =
    low === null && high === null
      ? ''
      : low === null
        ? ` (at most ${show(high!)})`
        : high === null
          ? ` (at least ${show(low)})`
          : ` (95 % interval ${show(low)} to ${show(high)})`
  return `seen was ${show(value)}${interval} of ${count(n)}`
}

/** It was said that as many as asked are in time, or that they are not: that is what must hold, not the very figure. */
function inTime({ useCase, leans }: Verdict, { usersInTime }: Option, seen: Seen): Statement {
  const { share, targetMs } = useCase.latency
  const happened = seen.inTime
  const wasToBe = usersInTime.value >= share - 1e-9
  const said = `within ${milliseconds(targetMs)}: ${within(percent, usersInTime)} of the users, where ${percent(share)} were asked for`
  const rules =
    leans === 'cloud'
      ? ['fast-in-the-cloud', 'cloud-too-slow']
      : leans === 'hybrid'
        ? ['hybrid-too-slow']
        : ['fast-on-the-device', 'too-slow-on-the-device']
  const base = { name: 'in-time', said, unit: 'share' as const, predicted: usersInTime, happened, rules }
  if (happened === null) return { ...base, holds: null, why: `${said}; no call tells.` }
  const was = seenAs(percent, happened)
  const isSo = happened.low! >= share ? true : happened.high! < share ? false : null
  if (isSo === null || happened.n < FEW)
    return { ...base, holds: null, why: `${said}; ${was}: too few to tell.` }
  return {
    ...base,
    holds: isSo === wasToBe,
    why: `${said}; ${was}${isSo === wasToBe ? '' : isSo ? ', which is enough' : ', which is too few'}.`,
  }
}

function latencies({ useCase, options }: Verdict, seen: Seen): readonly Statement[] {
  const { share } = useCase.latency
  const what = useCase.latency.of === 'first-token' ? 'to the first word' : 'to the whole answer'
  const of = (answer: Option['answer']): Predicted | null =>
    options.find((option) => option.answer === answer)?.latencyMs ?? null
  return (['device', 'cloud'] as const).flatMap((place) => {
    const happened = seen.latency(place, share)
    if (happened === null) return []
    return [
      compared({
        name: `${place}-latency`,
        what: `${what}, ${percent(share)} of the ${place}'s answers within`,
        unit: 'ms',
        predicted: of(place === 'device' ? 'on-device' : 'cloud'),
        happened,
        rules:
          place === 'device'
            ? ['fast-on-the-device', 'too-slow-on-the-device', 'hybrid-too-slow']
            : ['fast-in-the-cloud', 'cloud-too-slow'],
        // A figure without an interval, as the cloud's is, is not meant to the millisecond.
        factor: place === 'cloud' ? 1.1 : 1,
      }),
    ]
  })
}

function stays({ answer, staysShare, ships }: Option, seen: Seen): readonly Statement[] {
  const rules = ['hybrid-keeps-quality', 'hybrid-cuts-the-bill']
  const statement = compared({
    name: 'stays',
    what: 'calls that never leave the device',
    unit: 'share',
    predicted: staysShare,
    happened: seen.stayed,
    rules,
  })
  if (answer !== 'hybrid') return [statement]
  // Of the calls that the device begins: those of users whose device takes part.
  const part = ships.reduce((sum, { share }) => sum + share, 0)
  const up = (share: number): number => (part === 0 ? 1 : Math.min(1, Math.max(0, 1 - share / part)))
  const predicted = {
    value: up(staysShare.value),
    low: up(staysShare.high),
    high: up(staysShare.low),
    level: staysShare.level,
  }
  return [
    statement,
    compared({
      name: 'escalated',
      what: 'calls the device began and the cloud answered',
      unit: 'share',
      predicted,
      happened: seen.escalated,
      rules,
    }),
  ]
}

function cut({ options }: Verdict, { usdPerCall }: Option, { money }: Report): Statement {
  const cloud = options.find(({ answer }) => answer === 'cloud')!.usdPerCall.value
  const share = (usd: number): number => (cloud > 0 ? 1 - usd / cloud : 0)
  return compared({
    name: 'cut',
    what: 'cut of the bill for calls',
    unit: 'share',
    predicted:
      cloud > 0
        ? {
            value: share(usdPerCall.value),
            low: share(usdPerCall.high),
            high: share(usdPerCall.low),
            level: usdPerCall.level,
          }
        : null,
    happened:
      money.cut === null
        ? null
        : { value: money.cut.value, low: money.cut.low, high: money.cut.high, n: money.cut.n },
    rules: ['hybrid-cuts-the-bill', 'break-even-reached', 'cheap-in-the-cloud'],
  })
}

function perCall({ usdPerCall }: Option, seen: Seen): Statement {
  return compared({
    name: 'usd-per-call',
    what: 'cost of a call',
    unit: 'US dollars',
    predicted: usdPerCall,
    happened: seen.usdPerCall,
    rules: ['cheap-in-the-cloud', 'break-even-reached', 'hybrid-cuts-the-bill'],
    // Lengths are told as round numbers.
    factor: 1.25,
  })
}

/**
 * Of the device's answers that were compared with the cloud's, those that were worse are the least that was lost; of all calls, it is lost on
 * the share `stays` that the device answers.
 */
function quality(keep: number, { quality: judged }: Report, stays: number): Statement {
  const harm = judged?.harm ?? null
  const said = `quality: ${percent(keep)} of the cloud's is kept`
  const rules = ['quality-kept', 'quality-lost', 'quality-unknown', 'hybrid-keeps-quality']
  const predicted: Predicted = { value: keep, low: keep, high: 1, level: 1 }
  if (harm === null)
    return {
      name: 'quality',
      said,
      unit: 'share',
      predicted,
      happened: null,
      holds: null,
      rules,
      why: `${said}; no answer was compared.`,
    }
  const kept = (worse: number): number => 1 - worse * stays
  const happened = { value: kept(harm.share), low: kept(harm.high), high: kept(harm.low), n: harm.n }
  const was = `by the answers that were compared, ${seenAs(percent, happened).replace('seen was ', '')}`
  const holds = happened.low >= keep ? true : happened.high < keep && happened.n >= FEW ? false : null
  const why =
    holds === null
      ? `${said}; ${was}: too few to tell.`
      : `${said}; ${was}${holds ? '' : ', which is too few'}.`
  return { name: 'quality', said, unit: 'share', predicted, happened, holds, rules, why }
}

function volumes({ useCase }: Verdict, seen: Seen): readonly Statement[] {
  const { callsPerMonth, promptTokens, outputTokens } = useCase.volume
  const tokens = seen.tokens
  const money = ['cheap-in-the-cloud', 'break-even-reached', 'hybrid-cuts-the-bill']
  const speed = ['fast-on-the-device', 'too-slow-on-the-device', 'hybrid-too-slow']
  return [
    compared({
      name: 'volume',
      what: 'calls a month',
      unit: 'calls a month',
      predicted: exactly(callsPerMonth),
      happened: seen.callsPerMonth,
      rules: money,
      factor: 1.5,
    }),
    compared({
      name: 'prompt-tokens',
      what: 'tokens of a prompt',
      unit: 'tokens',
      predicted: exactly(promptTokens),
      happened: tokens?.prompt ?? null,
      rules: [...money, ...speed],
      factor: 1.25,
    }),
    compared({
      name: 'output-tokens',
      what: 'tokens of an answer',
      unit: 'tokens',
      predicted: exactly(outputTokens),
      happened: tokens?.output ?? null,
      rules: [...money, ...speed],
      factor: 1.25,
    }),
  ]
}
