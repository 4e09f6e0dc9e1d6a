import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadOptionError, NumericError } from '../errors.ts'
import { seededRandom } from './random.ts'
import { argmax, createSampler, logProbability, type SamplingOptions } from './sample.ts'

const someLogits = fc
  // Whole numbers too, so that some are equal.
  .array(fc.oneof(fc.float({ min: -20, max: 20, noNaN: true }), fc.integer({ min: -3, max: 3 })), {
    minLength: 1,
    maxLength: 50,
  })
  .map((values) => Float32Array.from(values))
const seed = fc.integer()

function drawMany(logits: Float32Array, options: SamplingOptions, count = 30): number[] {
  const sample = createSampler(options)
  return Array.from({ length: count }, () => sample(logits, []).id)
}

/** Token ids, best first, lower id first among equals. */
function ranked(logits: Float32Array): number[] {
  return Array.from(logits, (_, id) => id).sort((a, b) => logits[b]! - logits[a]! || a - b)
}

test('the generator is xoshiro128** and even', () => {
  const random = seededRandom(42)
  const buckets = new Array<number>(16).fill(0)
  for (let i = 0; i < 160_000; i++) {
    const value = random()
    buckets[Math.floor(value * 16)]!++
  }
  // 10,000 expected in each, standard deviation 97: five of them.
  expect(buckets).toHaveLength(16)
  for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(485)
  const again = seededRandom(42)
  expect([again(), again(), again()].map((v) => v * 2 ** 32)).toEqual([660444221, 3652823732, 77672526])
})

test('temperature 0 takes the best, the first of equal ones, with its probability', () => {
  fc.assert(
    fc.property(someLogits, (logits) => {
      const { id, logprob } = createSampler()(logits, [])
      expect(id).toBe(ranked(logits)[0])
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0)
      expect(logprob).toBeCloseTo(logits[id]! - Math.log(total), 6)
    }),
    { seed: 10 },
  )
})

test('a small temperature comes to the best', () => {
  expect(new Set(drawMany(Float32Array.of(1, 1.1, 0.9), { temperature: 1e-3, seed: 1 }))).toEqual(
    new Set([1]),
  )
  expect(new Set(drawMany(Float32Array.of(1, 1.1, 0.9), { temperature: Number.MIN_VALUE, seed: 1 }))).toEqual(
    new Set([1]),
  )
})

test('top-k never leaves the k best', () => {
  fc.assert(
    fc.property(someLogits, fc.integer({ min: 1, max: 60 }), seed, (logits, topK, seed) => {
      const allowed = new Set(ranked(logits).slice(0, topK))
      for (const id of drawMany(logits, { temperature: 5, topK, seed })) expect(allowed).toContain(id)
    }),
    { seed: 11 },
  )
})

test('top-p never leaves the fewest best that reach the sum', () => {
  fc.assert(
    fc.property(someLogits, fc.double({ min: 0.01, max: 0.999, noNaN: true }), seed, (logits, topP, seed) => {
      const allowed = new Set<number>()
      let sum = 0
      for (const id of ranked(logits)) {
        // A hair of slack, as the sums are taken in another order.
        if (sum >= topP + 1e-9) break
        allowed.add(id)
        sum += Math.exp(logProbability(logits, id))
      }
      for (const id of drawMany(logits, { temperature: 5, topP, seed })) expect(allowed).toContain(id)
    }),
    { seed: 12 },
  )
})

test('min-p never leaves what is likely enough', () => {
  fc.assert(
    fc.property(someLogits, fc.double({ min: 0, max: 1, noNaN: true }), seed, (logits, minP, seed) => {
      const top = Math.max(...logits)
      for (const id of drawMany(logits, { temperature: 5, minP, seed })) {
        expect(Math.exp(logits[id]! - top)).toBeGreaterThanOrEqual(minP * (1 - 1e-9))
      }
    }),
    { seed: 13 },
  )
})

test('draws follow the distribution, its temperature and the cut', () => {
  const logits = Float32Array.of(2, 1, 0, -1)
  for (const temperature of [0.7, 1, 2]) {
    const weights = [...logits].map((logit) => Math.exp(logit / temperature))
    const total = weights.reduce((a, b) => a + b)
    const counts = [0, 0, 0, 0]
    for (const id of drawMany(logits, { temperature, seed: 7 }, 20_000)) counts[id]!++
    counts.forEach((count, id) => {
      const p = weights[id]! / total
      expect(Math.abs(count - 20_000 * p)).toBeLessThan(5 * Math.sqrt(20_000 * p * (1 - p)))
    })
  }
  expect(new Set(drawMany(logits, { temperature: 3, topK: 3, topP: 0.9, seed: 1 }, 500))).toEqual(
    new Set([0, 1]),
  )
})

test('the same seed gives the same tokens, another one others', () => {
  const logits = new Float32Array(100)
  const draws = (seed: number): number[] => drawMany(logits, { temperature: 1, seed }, 20)
  expect(draws(5)).toEqual(draws(5))
  expect(draws(5)).not.toEqual(draws(6))
  expect(drawMany(logits, { temperature: 1 }, 20)).not.toEqual(drawMany(logits, { temperature: 1 }, 20))
})

test('the repetition penalty looks at the window and leaves the logprob alone', () => {
  const logits = Float32Array.of(2, 1.9, -1)
  const sample = createSampler({ repetitionPenalty: 1.5, repetitionWindow: 2 })
  expect(sample(logits, []).id).toBe(0)
  expect(sample(logits, [0])).toEqual({ id: 1, logprob: logProbability(logits, 1) })
  expect(sample(logits, [0, 1, 2]).id).toBe(0)
  // Negative logits get smaller too.
  expect(createSampler({ repetitionPenalty: 2 })(Float32Array.of(-1, -1.5), [0]).id).toBe(1)
  expect([...logits]).toEqual([2, Math.fround(1.9), -1])
})

test('the ends of the range of the repetition penalty leave numbers numbers', () => {
  for (const repetitionPenalty of [0.01, 100]) {
    const { logprob } = createSampler({ repetitionPenalty })(Float32Array.of(30_000, -30_000), [0, 1])
    expect(Number.isFinite(logprob)).toBe(true)
  }
})

/** The tokens as sorting all logits gives them: best first with topP, else in order of id. */
function drawBySorting(logits: Float32Array, options: SamplingOptions, point: number): number {
  const { temperature = 0, topK = logits.length, topP = 1, minP = 0 } = options
  const top = Math.max(...logits)
  let ids = ranked(logits).slice(0, topK)
  if (topP < 1) {
    const probabilities = ids.map((id) => Math.exp(logits[id]! - top))
    const total = probabilities.reduce((a, b) => a + b)
    let sum = 0
    const end = probabilities.findIndex((weight) => (sum += weight) >= topP * total)
    ids = ids.slice(0, end + 1)
  } else ids.sort((a, b) => a - b)
  ids = ids.filter((id) => logits[id]! >= top + Math.log(minP))
  const weights = ids.map((id) => Math.exp((logits[id]! - top) / temperature))
  let left = point * weights.reduce((a, b) => a + b)
  return ids[weights.findIndex((weight) => (left -= weight) < 0)]!
}

test('what is drawn is what sorting all logits would give', () => {
  const large = fc.integer().map((seed) => {
    const random = seededRandom(seed)
    return Float32Array.from({ length: 1000 }, () => 12 * random() - 8 * random())
  })
  const options = fc.record({
    temperature: fc.constantFrom(0.3, 1, 4),
    topK: fc.constantFrom(1, 2, 7, 40, 1000, 5000),
    topP: fc.constantFrom(0.1, 0.5, 0.9, 0.95, 1),
    minP: fc.constantFrom(0, 0, 0.01, 0.3),
    seed,
  })
  fc.assert(
    fc.property(fc.oneof(someLogits, large), options, (logits, options) => {
      const sample = createSampler(options)
      const random = seededRandom(options.seed)
      for (let i = 0; i < 5; i++) {
        expect(sample(logits, []).id).toBe(drawBySorting(logits, options, random()))
      }
    }),
    { numRuns: 200, seed: 15 },
  )
})

test('of a mask only allowed tokens are drawn, as if there were no others; the probability stays that of all', () => {
  const bits = fc.array(fc.boolean(), { minLength: 50, maxLength: 50 })
  const options = fc.record({
    temperature: fc.constantFrom(0, 1, 3),
    topK: fc.constantFrom(1, 5, 100),
    topP: fc.constantFrom(0.5, 1),
    seed,
  })
  fc.assert(
    fc.property(someLogits, bits, options, (logits, isAllowed, options) => {
      const allowed = new Uint32Array((logits.length + 31) >>> 5)
      const masked = logits.map((logit, id) => (isAllowed[id] ? logit : Number.NEGATIVE_INFINITY))
      for (const id of logits.keys()) if (isAllowed[id]) allowed[id >>> 5]! |= 1 << (id & 31)
      const sample = createSampler(options)
      if (!masked.some(Number.isFinite)) {
        expect(() => sample(logits, [], allowed)).toThrow(NumericError)
        return
      }
      const alone = createSampler(options)
      for (let i = 0; i < 5; i++) {
        const drawn = sample(logits, [], allowed)
        expect(drawn.id).toBe(alone(masked, []).id)
        expect(drawn.logprob).toBeCloseTo(logProbability(logits, drawn.id), 9)
      }
    }),
    { numRuns: 500, seed: 16 },
  )
})

test('a token ruled out by -Infinity is never drawn', () => {
  const logits = Float32Array.of(Number.NEGATIVE_INFINITY, 0, Number.NEGATIVE_INFINITY, 0)
  for (const options of [{}, { topK: 3 }, { topP: 0.99 }, { minP: 0 }, { repetitionPenalty: 2 }]) {
    const drawn = drawMany(logits, { temperature: 100, seed: 3, ...options })
    expect(new Set(drawn)).toEqual(new Set([1, 3]))
  }
})

test('logits that are no numbers are a typed error', () => {
  const ruledOut = Float32Array.of(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY)
  for (const logits of [
    Float32Array.of(0, Number.NaN),
    Float32Array.of(Number.NaN, 0),
    Float32Array.of(Infinity, 0),
    ruledOut,
  ]) {
    for (const temperature of [0, 1])
      expect(() => createSampler({ temperature })(logits, [])).toThrow(NumericError)
    expect(() => argmax(logits)).toThrow(NumericError)
  }
})

test('options out of range are refused with the field and the range', () => {
  const bad: [SamplingOptions, RegExp][] = [
    [{ temperature: -1 }, /temperature is -1: it must be 0 to 100/],
    [{ temperature: Number.NaN }, /temperature is NaN/],
    [{ topK: 0 }, /topK is 0: it must be a whole number from 1/],
    [{ topP: 0 }, /topP is 0: it must be above 0, up to 1/],
    [{ topP: 1.1 }, /topP/],
    [{ minP: -0.1 }, /minP is -0.1: it must be 0 to 1/],
    [{ repetitionPenalty: 0 }, /repetitionPenalty is 0: it must be 0.01 to 100/],
    [{ repetitionPenalty: 1e-44 }, /repetitionPenalty is 1e-44/],
    [{ repetitionPenalty: 100.5 }, /repetitionPenalty is 100.5/],
    [{ repetitionPenalty: Number.NaN }, /repetitionPenalty is NaN/],
    [{ repetitionWindow: 1.5 }, /repetitionWindow is 1.5/],
    [{ seed: 0.5 }, /seed is 0.5: it must be a whole number/],
  ]
  for (const [options, message] of bad) {
    expect(() => createSampler(options)).toThrow(message)
    expect(() => createSampler(options)).toThrow(BadOptionError)
  }
})
