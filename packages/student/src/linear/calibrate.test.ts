import { seededRandom } from '@edgewise/evidence'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scopeOf, temperatureOf } from './calibrate.ts'
import { outsideShare, scopeFacts, scopeScore } from './scope.ts'

/** Logits of three labels; the wanted one is drawn as softmax(logits / 2) says. */
function drawn(n: number) {
  const random = seededRandom(5)
  const wanted: number[] = []
  const read = Array.from({ length: n }, () => {
    const logits = Float32Array.from({ length: 3 }, () => 8 * random() - 4)
    const shares = logits.map((logit) => Math.exp(logit / 2))
    let left = random() * shares.reduce((sum, share) => sum + share, 0)
    let label = 0
    while (label < 2 && left > shares[label]!) left -= shares[label++]!
    wanted.push(label)
    return { logits, unknown: 0 }
  })
  return { read, wanted }
}

test('the temperature that answers were drawn with is found', () => {
  const { read, wanted } = drawn(5000)
  expect(temperatureOf(read, wanted)).toBeCloseTo(2, 0.5)
})

test('a head that is never wrong, or always, still gets a temperature', () => {
  const read = [Float32Array.of(3, 0), Float32Array.of(0, 3)].map((logits) => ({ logits, unknown: 0 }))
  expect(temperatureOf(read, [0, 1])).toBeCloseTo(1 / 3, 5)
  expect(temperatureOf(read, [1, 0])).toBeCloseTo(10, 5)
  expect(temperatureOf([{ logits: Float32Array.of(0, 0), unknown: 1 }], [0])).toBe(1)
})

describe('out of scope', () => {
  const random = seededRandom(7)
  const inside = Array.from({ length: 400 }, () => ({
    logits: Float32Array.of(4 + random(), random(), random()),
    unknown: 0.3 * random(),
  }))
  const outside = Array.from({ length: 40 }, () => ({
    logits: Float32Array.of(2 * random(), random(), 2 + random()),
    unknown: 0.2 + 0.5 * random(),
  }))
  const read = [...inside, ...outside]
  const wanted = read.map((_, i) => (i < 400 ? 0 : 2))

  test.each([
    ['learned from examples', 2],
    ['from what is familiar', -1],
  ])('%s, texts outside lie above those inside', (_, label) => {
    const used = label === 2 ? read : inside
    const { coefficients, quantiles } = scopeOf(used, wanted.slice(0, used.length), label)
    const shares = read.map(({ logits, unknown }) =>
      outsideShare(scopeScore(scopeFacts(logits, unknown, label), coefficients), quantiles),
    )
    expect(shares.slice(400).filter((share) => share > 0.95).length).toBeGreaterThan(36)
    const rejected = shares.slice(0, 400).filter((share) => share > 0.95).length / 400
    expect(rejected).toBeCloseTo(0.05, 1.9)
  })

  test('the share is within 0 and 1 and never falls with the score', () => {
    const number = fc.double({ min: -1e9, max: 1e9, noNaN: true })
    fc.assert(
      fc.property(fc.array(number, { minLength: 101, maxLength: 101 }), number, number, (table, a, b) => {
        const quantiles = table.sort((x, y) => x - y)
        const [low, high] = a < b ? [a, b] : [b, a]
        const shares = [outsideShare(low, quantiles), outsideShare(high, quantiles)]
        for (const share of shares) expect(share >= 0 && share <= 1).toBe(true)
        expect(shares[0]).toBeLessThanOrEqual(shares[1]!)
      }),
    )
  })
})
