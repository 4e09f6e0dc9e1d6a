/** Whatever items and options there are: what is issued can be read again, and what cannot be is not issued. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DriftMonitor } from '../drift/drift-monitor.ts'
import { seededRandom, shuffle } from '../statistics/random.ts'
import type { TraceItem } from '../trace/item.ts'
import { type CertifyOptions, certify } from './certify.ts'
import { outcome, PAIR, SHAPES, simulated } from './testing/simulated.ts'
import { verifyCertificate } from './verify.ts'

const harm = { kind: 'harm', alpha: 0.05 } as const
const options = {
  pair: PAIR,
  signal: 's',
  claim: harm,
  issuedAt: '2026-11-26T00:00:00.000Z',
} as const satisfies CertifyOptions

interface Row {
  readonly s?: number
  readonly device: number
  readonly cloud?: number
  readonly cost?: number
  readonly at?: string
  readonly id?: string
}

const itemsOf = (rows: readonly Row[]): TraceItem[] =>
  rows.map(({ s, device, cloud = 1, cost, at = null, id }, i) => ({
    id: id ?? String(i),
    task: 't',
    at,
    prompt: null,
    promptDigest: null,
    models: {
      small: outcome(device, s === undefined ? {} : { s }),
      large: { ...outcome(cloud), costUsd: cost ?? null },
    },
  }))

const right = (n: number, row: (i: number) => Partial<Row> = () => ({})): TraceItem[] =>
  itemsOf(Array.from({ length: n }, (_, i) => ({ s: i / n, device: 1, ...row(i) })))

async function certificateOf(items: readonly TraceItem[], more: Partial<CertifyOptions> = {}) {
  const certified = await certify(items, { ...options, ...more })
  if (certified.kind === 'refused') throw new Error(certified.why)
  return certified.certificate
}

const score = fc.constantFrom(0, 1)
const share = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true })
const claim = fc.oneof(
  share.map((alpha) => ({ kind: 'harm', alpha }) as const),
  fc
    .tuple(share, fc.maxSafeNat())
    .map(([alpha, calls]) => ({ kind: 'harm', alpha, calls: Math.max(1, calls) }) as const),
  share.map((kept) => ({ kind: 'keeps', share: kept }) as const),
)
const anyNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(
    ...[-0, Infinity, -Infinity, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324, -5e-324, Number.NaN],
  ),
)
const combination = fc.record({
  kind: fc.constant('logistic' as const),
  intercept: fc.double({ noNaN: true, noDefaultInfinity: true }),
  features: fc.array(
    fc.record({
      name: fc.constantFrom('s', 'outputTokens'),
      knots: fc
        .array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 5 })
        .map((knots) => knots.sort((a, b) => a - b)),
      weight: fc.double({ noNaN: true, noDefaultInfinity: true }),
    }),
    { maxLength: 3 },
  ),
})

describe('a certificate that is issued', () => {
  test('verifies, as it is and as JSON, and can be watched: any scores, signals, costs, claims', async () => {
    let issued = 0
    const row = (scores: fc.Arbitrary<number>) =>
      fc.record({ s: anyNumber, device: scores, cloud: scores, cost: fc.oneof(fc.constant(0.01), anyNumber) })
    const rows = fc.oneof(
      fc.array(row(score), { minLength: 1, maxLength: 60 }),
      fc.array(row(fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1, maxLength: 60 }),
    )
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.boolean(),
        claim,
        share,
        fc.option(combination),
        async (some, isWhole, asked, delta, made) => {
          const isBinary = some.every(({ device, cloud }) => device % 1 === 0 && cloud % 1 === 0)
          fc.pre(isBinary || !('calls' in asked))
          const signal = isWhole ? null : 's'
          const given = { ...options, claim: asked, delta, signal, combination: made }
          const certified = await certify(itemsOf(some), given)
          if (certified.kind === 'refused') return
          issued++
          const { certificate } = certified
          expect(await verifyCertificate(certificate)).toBe(certificate)
          const read = await verifyCertificate(JSON.parse(JSON.stringify(certificate)))
          expect(read.id).toBe(certificate.id)
          const monitor = new DriftMonitor(read)
          for (const { s } of some) monitor.signal(s)
        },
      ),
      { numRuns: 600 },
    )
    expect(issued).toBeGreaterThan(50)
  })

  test('keeps what it counted: no finite bar is above infinity, and none below minus infinity', async () => {
    const most = await certificateOf(
      right(100, (i) => ({ s: i % 2 ? Number.POSITIVE_INFINITY : Number.MAX_VALUE })),
    )
    expect(most).toMatchObject({ bar: { threshold: 1.797e308 }, evidence: { kept: 100 } })
    const least = await certificateOf(right(100, (i) => ({ s: i % 2 ? Number.NEGATIVE_INFINITY : -1 })))
    expect(least).toMatchObject({ bar: { threshold: -1 }, evidence: { kept: 50 } })
    expect(least.reference).toEqual([
      [null, 50],
      [-1, 50],
    ])
  })

  test('has of the claim what belongs to it, though more was given', async () => {
    const given = { ...harm, calls: undefined, note: 'x' } as unknown as typeof harm
    expect((await certificateOf(right(100), { claim: given })).claim).toStrictEqual(harm)
  })

  test('sums harm to the same last bit in any order', async () => {
    const random = seededRandom(5)
    const all = right(400, () => ({ device: 1 - random() * 0.05 }))
    const { evidence } = await certificateOf(all)
    for (let seed = 0; seed < 10; seed++)
      expect((await certificateOf(shuffle([...all], seededRandom(seed)))).evidence.harm).toBe(evidence.harm)
  })

  test('counts calls where costs cannot be added up', async () => {
    for (const cost of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e308])
      expect(
        (
          await certificateOf(
            right(100, () => ({ cost })),
            { signal: null },
          )
        ).evidence.saved,
      ).toEqual({
        value: 1,
        low: 1,
        high: 1,
      })
  })
})

describe('is not issued', () => {
  const refuses = (items: readonly TraceItem[], more: object) =>
    expect(certify(items, { ...options, ...more })).rejects

  test('of scores that are none, or at times that are none', async () => {
    for (const device of [Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY])
      for (const asked of [harm, { kind: 'keeps', share: 0.9 }])
        await refuses(
          right(300, () => ({ device })),
          { claim: asked },
        ).toMatchObject({ code: 'certify_bad_item' })
    await refuses(
      right(100, (i) => ({ at: `day ${i} of none` })),
      {},
    ).toMatchObject({ code: 'certify_bad_item' })
  })

  test('for candidates, claims, times and names that could not be read again', async () => {
    for (const more of [
      { candidates: 0 },
      { candidates: 0.01 },
      { candidates: Number.NaN },
      { claim: { kind: 'other', share: 0.9 } },
      { issuedAt: 'foo' },
      { signal: '' },
      { signal: 'x'.repeat(501) },
      { combination: { kind: 'logistic', intercept: Number.NaN, features: [] } },
    ]) {
      const named = right(100).map((item) => {
        const { s } = item.models.small!.signals
        return { ...item, models: { ...item.models, small: outcome(1, { s: s!, [more.signal ?? 's']: s! }) } }
      })
      if (more.combination === undefined)
        await refuses(named, more).toMatchObject({ code: 'certify_bad_option' })
      // What has no value is never kept; there is nothing to put on a certificate.
      else expect((await certify(named, { ...options, ...more } as CertifyOptions)).kind).toBe('refused')
    }
    await refuses(
      right(100).map((item) => ({ ...item, task: '' })),
      {},
    ).toMatchObject({ code: 'certify_bad_option', message: expect.stringContaining('"task"') })
  })
})

test('keeps: what the device has better can prove it where the cloud is hardly ever right', async () => {
  const rows = Array.from({ length: 1000 }, (_, i) => ({
    s: i / 1000,
    device: i % 2,
    cloud: i % 100 === 0 ? 1 : 0,
  }))
  const claim = { kind: 'keeps', share: 0.95 } as const
  const certificate = await certificateOf(itemsOf(rows), { claim, signal: null })
  expect(certificate).toMatchObject({ method: 'betting', evidence: { kept: 1000 } })
})

test('of scores between 0 and 1, too, more stays where delta is larger', async () => {
  const deltas = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8]
  const draw = (mean: number, random: () => number): number => (random() < mean ? 1 - random() : 0)
  for (const seed of [11, 16, 17]) {
    const items = simulated({ ...SHAPES[0]!, draw }, 120, seededRandom(seed))
    for (const asked of [
      { kind: 'harm', alpha: 0.1 },
      { kind: 'keeps', share: 0.9 },
    ] as const) {
      let before = Number.POSITIVE_INFINITY
      for (const delta of deltas) {
        const found = await certify(items, { ...options, signal: 'confidence', claim: asked, delta })
        const threshold =
          found.kind === 'refused' ? Number.POSITIVE_INFINITY : found.certificate.bar!.threshold
        expect(threshold).toBeLessThanOrEqual(before)
        before = threshold
      }
    }
  }
})

test('items of one time have no order: what their ids begin with is no shift', async () => {
  const at = (i: number): string => `2026-01-0${i === 399 ? 2 : 1}T00:00:00.000Z`
  const sorted = right(400, (i) => ({ id: String(1000 + i), at: at(i) }))
  expect((await certify(sorted, options)).kind).toBe('certificate')
})
