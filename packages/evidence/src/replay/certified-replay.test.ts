import { describe, expect, test } from 'vitest'
import { certify } from '../certify/certify.ts'
import { outcome, PAIR, SHAPES, simulated } from '../certify/testing/simulated.ts'
import { seededRandom } from '../statistics/random.ts'
import type { TraceItem } from '../trace/item.ts'
import { certifiedReplay } from './certified-replay.ts'
import { replay } from './replay.ts'

const falling = SHAPES[0]!
const random = seededRandom(31)
const certified = await certify(simulated(falling, 500, random), {
  pair: PAIR,
  signal: 'confidence',
  claim: { kind: 'harm', alpha: 0.05 },
  issuedAt: '2026-11-26T00:00:00.000Z',
})
if (certified.kind === 'refused') throw new Error(certified.why)
const { certificate } = certified
const { threshold } = certificate.bar!

const confidenceOf = (item: TraceItem): number => item.models.small!.signals.confidence!

describe('while it stands', () => {
  const items = simulated(falling, 600, random)

  test('answers at the bar and above it stay, others ask both', () => {
    const policy = certifiedReplay(certificate)
    for (const item of items) {
      const { place, asked } = policy.decide(item)
      const stays = confidenceOf(item) >= threshold
      expect(place).toBe(stays ? 'device' : 'cloud')
      expect(asked).toEqual(stays ? ['device'] : ['device', 'cloud'])
    }
    expect(policy.fell).toBeNull()
    expect(policy.notes?.()).toEqual(['the certificate stood to the end of the 600 items'])
  })

  test('the replay of it has its harm', async () => {
    const { policy, notes } = await replay(items, { pair: PAIR, policy: certifiedReplay(certificate) })
    expect(policy.name).toBe(`certificate ${certificate.id}`)
    expect(policy.harm!.value).toBeLessThan(0.06)
    expect(notes.join()).toContain('stood to the end')
  })

  test('an answer without the signal is escalated, for lack of evidence', () => {
    const item = { ...items[0]!, models: { ...items[0]!.models, small: outcome(1) } }
    expect(certifiedReplay(certificate).decide(item)).toMatchObject({ place: 'cloud', missing: 'confidence' })
  })
})

describe('when it does not', () => {
  test('worse answers: harm stays near the claim, as calls go to the cloud from then on', () => {
    const worse = simulated({ ...falling, harmAt: (s) => falling.harmAt(s) + 0.3 }, 3000, random)
    const policy = certifiedReplay(certificate)
    let harm = 0
    for (const item of worse)
      if (policy.decide(item).place === 'device') harm += 1 - item.models.small!.score!
    expect(harm / worse.length).toBeLessThan(0.03)
    const unwatched = worse.filter(
      (item) => confidenceOf(item) >= threshold && item.models.small!.score === 0,
    )
    expect(unwatched.length / worse.length).toBeGreaterThan(0.1)
    expect(policy.fell).toMatchObject({ kind: 'harm', item: expect.any(Number) })
    expect(policy.notes?.()[0]).toMatch(/^from item \d+ of 3000 on the certificate did not stand: /)
    expect(policy.decide(worse[0]!)).toMatchObject({ place: 'cloud', asked: ['cloud'] })
  })

  test('another setup: from the first item on', () => {
    const other = simulated(falling, 20, random).map((item) => ({
      ...item,
      models: { ...item.models, small: { ...item.models.small!, quantisation: 'Q4_0' } },
    }))
    const policy = certifiedReplay(certificate)
    for (const item of other) expect(policy.decide(item).place).toBe('cloud')
    expect(policy.notes?.()).toEqual([
      'the certificate is for none of the items',
      '20 items went to the cloud: its quantisation is "Q4_0", the certificate is for not known',
    ])
  })

  test('audits of a share of the calls notice later', () => {
    const worse = simulated({ ...falling, harmAt: (s) => falling.harmAt(s) + 0.3 }, 6000, random)
    const fellAt = (audited: number): number => {
      const policy = certifiedReplay(certificate, { audited })
      for (const item of worse) policy.decide(item)
      return policy.fell?.item ?? Number.POSITIVE_INFINITY
    }
    expect(fellAt(0.1)).toBeGreaterThan(fellAt(1))
    expect(fellAt(0.1)).toBeLessThan(6000)
    expect(fellAt(0)).toBe(Number.POSITIVE_INFINITY)
  })
})

test('proven for the next calls, it ends with them', async () => {
  const counted = await certify(simulated(falling, 500, seededRandom(33)), {
    pair: PAIR,
    signal: 'confidence',
    claim: { kind: 'harm', alpha: 0.05, calls: 100 },
  })
  if (counted.kind === 'refused') throw new Error(counted.why)
  const policy = certifiedReplay(counted.certificate)
  const asked = simulated(falling, 150, seededRandom(34)).map((item) => policy.decide(item).asked[0])
  expect(asked.lastIndexOf('device')).toBe(99)
  expect(policy.notes?.()).toContain('after the 100 calls it was proven for, items went to the cloud')
})
