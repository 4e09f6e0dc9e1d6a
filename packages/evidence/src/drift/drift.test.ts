import { describe, expect, test } from 'vitest'
import type { Certificate } from '../certify/certificate.ts'
import { certify } from '../certify/certify.ts'
import { PAIR, SHAPES, simulated } from '../certify/testing/simulated.ts'
import { binomialCdf } from '../statistics/binomial.ts'
import { seededRandom } from '../statistics/random.ts'
import { DriftMonitor } from './drift-monitor.ts'
import { Exchangeability } from './exchangeability.ts'

const falling = SHAPES[0]!

/** It makes the certificate's id, and that the chance by which ties are broken. */
const issuedAt = '2026-11-26T00:00:00.000Z'

async function certificateFrom(random: () => number, n = 400): Promise<Certificate> {
  const certified = await certify(simulated(falling, n, random), {
    pair: PAIR,
    signal: 'confidence',
    claim: { kind: 'harm', alpha: 0.05 },
    issuedAt,
  })
  if (certified.kind === 'refused') throw new Error(certified.why)
  return certified.certificate
}

/** Runs calls through the monitor until it gives alarm. */
function watch(
  monitor: DriftMonitor,
  certificate: Certificate,
  calls: number,
  draw: () => { readonly signal: number | null; readonly harm: number },
): DriftMonitor['alarm'] {
  for (let i = 0; i < calls && monitor.alarm === null; i++) {
    const { signal, harm } = draw()
    monitor.signal(signal)
    monitor.audit({
      kept: signal !== null && signal >= certificate.bar!.threshold,
      device: 1 - harm,
      cloud: 1,
    })
  }
  return monitor.alarm
}

const drawing =
  (random: () => number, harmAt: (signal: number) => number, signalOf = (u: number): number => u) =>
  () => {
    const signal = signalOf(1 - random())
    return { signal, harm: random() < harmAt(signal) ? 1 : 0 }
  }

describe('nothing changes', () => {
  test('a false alarm of the ranks comes in at most its share of the runs, whatever the values are', () => {
    for (const [seed, draw] of [
      [1, (random: () => number) => random()],
      [2, (random: () => number) => Math.floor(random() * 4)],
      [3, (random: () => number) => (random() < 0.7 ? 0 : random() ** 5)],
    ] as const) {
      const random = seededRandom(seed)
      let alarms = 0
      for (let run = 0; run < 300; run++) {
        const test = new Exchangeability([], seed * 1000 + run)
        for (let i = 0; i < 400 && test.evidence < 10; i++) test.add(draw(random))
        if (test.evidence >= 10) alarms++
      }
      // A tenth at most, up to one case in a thousand.
      expect(binomialCdf(alarms - 1, 300, 0.1)).toBeLessThan(0.999)
    }
  })

  test('a certificate that holds is left alone, over many calls', async () => {
    const random = seededRandom(11)
    let alarms = 0
    for (let run = 0; run < 100; run++) {
      const certificate = await certificateFrom(random)
      const monitor = new DriftMonitor(certificate)
      if (watch(monitor, certificate, 1500, drawing(random, falling.harmAt)) !== null) alarms++
    }
    // 5 false alarms, and where the certificate was one of the tenth that are broken, an alarm is none.
    expect(alarms).toBeLessThanOrEqual(14)
  })
})

describe('something changes', () => {
  test('the signal rises, with the same quality: noticed by its values', async () => {
    const random = seededRandom(21)
    const certificate = await certificateFrom(random)
    const alarm = watch(
      new DriftMonitor(certificate),
      certificate,
      1000,
      drawing(
        random,
        () => 0,
        (u) => u ** 0.4,
      ),
    )
    expect(alarm).toMatchObject({ kind: 'signal', why: expect.stringContaining('confidence') })
    expect(alarm!.after).toBeLessThan(200)
  })

  test('answers get worse, with the same signal: noticed by the audits', async () => {
    const random = seededRandom(22)
    const certificate = await certificateFrom(random)
    const alarm = watch(
      new DriftMonitor(certificate),
      certificate,
      3000,
      drawing(random, (s) => falling.harmAt(s) + 0.2),
    )
    expect(alarm).toMatchObject({
      kind: 'harm',
      why: expect.stringMatching(/of \d+ audited calls were harmed/),
    })
    expect(alarm!.after).toBeLessThan(400)
  })

  test('late: after a thousand calls without a change', async () => {
    const random = seededRandom(23)
    const certificate = await certificateFrom(random)
    const monitor = new DriftMonitor(certificate)
    expect(watch(monitor, certificate, 1000, drawing(random, falling.harmAt))).toBeNull()
    const alarm = watch(
      monitor,
      certificate,
      1500,
      drawing(random, (s) => falling.harmAt(s) + 0.3),
    )
    expect(alarm!.kind).toBe('harm')
  })

  test('what is below the bar may be anything: it is escalated', async () => {
    const random = seededRandom(24)
    const certificate = await certificateFrom(random)
    const { threshold } = certificate.bar!
    const same = drawing(random, () => 0)
    const monitor = new DriftMonitor(certificate)
    const alarm = watch(monitor, certificate, 1500, () => {
      const { signal } = same()
      return {
        signal: signal! >= threshold ? signal : signal! < threshold / 2 ? null : -5,
        harm: 1 * Number(signal! < threshold),
      }
    })
    expect(alarm).toBeNull()
  })

  test('an alarm stays', async () => {
    const random = seededRandom(25)
    const certificate = await certificateFrom(random)
    const monitor = new DriftMonitor(certificate)
    watch(
      monitor,
      certificate,
      3000,
      drawing(random, () => 0.5),
    )
    const { alarm } = monitor
    expect(alarm).not.toBeNull()
    watch(
      monitor,
      certificate,
      10,
      drawing(random, () => 0),
    )
    expect(monitor.alarm).toBe(alarm)
  })
})

test('a certificate without a bar is watched by its audits alone', async () => {
  const certified = await certify(simulated({ ...falling, harmAt: () => 0.01 }, 300, seededRandom(4)), {
    pair: PAIR,
    signal: null,
    claim: { kind: 'keeps', share: 0.95 },
    issuedAt,
  })
  if (certified.kind === 'refused') throw new Error(certified.why)
  const monitor = new DriftMonitor(certified.certificate)
  monitor.signal(0.5)
  expect(monitor.seen).toEqual({ signals: 0, audits: 0 })
  for (let i = 0; i < 500; i++) monitor.audit({ kept: true, device: i % 5 === 0 ? 0 : 1, cloud: 1 })
  expect(monitor.alarm).toMatchObject({ kind: 'harm' })
})

test('keeps: harm that is made up for is no drift', async () => {
  const random = seededRandom(9)
  const items = simulated({ ...falling, harmAt: () => 0.01 }, 300, random)
  const certified = await certify(items, { pair: PAIR, signal: null, claim: { kind: 'keeps', share: 0.95 } })
  if (certified.kind === 'refused') throw new Error(certified.why)
  const monitor = new DriftMonitor(certified.certificate)
  for (let i = 0; i < 2000; i++)
    monitor.audit(i % 2 ? { kept: true, device: 0, cloud: 1 } : { kept: true, device: 1, cloud: 0 })
  expect(monitor.alarm).toBeNull()
})

test('an outcome without two scores says nothing', async () => {
  const monitor = new DriftMonitor(await certificateFrom(seededRandom(10)))
  for (const device of [Number.NaN, -5, 2]) monitor.audit({ kept: true, device, cloud: 1 })
  expect(monitor.seen.audits).toBe(0)
  expect(monitor.alarm).toBeNull()
})
