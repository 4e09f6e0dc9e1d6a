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
    .record({
      of: fc.integer({ min: 1, max: 5000 }),
      share: fc.oneof(
        fc.double({ min: 0.8, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      ),
    })
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

/** What teams would write, so that every answer comes up; and what is far off it. */
interface Range {
  readonly targetMs: readonly [number, number]
  readonly calls: readonly [number, number]
  readonly users: readonly [number, number]
  readonly prompt: readonly [number, number]
  readonly output: readonly [number, number]
  readonly days: readonly [number, number]
  readonly measuresAll: boolean
}

const usual: Range = {
  targetMs: [200, 60_000],
  calls: [1e4, 1e9],
  users: [1e4, 1e6],
  prompt: [10, 2000],
  output: [2, 300],
  days: [1, 60],
  measuresAll: true,
}
const extreme: Range = {
  targetMs: [1, 1e6],
  calls: [1, 1e10],
  users: [1e4, 1e9],
  prompt: [1, 200_000],
  output: [1, 20_000],
  days: [1, 1000],
  measuresAll: false,
}

const useCaseIn = ({
  targetMs,
  calls,
  users,
  prompt,
  output,
  days,
  measuresAll,
}: Range): fc.Arbitrary<UseCaseInput> =>
  fc.uniqueArray(idsOf(facts.models), { minLength: measuresAll ? 1 : 0, maxLength: 4 }).chain((names) => {
    const all = ['cloud', 'linear', ...names]
    const who = measuresAll
      ? fc.subarray(['linear']).map((some) => ['cloud', ...names, ...some])
      : fc.subarray(all)
    return fc.record(
      {
        name: fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== ''),
        fit: fc.record(
          {
            kind: fc.constantFrom(...kinds),
            models: fc.constant(names),
            keep: fc.double({ min: measuresAll ? 0.5 : 0.01, max: 1, noNaN: true }),
            measured: who.chain((some) => fc.tuple(...some.map(measured))),
          },
          { requiredKeys: measuresAll ? ['kind', 'models', 'measured'] : ['kind'] },
        ),
        latency: fc.record(
          {
            targetMs: magnitude(...targetMs),
            of: fc.constantFrom('first-token' as const, 'whole-answer' as const),
            share: fc.double({ min: 0.01, max: 1, noNaN: true }),
          },
          { requiredKeys: ['targetMs'] },
        ),
        privacy: fc.oneof(fc.constant('anything' as const), fc.constantFrom(...privacies)),
        offline: fc.oneof(fc.constant('no' as const), fc.constantFrom('must' as const, 'better' as const)),
        volume: fc.record(
          {
            callsPerMonth: fc.oneof(
              { weight: 1, arbitrary: fc.constant(0) },
              { weight: 9, arbitrary: magnitude(...calls) },
            ),
            users: magnitude(...users),
            promptTokens: magnitude(...prompt).map(Math.round),
            outputTokens: magnitude(...output).map(Math.round),
            cachedShare: fc.double({ min: 0, max: 1, noNaN: true }),
          },
          { requiredKeys: ['callsPerMonth', 'users', 'promptTokens', 'outputTokens'] },
        ),
        cloud: fc.record(
          {
            model: idsOf(facts.prices),
            firstTokenMs: magnitude(10, 10_000),
            decodeTps: magnitude(5, 2000),
          },
          { requiredKeys: ['model'] },
        ),
        fleet,
        engineering: fc.record(
          {
            days: fc.oneof(fc.constant(0), magnitude(...days)),
            usdPerDay: magnitude(1, 5000),
            months: magnitude(1, 60),
            egressUsdPerGB: fc.double({ min: 0, max: 1, noNaN: true }),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: ['name', 'fit', 'latency', 'privacy', 'offline', 'volume', 'cloud', 'fleet'] },
    )
  })

export const randomUseCase: fc.Arbitrary<UseCaseInput> = fc.oneof(useCaseIn(usual), useCaseIn(extreme))
