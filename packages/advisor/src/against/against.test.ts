import { type Judgement, memoryLedger, type Receipt, seededRandom } from '@edgewise/evidence'
import { beforeAll, describe, expect, test } from 'vitest'
import { attemptOf, judgementOf, receiptOf } from '../../../evidence/src/testing/receipts.ts'
import { decide } from '../decide/decide.ts'
import { tabular } from '../decide/testing/tabular.ts'
import type { Verdict } from '../decide/types.ts'
import { facts } from '../facts/facts.ts'
import { checkUseCase } from '../use-case/parse.ts'
import { against } from './against.ts'
import type { Comparison, Statement } from './types.ts'

const keeps = (value: number) => ({ value, low: value - 0.01, high: value + 0.01 })

/** Two kinds of phones that answer within 600 and 900 ms, of a cloud that takes 1,400. */
const verdictOf = (kept: number, callsPerMonth = 3e7): Verdict =>
  decide(
    checkUseCase({
      name: 'Smart reply',
      fit: {
        kind: 'generate',
        models: ['llama-3.2-1b'],
        measured: [
          { who: 'cloud', right: 900, of: 1000 },
          { who: 'llama-3.2-1b', right: Math.round(900 * kept), of: 1000, kept: keeps(kept) },
        ],
      },
      latency: { targetMs: 2500, of: 'whole-answer', share: 0.9 },
      privacy: 'anything',
      offline: 'no',
      volume: { callsPerMonth, users: 10_000, promptTokens: 500, outputTokens: 150 },
      cloud: { model: 'gpt-5-nano', firstTokenMs: 400, decodeTps: 149 },
      fleet: [
        { device: 'iphone-17', share: 0.5 },
        { device: 'galaxy-a56', share: 0.5 },
      ],
      engineering: { days: 10, usdPerDay: 600, months: 12, egressUsdPerGB: 0.05 },
    }),
    facts,
    { predict: tabular({ 'iphone-17': { ms: 600, factor: 1.3 }, 'galaxy-a56': { ms: 900, factor: 1.3 } }) },
  )

interface Traffic {
  readonly calls: number
  readonly deviceMs: number
  readonly escalated: number
  readonly harmed: number
  readonly inputTokens?: number
}

const CALL_USD = 85e-6

/** Calls over thirty days, the same for the same numbers; every tenth that stays is audited. */
async function compare(verdict: Verdict, traffic: Traffic): Promise<Comparison> {
  const { calls, deviceMs, escalated, harmed, inputTokens = 500 } = traffic
  const random = seededRandom(7)
  await using stack = new AsyncDisposableStack()
  const ledger = stack.adopt(memoryLedger(), (one) => one.close())
  for (let i = 0; i < calls; i++) {
    const up = random() < escalated
    const own = deviceMs * (0.7 + 0.6 * random())
    const device = attempt('device', up ? 'rejected' : 'answered', own)
    const cloud = attempt('cloud', 'answered', 1300 + 200 * random())
    const totalMs = up ? own + cloud.ms : own
    ledger.put({
      ...plain,
      id: `r${i}`,
      at: new Date(Date.UTC(2026, 6, 1) + (i / calls) * 30 * 86_400_000).toISOString(),
      place: up ? 'cloud' : 'device',
      attempts: up ? [device, cloud] : [device],
      firstTokenMs: totalMs,
      totalMs,
      inputTokens,
      costUsd: up ? CALL_USD : 0,
      avoidedUsd: up ? 0 : CALL_USD,
      bytesOut: up ? 2000 : 0,
    })
    if (!up && i % 10 === 0) ledger.judge(judged(`r${i}`, random() < harmed))
  }
  // Another task, and a call without an answer, are in no figure.
  ledger.put({ ...plain, id: 'other', task: 'other', totalMs: 1e6 })
  ledger.put({ ...plain, id: 'failed', place: null, error: 'no_answer', totalMs: 1e6 })
  return await against(verdict, ledger.all() as Iterable<Receipt>, (id) => ledger.judgements(id), {
    now: '2026-08-01T00:00:00Z',
  })
}

const attempt = (place: 'device' | 'cloud', outcome: 'answered' | 'rejected', ms: number) =>
  attemptOf({
    place,
    model: place,
    outcome,
    firstOutputMs: ms / 3,
    ms,
    costUsd: place === 'cloud' ? CALL_USD : 0,
  })

const plain: Receipt = receiptOf({ task: 'smart-reply', attempts: [], inputTokens: 500, outputTokens: 150 })

const judged = (receiptId: string, isWorse: boolean): Judgement =>
  judgementOf({ receiptId, by: 'shadow', device: isWorse ? 0 : 1, cloud: 1 })

const named = ({ statements }: Comparison, name: string): Statement =>
  statements.find((one) => one.name === name)!
const broken = ({ statements }: Comparison): readonly string[] =>
  statements.filter(({ holds }) => holds === false).map(({ name }) => name)

describe('a hybrid, as it was said to be', () => {
  let comparison: Comparison
  beforeAll(async () => {
    comparison = await compare(verdictOf(0.8), { calls: 3000, deviceMs: 800, escalated: 0.4, harmed: 0.02 })
  })

  test('every statement holds but the volume, which is a sample of it here', () => {
    expect(verdictOf(0.8).answer).toBe('hybrid')
    expect(broken(comparison)).toEqual(['volume'])
    expect(comparison.calls).toBe(3000)
    expect(comparison.noLonger.at(-1)).toMatch(/^With what was seen it would be decided otherwise: The cloud/)
  })

  test('each has what was said, what was seen with its interval and of how many', () => {
    const stays = named(comparison, 'stays')
    // Between 1 - 0.15 / 0.2 and 1 - 0.9 x 0.15, where the ends of the quality widen it.
    expect(stays.predicted!.value).toBeCloseTo((0.25 + 0.865) / 2, 6)
    expect(stays.happened!.value).toBeCloseTo(0.6, 1)
    expect(stays.happened!.low).toBeLessThan(stays.happened!.value)
    expect(stays.why).toMatch(
      /^calls that never leave the device: 55.8 % \(80 % interval .*\); seen was \d\d.\d % \(95 % interval .* of 3,000\.$/,
    )
    expect(named(comparison, 'escalated').happened!.value).toBeCloseTo(1 - stays.happened!.value, 9)
    expect(named(comparison, 'cut').happened!.value).toBeCloseTo(stays.happened!.value, 9)
    expect(named(comparison, 'quality').holds).toBe(true)
    expect(named(comparison, 'device-latency').happened!.n).toBeGreaterThan(1000)
    expect(named(comparison, 'cloud-latency').holds).toBe(true)
  })

  test('the figures of the report are those of the task', () => {
    expect(comparison.report.where.answeredBy.device / 3000).toBe(named(comparison, 'stays').happened!.value)
    expect(comparison.report.calls).toBe(3001)
  })
})

test('a device that is slower and escalates more: each is named, with its rules', async () => {
  const comparison = await compare(verdictOf(0.8), {
    calls: 3000,
    deviceMs: 3000,
    escalated: 0.9,
    harmed: 0,
  })
  expect(broken(comparison)).toEqual(
    expect.arrayContaining(['in-time', 'device-latency', 'stays', 'escalated', 'cut']),
  )
  expect(named(comparison, 'device-latency').rules).toContain('too-slow-on-the-device')
  expect(named(comparison, 'in-time').why).toMatch(/which is too few\.$/)
  expect(comparison.noLonger.length).toBeGreaterThan(6)
})

test('answers that are worse than was said', async () => {
  const comparison = await compare(verdictOf(0.8), {
    calls: 2000,
    deviceMs: 800,
    escalated: 0.4,
    harmed: 0.5,
  })
  expect(broken(comparison)).toContain('quality')
  // Half of the sixty percent that stay.
  expect(named(comparison, 'quality').happened!.value).toBeCloseTo(0.7, 1)
})

test('longer prompts than were told are seen, and the use case is decided anew with them', async () => {
  const comparison = await compare(verdictOf(1), {
    calls: 1000,
    deviceMs: 700,
    escalated: 0,
    harmed: 0,
    inputTokens: 900,
  })
  expect(broken(comparison)).toContain('prompt-tokens')
  expect(comparison.now!.useCase.volume.promptTokens).toBe(900)
  expect(comparison.now!.useCase.volume.callsPerMonth).toBeCloseTo(1015.6, 0)
})

test('few calls tell nothing, and no call neither', async () => {
  const few = await compare(verdictOf(1), { calls: 20, deviceMs: 9000, escalated: 0.5, harmed: 1 })
  expect(broken(few)).toEqual([])
  expect(few.now).toBe(null)
  const empty = await against(verdictOf(1), [])
  expect(empty.statements.every(({ holds }) => holds === null)).toBe(true)
  expect(empty.noLonger).toEqual([])
  expect(JSON.stringify(empty)).not.toMatch(/NaN|Infinity/)
})

test('nothing is asked of judgements when nobody looked', async () => {
  const comparison = await against(verdictOf(1), [{ ...plain, id: 'a' }])
  expect(named(comparison, 'quality').why).toMatch(/no answer was compared/)
})

test('a hundred thousand calls take what a thousand take', async () => {
  function* many(): Iterable<Receipt> {
    for (let i = 0; i < 100_000; i++)
      yield {
        ...plain,
        id: `${i}`,
        attempts: [attempt('device', 'answered', 500 + (i % 100))],
        totalMs: 500 + (i % 100),
      }
  }
  const comparison = await against(verdictOf(1), many())
  expect(comparison.calls).toBe(100_000)
  expect(named(comparison, 'in-time').happened!.value).toBe(1)
})
