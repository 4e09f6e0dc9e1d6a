import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binomialCdf } from '../statistics/binomial.ts'
import { seededRandom, shuffle } from '../statistics/random.ts'
import type { TraceItem } from '../trace/item.ts'
import { type Certified, type CertifyOptions, certify } from './certify.ts'
import { outcome, PAIR, SHAPES, simulated } from './testing/simulated.ts'
import { verifyCertificate } from './verify.ts'

const options = {
  pair: PAIR,
  signal: 'confidence',
  claim: { kind: 'harm', alpha: 0.05 },
  issuedAt: '2026-11-26T00:00:00.000Z',
} as const satisfies CertifyOptions

const falling = SHAPES[0]!
const trace = (n: number, seed = 1): TraceItem[] => simulated(falling, n, seededRandom(seed))

const itemOf = (
  id: string,
  confidence: number | null,
  device: number,
  cloud: number,
  at: string | null = null,
) => ({
  id,
  task: 'simulated',
  at,
  prompt: null,
  promptDigest: null,
  models: {
    small: outcome(device, confidence === null ? {} : { confidence }),
    large: { ...outcome(cloud), costUsd: 0.01 },
  },
})

async function certificateOf(items: readonly TraceItem[], more: Partial<CertifyOptions> = {}) {
  const certified = await certify(items, { ...options, ...more })
  if (certified.kind === 'refused') throw new Error(certified.why)
  return certified.certificate
}

/** 1 when nothing is promised: above every signal. */
const thresholdOf = (certified: Certified): number =>
  certified.kind === 'refused' ? Number.POSITIVE_INFINITY : certified.certificate.bar!.threshold

const items = fc
  .array(fc.record({ signal: fc.integer({ min: 1, max: 12 }), device: fc.nat(1), cloud: fc.nat(1) }), {
    minLength: 1,
    maxLength: 90,
  })
  .map((all) => all.map(({ signal, device, cloud }, i) => itemOf(String(i), signal / 12, device, cloud)))
const share = fc.integer({ min: 2, max: 400 }).map((permille) => permille / 1000)

describe('the threshold', () => {
  test('is the lowest at which every test from the strictest down passes: by trying each', async () => {
    await fc.assert(
      fc.asyncProperty(items, share, share, async (all, alpha, delta) => {
        const found = await certify(all, { ...options, claim: { kind: 'harm', alpha }, delta })
        const levels = [...new Set(all.map(({ models }) => models.small.signals.confidence!))].sort(
          (a, b) => b - a,
        )
        let best = Number.POSITIVE_INFINITY
        for (const level of levels) {
          const kept = all.filter(({ models }) => models.small.signals.confidence! >= level)
          const harmed = kept.filter(({ models }) => models.small.score! < models.large.score!).length
          if (binomialCdf(harmed, all.length, alpha) > delta) break
          best = level
        }
        const threshold = thresholdOf(found)
        if (best === Number.POSITIVE_INFINITY) expect(found.kind).toBe('refused')
        else expect(best - threshold).toBeLessThan(1e-4)
        expect(threshold).toBeLessThanOrEqual(best)
      }),
    )
  })

  test('falls with alpha and with delta', async () => {
    await fc.assert(
      fc.asyncProperty(items, share, share, share, async (all, a, b, delta) => {
        const at = async (alpha: number, d: number): Promise<number> =>
          thresholdOf(await certify(all, { ...options, claim: { kind: 'harm', alpha }, delta: d }))
        expect(await at(Math.max(a, b), delta)).toBeLessThanOrEqual(await at(Math.min(a, b), delta))
        expect(await at(delta, Math.max(a, b))).toBeLessThanOrEqual(await at(delta, Math.min(a, b)))
      }),
      { numRuns: 50 },
    )
  })

  test('falls when everything was seen twice as often', async () => {
    await fc.assert(
      fc.asyncProperty(items, async (all) => {
        const twice = [...all, ...all.map((item) => ({ ...item, id: `${item.id}again` }))]
        // Below the rate that is claimed, more of the same proves more.
        const once = await certify(all, { ...options, claim: { kind: 'harm', alpha: 0.2 } })
        const more = await certify(twice, { ...options, claim: { kind: 'harm', alpha: 0.2 } })
        expect(thresholdOf(more)).toBeLessThanOrEqual(thresholdOf(once))
      }),
      { numRuns: 50 },
    )
  })

  test('and all else do not depend on the order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 100, max: 300 }), async (seed, n) => {
        const all = trace(n, seed)
        const again = await certify(shuffle([...all], seededRandom(seed)), options)
        const once = await certify(all, options)
        const { saved: _, ...sums } = once.kind === 'certificate' ? once.certificate.evidence : { saved: 0 }
        // Which items share a block of the bootstrap depends on the order, and the interval with it; nothing that is proven does.
        if (once.kind === 'certificate') {
          expect(again).toMatchObject({ certificate: { bar: once.certificate.bar, evidence: sums } })
          expect((again as typeof once).certificate.reference).toEqual(once.certificate.reference)
        } else expect(again).toEqual(once)
      }),
      { numRuns: 30 },
    )
  })

  test('scores between 0 and 1 are proven by betting, and the same holds', async () => {
    const scores = simulated(SHAPES.at(-1)!, 400, seededRandom(2))
    const certificate = await certificateOf(scores)
    expect(certificate.method).toBe('betting')
    expect(certificate.bar!.threshold).toBeLessThan(0.7)
    const lenient = await certificateOf(scores, { claim: { kind: 'harm', alpha: 0.1 } })
    expect(lenient.bar!.threshold).toBeLessThan(certificate.bar!.threshold)
  })
})

describe('a certificate', () => {
  test('says what it was proven for, and verifies', async () => {
    const all = trace(400).map((item) => ({
      ...item,
      models: { ...item.models, small: { ...item.models.small!, quantisation: 'Q4_K_M', template: 'abcd' } },
    }))
    const certificate = await certificateOf(all)
    expect(certificate).toMatchObject({
      format: 'edgewise.certificate/1',
      task: 'simulated',
      device: { model: 'small', quantisation: 'Q4_K_M', template: 'abcd' },
      cloud: { model: 'large' },
      claim: { kind: 'harm', alpha: 0.05 },
      delta: 0.1,
      method: 'exact-binomial',
      evidence: { n: 400, from: null, until: null },
    })
    const kept = all.filter(({ models }) => models.small!.signals.confidence! >= certificate.bar!.threshold)
    expect(certificate.evidence.kept).toBe(kept.length)
    expect(certificate.evidence.harm).toBe(kept.filter(({ models }) => models.small.score === 0).length)
    expect(certificate.evidence.saved.value).toBeCloseTo(kept.length / 400, 12)
    expect(await verifyCertificate(JSON.parse(JSON.stringify(certificate)))).toEqual(certificate)
    expect(await certificateOf(all)).toEqual(certificate)
  })

  test('keeps its reference: how often each value of the signal was there, below the bar in one', async () => {
    const { reference, bar, evidence } = await certificateOf(trace(300))
    expect(reference.reduce((sum, [, count]) => sum + count, 0)).toBe(300)
    expect(reference[0]).toEqual([null, 300 - evidence.kept])
    const values = reference.slice(1).map(([value]) => value!)
    expect(Math.min(...values)).toBe(bar!.threshold)
    expect(values).toEqual([...values].sort((a, b) => a - b))
  })

  test('counts dollars where they are known', async () => {
    const all = Array.from({ length: 100 }, (_, i) =>
      itemOf(String(i), i < 50 ? 0.9 : 0.1, i < 50 ? 1 : 0, 1),
    )
    const certificate = await certificateOf(
      all.map((item, i) =>
        i < 50
          ? item
          : { ...item, models: { ...item.models, large: { ...item.models.large, costUsd: 0.03 } } },
      ),
    )
    expect(certificate.evidence.saved.value).toBeCloseTo(0.25, 12)
    expect(certificate.evidence.saved.low).toBeLessThan(0.25)
  })

  test('for the next calls, counted, promises no more than on average; scores cannot be counted', async () => {
    const all = trace(400)
    const counted = await certificateOf(all, { claim: { kind: 'harm', alpha: 0.05, calls: 200 } })
    expect(counted.method).toBe('exact-hypergeometric')
    expect(counted.bar!.threshold).toBeGreaterThan((await certificateOf(all)).bar!.threshold)
    const scores = simulated(SHAPES.at(-1)!, 400, seededRandom(2))
    for (const [items, calls] of [
      [scores, 100],
      [all, 0.5],
    ] as const)
      await expect(
        certify(items, { ...options, claim: { kind: 'harm', alpha: 0.05, calls } }),
      ).rejects.toMatchObject({
        code: 'certify_bad_option',
      })
  })

  test('keeps: what the device has better makes up for what it has worse', async () => {
    const better = Array.from({ length: 800 }, (_, i) =>
      itemOf(String(i), null, i % 10 < 8 ? 1 : 0, i % 10 < 3 || i % 10 > 7 ? 1 : 0),
    )
    const claim = { kind: 'keeps', share: 0.98 } as const
    expect(await certificateOf(better, { signal: null, claim })).toMatchObject({
      method: 'betting',
      bar: null,
    })
    expect(await certify(better, { ...options, signal: null })).toMatchObject({ code: 'no_threshold' })
  })

  test('without a signal is for the whole task, or nothing', async () => {
    const good = Array.from({ length: 100 }, (_, i) => itemOf(String(i), null, i === 0 ? 0 : 1, 1))
    expect(await certificateOf(good, { signal: null })).toMatchObject({
      bar: null,
      reference: [],
      evidence: { kept: 100 },
    })
    const bad = good.map((item, i) => (i % 5 === 0 ? itemOf(item.id, null, 0, 1) : item))
    expect(await certify(bad, { ...options, signal: null })).toMatchObject({
      kind: 'refused',
      code: 'no_threshold',
    })
  })

  test('an answer without the signal is never kept', async () => {
    const all = [...trace(200), ...Array.from({ length: 50 }, (_, i) => itemOf(`no ${i}`, null, 0, 1))]
    const { evidence, reference } = await certificateOf(all)
    expect(evidence.n).toBe(250)
    expect(reference[0]![1]).toBe(250 - evidence.kept)
  })
})

describe('refused', () => {
  test('too few items, and how many more it takes', async () => {
    const right = (n: number) => Array.from({ length: n }, (_, i) => itemOf(String(i), 0.5, 1, 1))
    expect(await certify(right(30), options)).toMatchObject({
      kind: 'refused',
      code: 'too_few',
      missing: 15,
      seen: { n: 30 },
    })
    expect((await certify(right(45), options)).kind).toBe('certificate')
    // Of `keeps`, only what the cloud answers right counts, and four fifths of delta: 0.95^50 < 0.08.
    const half = right(60).map((item, i) => (i % 2 ? item : itemOf(item.id, 0.5, 0, 0)))
    expect(await certify(half, { ...options, claim: { kind: 'keeps', share: 0.95 } })).toMatchObject({
      code: 'too_few',
      missing: 20,
    })
  })

  test('a signal whose most certain answers are wrong', async () => {
    const all = Array.from({ length: 200 }, (_, i) =>
      itemOf(String(i), Math.min(i, 150) / 200, i < 150 ? 1 : 0, 1),
    )
    expect(await certify(all, options)).toMatchObject({ code: 'no_threshold', seen: { naive: { kept: 0 } } })
  })

  test('a signal that no answer has', async () => {
    const refused = await certify(trace(200), { ...options, signal: 'meanLogprob' })
    expect(refused).toMatchObject({
      code: 'no_threshold',
      why: expect.stringMatching(/^no answer of the device has a signal meanLogprob: /),
    })
  })

  test('data that changed over its window', async () => {
    const day = (i: number): string => new Date(Date.UTC(2026, 0, 1 + i)).toISOString()
    const steady = trace(400).map((item, i) => ({ ...item, at: day(i) }))
    expect((await certify(steady, options)).kind).toBe('certificate')
    const easier = steady.map((item, i) =>
      i < 200
        ? item
        : itemOf(
            item.id,
            0.5 + item.models.small!.signals.confidence! / 2,
            item.models.small!.score!,
            1,
            item.at,
          ),
    )
    const signal = await certify(easier, options)
    expect(signal).toMatchObject({ kind: 'refused', code: 'shifted' })
    const worse = steady.map((item, i) =>
      i % 2 || i < 200 ? item : itemOf(item.id, item.models.small!.signals.confidence!, 0, 1, item.at),
    )
    expect(await certify(worse, options)).toMatchObject({ code: 'shifted' })
    // The order of the lines is not the order of the calls.
    expect(await certify(shuffle([...easier], seededRandom(1)), options)).toEqual(signal)
  })
})

describe('errors', () => {
  const refuses = (all: readonly TraceItem[], more: Partial<CertifyOptions>) =>
    expect(certify(all, { ...options, ...more })).rejects

  test('several tasks, none, the same item twice, mixed setups, shares that cannot be', async () => {
    const all = trace(100)
    const other = all.map((item) => ({ ...item, task: 'other' }))
    await refuses([...all, ...other], {}).toMatchObject({ code: 'certify_several_tasks' })
    expect((await certificateOf([...all, ...other], { task: 'other' })).task).toBe('other')
    await refuses(all, { task: 'third' }).toMatchObject({ code: 'certify_no_items' })
    await refuses(all, { pair: { device: 'small', cloud: '__proto__' } }).toMatchObject({
      code: 'certify_no_items',
    })
    await refuses([...all, all[7]!], {}).toMatchObject({
      code: 'certify_duplicate',
      message: expect.stringContaining('item 7'),
    })
    const mixed = all.map((item, i) => ({
      ...item,
      models: { ...item.models, small: { ...item.models.small!, quantisation: i % 2 ? 'Q4_0' : 'Q8_0' } },
    }))
    await refuses(mixed, {}).toMatchObject({
      code: 'certify_mixed_setup',
      message: expect.stringContaining('Q8_0'),
    })
    for (const alpha of [0, 1, -1, Number.NaN])
      await refuses(all, { claim: { kind: 'harm', alpha } }).toMatchObject({ code: 'certify_bad_option' })
    await refuses(all, { delta: 1.5 }).toMatchObject({ code: 'certify_bad_option' })
  })

  test('items that nobody judged are counted, not guessed', async () => {
    const all = trace(200).map((item, i) =>
      i < 80 ? { ...item, models: { ...item.models, large: { ...item.models.large!, score: null } } } : item,
    )
    const certified = await certify(all, options)
    expect(certified).toMatchObject({ seen: { unjudged: 80 }, certificate: { evidence: { n: 120 } } })
  })
})
