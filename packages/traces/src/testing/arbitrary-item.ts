/** Any item that the format can hold, for fast-check. */
import type { Outcome, TraceItem } from '@edgewise/evidence'
import fc from 'fast-check'

const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null })
// JSON has no -0.
const positive = fc.double({ min: 0, max: 1e300, noNaN: true }).map((value) => value || 0)
const names = fc.string({ minLength: 1, unit: 'binary' }).filter((name) => name !== '__proto__')
const tokens = orNull(fc.maxSafeNat())

const outcomes: fc.Arbitrary<Outcome> = fc.record({
  score: orNull(
    fc.oneof(
      fc.constantFrom(0, 1),
      fc.double({ min: 0, max: 1, noNaN: true }).map((s) => s || 0),
    ),
  ),
  signals: fc.dictionary(
    names,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value || 0),
    { noNullPrototype: true },
  ),
  inputTokens: tokens,
  outputTokens: tokens,
  costUsd: orNull(positive),
  latencyMs: orNull(positive),
  quantisation: orNull(fc.string()),
  template: orNull(fc.string()),
})

export const anyItem: fc.Arbitrary<TraceItem> = fc
  .record({
    id: names,
    task: names,
    at: orNull(
      fc
        .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
        .map((time) => time.toISOString()),
    ),
    prompt: orNull(fc.string({ unit: 'binary' })),
    promptDigest: orNull(fc.stringMatching(/^[0-9a-f]{64}$/)),
    models: fc.dictionary(names, outcomes, { noNullPrototype: true }),
  })
  // One of both, or none.
  .map((item) => (item.prompt === null ? item : { ...item, promptDigest: null }))
