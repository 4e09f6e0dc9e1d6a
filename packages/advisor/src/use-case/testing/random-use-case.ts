/** Random use cases that are one, over the facts that come with Edgewise: for property tests. */
import fc from 'fast-check'
import { facts } from '../../facts/facts.ts'
import { presets } from '../../fleet/presets.ts'
import { kinds, privacies, type UseCaseInput } from '../schema.ts'

const idsOf = (rows: readonly { readonly id: string }[]): fc.Arbitrary<string> =>
  fc.constantFrom(...rows.map(({ id }) => id))

/** Evenly over orders of magnitude. */
const magnitude = (least: number, most: number): fc.Arbitrary<number> =>
  fc
    .double({ min: Math.log(least), max: Math.log(most), noNaN: true })
    .map((log) => Math.min(most, Math.max(least, Math.exp(log))))

const measured = (who: string): fc.Arbitrary<{ who: string; right: number; of: number }> =>
  fc
    .record({ of: fc.integer({ min: 1, max: 2000 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
    .map(({ of, share }) => ({ who, right: Math.round(of * share), of }))

const fleet = fc.oneof(
  fc.constantFrom(...presets.map(({ id }) => id)),
  fc
    .uniqueArray(
      fc.record({ device: idsOf(facts.devices), weight: fc.double({ min: 0.01, max: 1, noNaN: true }) }),
      { selector: ({ device }) => device, minLength: 1, maxLength: 6 },
    )
    .map((rows) => {
      const sum = rows.reduce((total, { weight }) => total + weight, 0)
      return rows.map(({ device, weight }) => ({ device, share: weight / sum }))
    }),
)

const models = fc.uniqueArray(idsOf(facts.models), { maxLength: 4 })

export const randomUseCase: fc.Arbitrary<UseCaseInput> = models.chain((names) =>
  fc.record(
    {
      name: fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== ''),
      fit: fc.record(
        {
          kind: fc.constantFrom(...kinds),
          models: fc.constant(names),
          keep: fc.double({ min: 0.01, max: 1, noNaN: true }),
          measured: fc.subarray(['cloud', 'linear', ...names]).chain((who) => fc.tuple(...who.map(measured))),
        },
        { requiredKeys: ['kind'] },
      ),
      latency: fc.record(
        {
          targetMs: magnitude(1, 100_000),
          of: fc.constantFrom('first-token' as const, 'whole-answer' as const),
          share: fc.double({ min: 0.01, max: 1, noNaN: true }),
        },
        { requiredKeys: ['targetMs'] },
      ),
      privacy: fc.constantFrom(...privacies),
      offline: fc.constantFrom('must' as const, 'better' as const, 'no' as const),
      volume: fc.record(
        {
          callsPerMonth: fc.oneof(fc.constant(0), magnitude(1, 1e10)),
          users: magnitude(1e4, 1e9),
          promptTokens: magnitude(1, 200_000).map(Math.round),
          outputTokens: magnitude(1, 20_000).map(Math.round),
          cachedShare: fc.double({ min: 0, max: 1, noNaN: true }),
        },
        { requiredKeys: ['callsPerMonth', 'users', 'promptTokens', 'outputTokens'] },
      ),
      cloud: fc.record(
        { model: idsOf(facts.prices), firstTokenMs: magnitude(10, 10_000), decodeTps: magnitude(5, 2000) },
        { requiredKeys: ['model'] },
      ),
      fleet,
      engineering: fc.record(
        {
          days: fc.oneof(fc.constant(0), magnitude(1, 1000)),
          usdPerDay: magnitude(1, 5000),
          months: magnitude(1, 60),
          egressUsdPerGB: fc.double({ min: 0, max: 1, noNaN: true }),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['name', 'fit', 'latency', 'privacy', 'offline', 'volume', 'cloud', 'fleet'] },
  ),
)
