/** What a drift monitor knows: what the host has seen, and what earlier processes wrote into the ledger. */
import { type Ledger, memoryLedger, type Receipt } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import { audited, cloudSaying } from '../testing/audit-setup.ts'
import { certificateOf } from '../testing/certificates.ts'
import { deviceAnswer } from '../testing/models.ts'
import type { CertificateStatus } from './standing.ts'

const rule = { escalate: [{ signal: 'meanLogprob', certificate: 'cert-1' }] } as const

const hostOn = (ledger: Ledger, certificate = certificateOf(), device = deviceAnswer(-0.1, 'Paris')) =>
  audited({ rule, ledger, device, cloud: cloudSaying('London'), options: { certificates: [certificate] } })

const NOTES = /ledger/

const notesOf = ({ path }: Receipt): string[] =>
  path.filter(({ rule, then }) => rule === 'certificate' && NOTES.test(then)).map(({ then }) => then)

async function settledStatus(ew: { certificates: readonly CertificateStatus[] }): Promise<CertificateStatus> {
  await expect.poll(() => ew.certificates[0]!.history).not.toBe('reading')
  return ew.certificates[0]!
}

describe('a restart', () => {
  test('knows what was seen and audited before, to the same alarm after the same calls', async () => {
    const ledger = memoryLedger()
    const { ew, ask } = hostOn(ledger)
    for (let asked = 0; asked < 300 && ew.certificates[0]!.alarm === null; asked++) {
      await ask()
      await ew.audits.idle()
    }
    const before = ew.certificates[0]!
    expect(before.alarm).not.toBeNull()
    const again = hostOn(ledger)
    expect(again.ew.certificates[0]).toMatchObject({ history: 'reading', seen: 0 })
    const receipt = await again.ask()
    // The first call has waited for it.
    expect(receipt).toMatchObject({ place: 'cloud', certificate: null })
    expect(notesOf(receipt)).toEqual([])
    expect(again.ew.certificates[0]).toEqual(before)
  })

  test('counts what was kept and what was escalated, of this certificate’s device and time alone', async () => {
    const ledger = memoryLedger()
    const kept = hostOn(ledger)
    for (let asked = 0; asked < 3; asked++) await kept.ask()
    await kept.ew.audits.idle()
    const escalated = hostOn(ledger, certificateOf(), deviceAnswer(-0.9, 'x'))
    for (let asked = 0; asked < 2; asked++) await escalated.ask()
    await escalated.ew.audits.idle()
    const other = hostOn(ledger, certificateOf(), { ...deviceAnswer(-0.1, 'x'), modelId: 'other' })
    await other.ask()
    const again = hostOn(ledger)
    expect(await settledStatus(again.ew)).toMatchObject({ history: 'read', seen: 5, audited: 5 })
    const later = hostOn(ledger, certificateOf({ issuedAt: '2999-01-01T00:00:00.000Z' }))
    expect(await settledStatus(later.ew)).toMatchObject({ history: 'read', seen: 0, audited: 0 })
  })

  test('calls of a rule without its bar are none of its: more is kept there, and its signal need not be seen', async () => {
    const ledger = memoryLedger()
    const certificate = certificateOf({ bar: { signal: 'margin', threshold: 0.5, combination: null } })
    const options = { certificates: [certificate] }
    const setting = { ledger, cloud: cloudSaying('London'), options }
    const { ew, ask } = audited(setting)
    for (let asked = 0; asked < 40; asked++) await ask()
    await ew.audits.idle()
    expect(ew.certificates).toMatchObject([{ alarm: null, seen: 0, audited: 0 }])
    const rule = { escalate: [{ signal: 'margin', certificate: 'cert-1' }] } as const
    const again = audited({ ...setting, rule })
    expect(await settledStatus(again.ew)).toMatchObject({ inForce: true, seen: 0, audited: 0 })
    expect(await again.ask()).toMatchObject({ place: 'cloud' })
    await again.ew.audits.idle()
    expect(again.ew.certificates).toMatchObject([{ seen: 1, audited: 1 }])
  })

  test('a call that was compared twice is one observation', async () => {
    const ledger = memoryLedger()
    const { ew, ask } = hostOn(ledger)
    const { id: receiptId } = await ask()
    await ew.audits.idle()
    ledger.judge({ receiptId, at: '2026-08-05', by: 'shadow', device: 0, cloud: 1, shadow: null })
    expect(await settledStatus(hostOn(ledger).ew)).toMatchObject({ seen: 1, audited: 1 })
  })

  test('a clock that is set back loses nothing and counts nothing twice', async () => {
    const ledger = memoryLedger()
    const at = (iso: string, read = ledger) =>
      audited({
        rule,
        ledger: read,
        cloud: cloudSaying('Paris'),
        options: { certificates: [certificateOf()], now: () => Date.parse(iso) },
      })
    const before = at('2026-09-03')
    await before.ask()
    await before.ew.audits.idle()
    // The ledger is read when what the new host asks is in it as well.
    const all: Ledger['all'] = async function* (filter) {
      await expect.poll(() => ledger.recent(9)).toHaveLength(3)
      yield* ledger.all(filter)
    }
    const { ew, ask } = at('2026-07-31T12:00:00.000Z', { ...ledger, all })
    await Promise.all([ask(), ask()])
    await ew.audits.idle()
    expect(await settledStatus(ew)).toMatchObject({ history: 'read', seen: 3, audited: 3 })
  })

  test('what was rehearsed is no history of what was not', async () => {
    const ledger = memoryLedger()
    const { ask } = hostOn({ ...ledger, put: (receipt) => ledger.put({ ...receipt, rehearsal: true }) })
    await ask()
    expect(await settledStatus(hostOn(ledger).ew)).toMatchObject({ history: 'read', seen: 0 })
  })
})

describe('a ledger in trouble', () => {
  test('that cannot be read: the monitor begins anew, the status and the next receipt say so', async () => {
    const ledger = memoryLedger()
    await hostOn(ledger).ask()
    const all = async function* () {
      yield* ledger.all()
      throw new Error('damaged')
    }
    const { ew, ask } = hostOn({ ...ledger, all })
    const receipt = await ask()
    expect(receipt).toMatchObject({ place: 'device', certificate: 'cert-1' })
    expect(notesOf(receipt)).toEqual([
      'the ledger could not be read: what it says of drift is not known, the monitor begins anew',
    ])
    // What was read of it before it failed counts for nothing.
    expect(ew.certificates).toMatchObject([{ inForce: true, history: 'unreadable', seen: 1 }])
    expect(notesOf(await ask())).toEqual([])
  })

  test('that is slow: a call waits a quarter of a second once, and is heard of in its turn', async () => {
    const ledger = memoryLedger()
    await hostOn(ledger).ask()
    const gate = Promise.withResolvers<void>()
    const all = async function* () {
      await gate.promise
      yield* ledger.all({ until: new Date(0).toISOString() })
    }
    const { ew, ask } = hostOn({ ...ledger, all })
    const started = performance.now()
    const [first] = await Promise.all([ask(), ask()])
    const waited = performance.now() - started
    expect(waited).toBeGreaterThan(200)
    // Not for ever; a busy machine takes its own time.
    expect(waited).toBeLessThan(5000)
    expect(notesOf(first!)).toEqual(['what the ledger says of drift is still being read'])
    const again = performance.now()
    for (let i = 0; i < 6; i++) await ask()
    // Each would take a quarter of a second by itself.
    expect(performance.now() - again).toBeLessThan(1200)
    expect(ew.certificates[0]).toMatchObject({ history: 'reading', seen: 0, inForce: true })
    gate.resolve()
    expect(await settledStatus(ew)).toMatchObject({ history: 'read', seen: 8 })
  })

  test('a caller who leaves meanwhile is not kept', async () => {
    const { ask } = hostOn({
      ...memoryLedger(),
      all: async function* () {
        await new Promise(() => {})
      },
    })
    const abort = new AbortController()
    const asked = ask({ abortSignal: abort.signal })
    abort.abort(new Error('left'))
    const started = performance.now()
    await expect(asked).rejects.toThrow('left')
    expect(performance.now() - started).toBeLessThan(200)
  })
})

test('without a ledger there is no history, and what this process sees counts', async () => {
  const { ew, ask } = audited({
    rule,
    cloud: cloudSaying('Paris'),
    options: { certificates: [certificateOf()], ledger: undefined as never },
  })
  await ask()
  await ew.audits.idle()
  expect(ew.certificates).toMatchObject([{ history: 'none', seen: 1, audited: 1, inForce: true }])
})

test('an alarm of the signal alone: other answers than it was proven on', async () => {
  const { ew, ask } = audited({
    rule: { ...rule, audit: { share: 1e-9, perDayUsd: 1 } },
    device: deviceAnswer(-0.45, 'x'),
    cloud: cloudSaying('x'),
    options: { certificates: [certificateOf()] },
  })
  for (let asked = 0; asked < 300 && ew.certificates[0]!.alarm === null; asked++) await ask()
  expect(ew.certificates).toMatchObject([{ inForce: false, alarm: { kind: 'signal' }, audited: 0 }])
  expect(await ask()).toMatchObject({ place: 'cloud', certificate: null })
})
