import { expect, test } from 'vitest'
import { seededRandom } from '../statistics/random.ts'
import type { TraceItem } from '../trace/item.ts'
import { certifyBest } from './best-signal.ts'
import { certify } from './certify.ts'
import { outcome, PAIR } from './testing/simulated.ts'
import { verifyCertificate } from './verify.ts'

const options = { pair: PAIR, signal: 'plain', claim: { kind: 'harm', alpha: 0.05 }, delta: 0.1 } as const

/** The plain signal knows little, the number of tokens much. */
function items(n: number, tokensMatter: boolean, seed: number): TraceItem[] {
  const random = seededRandom(seed)
  return Array.from({ length: n }, (_, i) => {
    const plain = random()
    const tokens = Math.floor(random() * 100)
    const wrong = tokensMatter ? 0.1 * (1 - plain) + 0.5 * (tokens / 100) ** 2 : 0.5 * (1 - plain)
    return {
      id: `${seed} ${i}`,
      task: 't',
      at: null,
      prompt: null,
      promptDigest: null,
      models: {
        small: { ...outcome(random() < wrong ? 0 : 1, { plain }), outputTokens: tokens, inputTokens: 5 },
        large: outcome(1),
      },
    }
  })
}

test('a combination that saves more is certified, on the items kept aside', async () => {
  const all = items(1200, true, 1)
  const { certified, gate } = await certifyBest(all, options)
  expect(gate?.passed).toBe(true)
  if (certified.kind === 'refused') throw new Error(certified.why)
  const { bar, evidence } = certified.certificate
  expect(bar).toMatchObject({ signal: 'combined', combination: gate!.combination })
  expect(evidence).toMatchObject({ n: gate!.aside, candidates: 2 })
  const plain = await certify(all, options)
  if (plain.kind === 'certificate')
    expect(evidence.saved.value).toBeGreaterThan(plain.certificate.evidence.saved.value)
  expect(await verifyCertificate(certified.certificate)).toEqual(certified.certificate)
})

test('else the plain signal is, on all items, having paid for the look', async () => {
  const all = items(600, false, 2)
  const { certified } = await certifyBest(all, options)
  if (certified.kind === 'refused') throw new Error(certified.why)
  expect(certified.certificate).toMatchObject({
    bar: { signal: 'plain', combination: null },
    evidence: { n: 600, candidates: 2 },
  })
  const alone = await certify(all, { ...options, delta: 0.05 })
  expect(alone).toMatchObject({ certificate: { bar: certified.certificate.bar } })
})

test('what changed over its window is refused, though the half kept aside does not show it', async () => {
  // Signals rise with time by so little that it takes more than half of the items to notice.
  const all = items(1200, true, 3).map((item, i): TraceItem => {
    const { small, large } = item.models
    const plain = small!.signals.plain! * 0.75 + 0.25 * (i / 1200)
    const at = new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString()
    return { ...item, at, models: { small: { ...small!, signals: { plain } }, large: large! } }
  })
  const { certified } = await certifyBest(all, options)
  expect(certified).toMatchObject({ kind: 'refused', code: 'shifted' })
})
