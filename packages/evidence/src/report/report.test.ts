/** The figures of a report against what was put in: one receipt of each kind, by hand. */
import { describe, expect, test } from 'vitest'
import type { Judgement } from '../judgement.ts'
import type { Receipt } from '../receipt.ts'
import { clopperPearson } from '../statistics/binomial.ts'
import { attemptOf, receiptOf } from '../testing/receipts.ts'
import { type ReportOptions, report } from './report.ts'
import { traffic } from './testing/traffic.ts'

const now = '2026-08-06T09:30:00.000Z'

const cloud = attemptOf({ place: 'cloud', model: 'large', costUsd: 0.02, bytesOut: 500, ms: 900 })
const inCloud: Partial<Receipt> = {
  place: 'cloud',
  model: 'large',
  attempts: [cloud],
  costUsd: 0.02,
  avoidedUsd: 0,
  bytesOut: 500,
}
const judgement = (receiptId: string, changes: Partial<Judgement>): Judgement => ({
  receiptId,
  at: now,
  by: 'shadow',
  device: null,
  cloud: null,
  shadow: null,
  ...changes,
})

describe('one of each', () => {
  const receipts = [
    receiptOf({
      id: 'kept',
      cache: { kind: 'exact', of: 'x', ageSeconds: 1, similarity: 1 },
      attempts: [],
      avoidedUsd: 0.01,
    }),
    receiptOf({
      id: 'device',
      avoidedUsd: 0.03,
      certificate: 'cert-1',
      privacy: 'nothing-leaves',
      task: 'sealed',
    }),
    receiptOf({ id: 'audited', avoidedUsd: 0.04 }),
    receiptOf({
      ...inCloud,
      id: 'bar',
      attempts: [attemptOf({ outcome: 'rejected', ms: 40 }), { ...cloud, tries: 3 }],
      signals: [
        { name: 'length', value: 3, threshold: 9, pass: true },
        { name: 'margin', value: 0.1, threshold: 0.5, pass: false },
      ],
      path: [
        { rule: 'certificate', value: null, threshold: null, then: 'a note' },
        { rule: 'certificate', value: 'cert-1', threshold: null, then: 'it is for another model' },
        { rule: 'place', value: 'prefer-device', threshold: null, then: '' },
      ],
    }),
    receiptOf({ ...inCloud, id: 'race', attempts: [attemptOf({ outcome: 'cancelled', ms: 30 }), cloud] }),
    receiptOf({
      ...inCloud,
      id: 'broke',
      attempts: [attemptOf({ outcome: 'failed', code: 'out_of_memory' }), cloud],
    }),
    receiptOf({
      ...inCloud,
      id: 'sent',
      at: '2026-08-06T01:00:00.000+02:00',
      privacy: 'redacted',
      prepared: {
        redacted: { PERSON: 2, EMAIL_ADDRESS: 1 },
        nameRecall: { recall: 0.9, measuredOn: 'a set' },
        selected: null,
        compressed: null,
      },
    }),
    receiptOf({
      id: 'left',
      place: null,
      model: null,
      error: 'aborted',
      firstTokenMs: null,
      attempts: [{ ...cloud, outcome: 'cancelled', costUsd: 0.005 }],
      costUsd: 0.005,
      bytesOut: 500,
    }),
    receiptOf({
      id: 'lost',
      place: null,
      model: null,
      error: 'cloud_failed',
      firstTokenMs: null,
      costUsd: null,
      attempts: [{ ...cloud, outcome: 'failed', code: 'http_503', costUsd: null }],
      bytesOut: 500,
    }),
    receiptOf({
      id: 'made-up',
      task: '</script>',
      place: null,
      model: null,
      error: 'unknown_task',
      attempts: [],
    }),
    receiptOf({ id: 'rehearsed', rehearsal: true, costUsd: 9 }),
  ]
  const judgements: Readonly<Record<string, readonly Judgement[]>> = {
    audited: [
      judgement('audited', { device: 0, cloud: 1, shadow: { ...cloud, costUsd: 0.07, bytesOut: 90 } }),
      judgement('audited', { by: 'user', device: 0.25 }),
    ],
    device: [judgement('device', { by: 'exact', device: 1, cloud: 1 })],
    // The cloud's answer was given, so the device's has harmed nobody.
    bar: [judgement('bar', { device: 0, cloud: 1 })],
  }
  const options: ReportOptions = { now, judgements: (id) => judgements[id] ?? [] }

  test('where calls ran, and why', async () => {
    const { calls, leftOut, where, first, last, days } = await report(receipts, options)
    expect({ calls, leftOut }).toEqual({ calls: 10, leftOut: 1 })
    expect(where.answeredBy).toEqual({ device: 2, cloud: 4, kept: 1, nowhere: 3 })
    expect(where.escalated).toBe(3)
    expect(where.cloudBecause).toHaveLength(4)
    expect(where.cloudBecause).toEqual(
      expect.arrayContaining([
        { kind: 'bar', name: 'margin', threshold: 0.5, calls: 1 },
        { kind: 'failure', name: 'out_of_memory', threshold: null, calls: 1 },
        { kind: 'race', name: 'prefer-device', threshold: null, calls: 1 },
        { kind: 'limit', name: 'prefer-device', threshold: null, calls: 1 },
      ]),
    )
    expect(where.failures).toEqual([
      { code: 'aborted', calls: 1 },
      { code: 'cloud_failed', calls: 1 },
      { code: 'unknown_task', calls: 1 },
    ])
    expect(where.failedAttempts).toEqual([
      { place: 'cloud', code: 'http_503', attempts: 1 },
      { place: 'device', code: 'out_of_memory', attempts: 1 },
    ])
    expect(where.rescued).toBe(1)
    // A time in another zone is a day in UTC.
    expect([first, last]).toEqual(['2026-08-05T09:30:00.000Z', '2026-08-05T23:00:00.000Z'])
    expect(days.map(({ day, calls, cloud }) => [day, calls, cloud])).toEqual([['2026-08-05', 10, 4]])
  })

  test('money: spent, avoided, wasted; audits apart; what nobody knows is counted', async () => {
    const { money } = await report(receipts, options)
    expect(money.spentUsd).toBeCloseTo(0.085, 12)
    expect(money.avoidedUsd).toBeCloseTo(0.08, 12)
    expect(money.alwaysCloudUsd).toBeCloseTo(0.165, 12)
    expect(money.cut!.value).toBeCloseTo(0.08 / 0.165, 12)
    expect(money.cut).toMatchObject({ n: 7, small: true })
    expect(money.costUnknown).toBe(1)
    expect(money.avoidedUnknown).toBe(0)
    expect(money.wasted).toMatchObject({
      usd: 0.005,
      lostRaces: { device: 1, cloud: 0, usd: 0, deviceMs: 30 },
      rejected: { device: 1, cloud: 0, deviceMs: 40 },
      failed: { device: 1, cloud: 1, usd: 0, costUnknown: 1 },
      abandoned: { device: 0, cloud: 1, usd: 0.005 },
      resent: 2,
    })
    expect(money.audits).toEqual({ count: 1, usd: 0.07, costUnknown: 0, bytesOut: 90 })
  })

  test('privacy: an audit that sends is no call that stayed', async () => {
    const { privacy } = await report(receipts, options)
    expect(privacy).toMatchObject({ stayed: 3, sent: 6, sentByAuditAlone: 1, bytesOut: 3000 })
    expect(privacy.sealed).toEqual([
      { task: 'sealed', calls: 1, bytesOut: 0, cloudAttempts: 0, auditBytesOut: 0 },
    ])
    expect(privacy.placeholders).toEqual([
      { type: 'PERSON', count: 2 },
      { type: 'EMAIL_ADDRESS', count: 1 },
    ])
    expect(privacy.nameRecall).toEqual([{ measuredOn: 'a set', recall: 0.9, calls: 1 }])
    expect(privacy.byClass.map(({ privacy, calls, sent }) => [privacy, calls, sent])).toEqual([
      ['nothing-leaves', 1, 0],
      ['redacted', 1, 1],
      ['anything', 8, 5],
    ])
  })

  test('quality: harm of compared device answers, with the exact interval; users apart', async () => {
    const { quality } = await report(receipts, options)
    expect(quality).toMatchObject({ judged: 3, by: { shadow: 2, user: 1, exact: 1, function: 0 } })
    expect(quality!.harm).toEqual({ count: 1, n: 2, share: 0.5, small: true, ...clopperPearson(1, 2, 0.95) })
    expect(quality!.meanLoss).toBe(0.5)
    expect(quality!.feedback).toEqual({ n: 1, mean: 0.25, bad: 1 })
    // Audits that came to nothing have left their money and their bytes alone.
    const shadow = { ...cloud, costUsd: 1, bytesOut: 5 }
    const tried = (id: string) => [
      ...(judgements[id] ?? []),
      judgement(id, { device: null, cloud: null, shadow }),
    ]
    const more = await report(receipts, { ...options, judgements: tried })
    expect(more.quality).toEqual(quality)
    expect(more.privacy.sentByAuditAlone).toBeGreaterThan(1)
  })

  test('certificates: what they let through, which are not at hand, which did not stand', async () => {
    const { certificates } = traffic(0)
    const given = { ...certificates[0]!, id: 'cert-2', issuedAt: '2026-08-01T09:30:00.000Z' }
    const found = (await report(receipts, { ...options, certificates: [given] })).certificates
    expect(found.atHand).toMatchObject([
      {
        id: 'cert-2',
        claim: 'at most 5 % of all calls are harmed by staying on the device',
        ageDays: 5,
        letThrough: 0,
      },
    ])
    expect(found.notAtHand).toEqual([{ id: 'cert-1', letThrough: 1 }])
    expect(found.notStanding).toEqual({
      calls: 1,
      because: [{ certificate: 'cert-1', why: 'it is for another model', calls: 1 }],
    })
  })

  test('a name that the policy refused is no task; the worst tasks are those with something bad', async () => {
    const { tasks, worst } = await report(receipts, options)
    expect(tasks.map(({ task, calls }) => [task, calls])).toEqual([
      ['intent', 8],
      ['sealed', 1],
      [null, 1],
    ])
    expect(worst.harm).toMatchObject([{ task: 'intent', value: 1, n: 1, small: true }])
    expect(worst.cost).toMatchObject([{ task: 'intent', n: 7 }])
    expect(worst.failures.map(({ task, value }) => [task, value])).toEqual([
      [null, 1],
      ['intent', 1 / 8],
    ])
  })

  test('nobody looked at judgements: unknown, not none', async () => {
    const { quality, money, privacy, tasks } = await report(receipts, { now })
    expect([quality, money.audits, privacy.sentByAuditAlone, tasks[0]!.quality]).toEqual([
      null,
      null,
      null,
      null,
    ])
  })

  test('scope: a window, a task, rehearsals; streams and promises', async () => {
    const at = async (options: ReportOptions): Promise<number> => (await report(receipts, options)).calls
    expect(await at({ since: '2026-08-06T00:30:00+02:00' })).toBe(1)
    expect(await at({ until: '2026-08-05T22:30:00Z' })).toBe(9)
    expect(await at({ task: 'sealed' })).toBe(1)
    const rehearsed = await report(receipts, { rehearsal: true })
    expect(rehearsed).toMatchObject({
      calls: 1,
      leftOut: 10,
      money: { spentUsd: 9, avoidedUsd: null, cut: null },
    })
    await expect(at({ since: 'noon' })).rejects.toMatchObject({ code: 'ledger_bad_time' })

    async function* stream() {
      yield* receipts
    }
    const later = { ...options, judgements: async (id: string) => judgements[id] ?? [] }
    expect(await report(stream(), later)).toEqual(await report(receipts, options))
  })

  test('nothing at all: no cost, and nothing that would need one', async () => {
    const empty = await report([], { now })
    expect(empty).toMatchObject({ calls: 0, first: null, money: { spentUsd: 0, cut: null } })
    expect(empty.latency.device.total).toEqual({ n: 0, small: true, p50: null, p95: null, p99: null })
  })

  test('all costs unknown: the sum is unknown', async () => {
    const unpriced = [receiptOf({ ...inCloud, costUsd: null, avoidedUsd: null })]
    const { money, days } = await report(unpriced, { now })
    expect(money).toMatchObject({
      spentUsd: null,
      avoidedUsd: null,
      alwaysCloudUsd: null,
      cut: null,
      costUnknown: 1,
      avoidedUnknown: 1,
    })
    expect(days[0]).toMatchObject({ spentUsd: null, costUnknown: 1 })
  })
})
