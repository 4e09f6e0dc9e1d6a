/** Policies by chance, all without a contradiction: for tests that must hold for every policy. */
import fc from 'fast-check'
import type { Commit, Escalate, MatchRule, PlaceRule, Policy, Rule } from '../policy/index.ts'

const text = fc.string({ minLength: 1, maxLength: 12 })
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,12}$/).filter((task) => task !== 'default')
const dollars = fc.double({ min: 0.001, max: 1000, noNaN: true })
const certificate = fc.option(text, { nil: undefined })

/** Takes out what is undefined: a key that may be left out is there or is not. */
function compact<T>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })

const negative = fc.double({ min: -20, max: 0, noNaN: true }).map((value) => value + 0)

const bar: fc.Arbitrary<Escalate> = fc
  .oneof(
    fc.record({ signal: fc.constantFrom('meanLogprob', 'minLogprob'), threshold: negative, certificate }),
    fc.record({ signal: fc.constant('margin'), threshold: dollars, certificate }),
    fc.record({ signal: fc.constant('length'), threshold: fc.integer({ min: 1, max: 500 }), certificate }),
    fc.record({ signal: fc.constant('schema'), certificate }),
    fc.record({
      signal: fc.constant('agreement'),
      threshold: fc.double({ min: 0.01, max: 1, noNaN: true }),
      samples: maybe(fc.integer({ min: 2, max: 16 })),
      certificate,
    }),
    fc.record({ signal: fc.constant('ownHead'), threshold: negative, certificate }),
  )
  .map((value) => compact<Escalate>(value as Escalate))

const bars = fc.uniqueArray(bar, { minLength: 1, maxLength: 4, selector: ({ signal }) => signal })

function commitOf(
  escalate: readonly Escalate[] | undefined,
  tokensFit: boolean,
): fc.Arbitrary<Commit | undefined> {
  const early =
    tokensFit &&
    (escalate ?? []).every(
      ({ signal, certificate }) => /Logprob|margin/.test(signal) && certificate === undefined,
    )
  return fc.constantFrom<(Commit | undefined)[]>(
    undefined,
    'whole-answer',
    'valid-json',
    ...(escalate === undefined ? (['first-output'] as const) : []),
    ...(early ? [{ tokens: 7 }] : []),
  )
}

const common = {
  cache: maybe(
    fc
      .record({
        ttlSeconds: fc.integer({ min: 1, max: 1e6 }),
        semantic: maybe(fc.record({ minSimilarity: fc.double({ min: 0.1, max: 1, noNaN: true }) })),
      })
      .map((value) => compact<NonNullable<Rule['cache']>>(value)),
  ),
  store: maybe(fc.record({ consented: fc.constant(true as const), days: fc.integer({ min: 1, max: 3650 }) })),
  deadlineMs: maybe(
    fc.constantFrom(
      { firstToken: 2000 },
      { total: 5000 },
      { firstToken: 2000, total: 5000 },
      { firstToken: 9, total: 9 },
    ),
  ),
}
const toDevice = { deviceTask: maybe(name), deviceModel: maybe(text) }
const toCloud = {
  instructions: maybe(text),
  budget: maybe(
    fc
      .tuple(maybe(dollars), dollars)
      .map(([perDayUsd, perUserPerDayUsd]) =>
        perDayUsd === undefined ? { perUserPerDayUsd } : { perDayUsd, perUserPerDayUsd: perDayUsd / 2 },
      ),
  ),
  privacy: maybe(fc.constantFrom('redacted' as const, 'anything' as const)),
  select: maybe(fc.record({ maxTokens: fc.integer({ min: 1, max: 9000 }) })),
  compress: maybe(fc.record({ keep: fc.double({ min: 0.1, max: 0.9, noNaN: true }), certificate: text })),
}

/** A rule of this place. */
function ruleOf(place: PlaceRule): fc.Arbitrary<Rule> {
  const made = <T>(keys: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Rule> =>
    fc.record({ place: fc.constant(place), ...keys }).map((value) => compact<Rule>(value as unknown as Rule))
  switch (place) {
    case 'device-only':
      return made({ ...common, ...toDevice, privacy: maybe(fc.constant('nothing-leaves' as const)) })
    case 'cloud-only':
      return made({ ...common, ...toCloud, offline: maybe(fc.constant('fail' as const)) })
    case 'prefer-cloud':
      return commitOf(undefined, false).chain((commit) =>
        made({
          ...common,
          ...toDevice,
          ...toCloud,
          commit: fc.constant(commit),
          offline: maybe(fc.constant('device')),
        }),
      )
    default:
      return maybe(bars).chain((escalate) =>
        commitOf(escalate, true).chain((commit) =>
          made({
            ...common,
            ...toDevice,
            ...toCloud,
            escalate: fc.constant(escalate),
            commit: fc.constant(commit),
            maxInputTokens: maybe(fc.integer({ min: 1, max: 9000 })),
            // All clouds here have a price.
            audit: maybe(fc.record({ share: fc.constantFrom(0.5, 1), perDayUsd: dollars })),
            offline: maybe(fc.constantFrom('device' as const, 'fail' as const)),
          }),
        ),
      )
  }
}

export const randomRule: fc.Arbitrary<Rule> = fc
  .constantFrom<PlaceRule[]>('device-only', 'prefer-device', 'prefer-cloud', 'cloud-only', 'race')
  .chain(ruleOf)

const prices = {
  inputPerMTok: dollars,
  cachedInputPerMTok: maybe(dollars),
  outputPerMTok: dollars,
}

/** Matching rules that no other covers: of a side each. */
function matchOf(tasks: readonly string[]): fc.Arbitrary<readonly MatchRule[] | undefined> {
  if (tasks.length === 0) return fc.constant(undefined)
  const task = fc.constantFrom(...tasks)
  return maybe(
    fc.tuple(task, task, text).map(([first, second, needle]) => [
      { task: first, when: { userContains: [needle, 'ö: #'], minChars: 3 } },
      { task: second, when: { hasTools: true, wantsJson: false, maxChars: 900 } },
    ]),
  )
}

export const randomPolicy: fc.Arbitrary<Policy> = fc
  .dictionary(name, randomRule, { maxKeys: 4 })
  .chain((tasks) =>
    fc.record({
      version: fc.constant(1 as const),
      cloud: maybe(
        fc
          .record({
            baseURL: fc.constantFrom('https://api.example.com/v1', 'http://127.0.0.1:8080/v1'),
            model: text,
            apiKeyEnv: maybe(fc.constantFrom('OPENAI_API_KEY', 'my_key')),
            firstTokenMs: maybe(fc.integer({ min: 1, max: 2 ** 31 - 1 })),
            retries: maybe(fc.integer({ min: 0, max: 10 })),
            price: fc
              .record(prices)
              .map((value) => compact<NonNullable<Policy['reference']>>(value as never)),
            rehearsal: maybe(fc.constant(true as const)),
          })
          .map((value) => compact<NonNullable<Policy['cloud']>>(value)),
      ),
      reference: maybe(
        fc
          .record({ ...prices, model: text, asOf: fc.constant('2026-08-05'), source: text })
          .map((value) => compact<NonNullable<Policy['reference']>>(value)),
      ),
      tasks: fc.constant({ ...tasks }),
      match: matchOf(Object.keys(tasks)),
      default: randomRule,
    }),
  )
  .map((value) => compact<Policy>(value))
