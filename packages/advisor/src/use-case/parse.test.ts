import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { AdvisorError } from '../errors.ts'
import { facts } from '../facts/facts.ts'
import { presets } from '../fleet/presets.ts'
import { assumptions } from './defaults.ts'
import { checkUseCase, parseUseCase } from './parse.ts'
import type { UseCaseInput } from './schema.ts'
import { randomUseCase } from './testing/random-use-case.ts'

const least = `name: Ticket triage
fit: { kind: classify }
latency: { targetMs: 300 }
privacy: redacted
offline: no
volume: { callsPerMonth: 40000, users: 300, promptTokens: 400, outputTokens: 8 }
cloud: { model: gpt-5-nano }
fleet: laptops-mixed
`

function errorOf(text: string, file = 'triage.yaml'): AdvisorError {
  try {
    parseUseCase(text, file)
  } catch (error) {
    if (error instanceof AdvisorError) return error
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

test('the least file: what it leaves out has its default, and what of that we assume is told', () => {
  const useCase = parseUseCase(least)
  expect(useCase).toEqual({
    name: 'Ticket triage',
    task: 'ticket-triage',
    fit: { models: [], keep: 0.95, measured: [], kind: 'classify' },
    latency: { targetMs: 300, of: 'first-token', share: 0.9 },
    privacy: 'redacted',
    offline: 'no',
    volume: { callsPerMonth: 40000, users: 300, promptTokens: 400, outputTokens: 8, cachedShare: 0 },
    cloud: { model: 'gpt-5-nano', firstTokenMs: 500, decodeTps: 80 },
    fleet: 'laptops-mixed',
    engineering: { days: 20, usdPerDay: 600, months: 12, egressUsdPerGB: 0.05 },
  })
  expect(assumptions(useCase)).toHaveLength(2)
  expect(assumptions({ ...useCase, cloud: { ...useCase.cloud, firstTokenMs: 420 } })).toHaveLength(1)
})

test('a device without a runtime gets the usual one of its class; what was measured an exact interval', () => {
  const { fleet, fit } = checkUseCase({
    ...(JSON.parse(JSON.stringify(parseUseCase(least))) as object),
    fit: { kind: 'classify', measured: [{ who: 'linear', right: 19, of: 20 }] },
    fleet: [
      { device: 'iphone-15', share: 0.5 },
      { device: 'm2', share: 0.5, backend: 'cpu' },
    ],
  })
  expect(fleet).toEqual([
    { device: 'iphone-15', share: 0.5, runtime: 'llama.cpp', backend: 'cpu' },
    { device: 'm2', share: 0.5, runtime: 'llama.cpp', backend: 'cpu' },
  ])
  // Clopper and Pearson, 19 of 20.
  expect(fit.measured[0]!.low).toBeCloseTo(0.7513, 4)
  expect(fit.measured[0]!.high).toBeCloseTo(0.9987, 4)
})

describe('what is wrong is told with its place, its value and what to do', () => {
  test.each([
    [
      'a negative volume',
      'callsPerMonth: 40000',
      'callsPerMonth: -1',
      'use_case_invalid',
      /6:11 volume.callsPerMonth: use at least 0$/,
    ],
    [
      'a volume that is no number',
      'callsPerMonth: 40000',
      'callsPerMonth: many',
      'use_case_invalid',
      /6:11 .*use a number/,
    ],
    [
      'a volume that is infinite',
      'callsPerMonth: 40000',
      'callsPerMonth: .inf',
      'use_case_invalid',
      /6:11 .*use a number/,
    ],
    [
      'an absurd volume',
      'callsPerMonth: 40000',
      'callsPerMonth: 9e11',
      'use_case_invalid',
      /more than 1000000 calls of each user/,
    ],
    ['no users', 'users: 300', 'users: 0', 'use_case_invalid', /volume.users: use at least 1/],
    ['half a token', 'promptTokens: 400', 'promptTokens: 0.5', 'use_case_invalid', /promptTokens: use/],
    [
      'a latency share of 0',
      'targetMs: 300',
      'targetMs: 300, share: 0',
      'use_case_invalid',
      /3:27 latency.share: use more than 0/,
    ],
    [
      'a question that is not asked',
      'targetMs: 300',
      'targetMs: 300, shares: 0.9',
      'use_case_invalid',
      /latency.shares: there is no such question/,
    ],
    [
      'a missing answer',
      'privacy: redacted\n',
      '',
      'use_case_invalid',
      /privacy: this is missing: use "nothing-leaves", /,
    ],
    [
      'an unknown kind',
      'kind: classify',
      'kind: dream',
      'use_case_invalid',
      /fit.kind: use "classify", .* or "search"/,
    ],
    [
      'an unknown price',
      'gpt-5-nano',
      'gpt5-nano',
      'unknown_price',
      /7:10 cloud.model: no price "gpt5-nano" in the facts: did you mean gpt-5-nano/,
    ],
    [
      'an unknown preset',
      'laptops-mixed',
      'laptop-mixed',
      'unknown_preset',
      /fleet: no preset "laptop-mixed" .*laptops-mixed/,
    ],
    [
      'an unknown model',
      'kind: classify',
      'kind: classify, models: [llama-3.2-1]',
      'unknown_model',
      /fit.models.0: .*llama-3.2-1b/,
    ],
    [
      'a fleet that is a number',
      'laptops-mixed',
      '7',
      'use_case_invalid',
      /8:1 fleet: use the name of a preset/,
    ],
    [
      'a task called default',
      'privacy:',
      'task: default\nprivacy:',
      'use_case_invalid',
      /4:1 task: .*another name/,
    ],
    [
      'more right than asked',
      'kind: classify',
      'kind: classify, measured: [{ who: linear, right: 9, of: 8 }]',
      'use_case_invalid',
      /right: more are right than there are examples \(8\)/,
    ],
    [
      'an interval beside its share',
      'kind: classify',
      'kind: classify, measured: [{ who: cloud, right: 8, of: 8, high: 0.9 }]',
      'use_case_invalid',
      /does not hold the share/,
    ],
    [
      'a second document',
      'fleet: laptops-mixed',
      'fleet: laptops-mixed\n---\na: 1',
      'use_case_invalid',
      /9:1: a second document/,
    ],
  ] as const)('%s', (_, from, to, code, message) => {
    expect(least).toContain(from)
    const error = errorOf(least.replace(from, to))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
    expect(error.message).toMatch(/^triage.yaml:\d+:\d+/)
    expect(error.issues.join('\n')).toBe(error.message)
  })

  const withFleet = (fleet: string): string => least.replace('fleet: laptops-mixed', `fleet:\n${fleet}`)
  test('shares that do not add up', () => {
    const error = errorOf(withFleet('  - { device: m1, share: 0.5 }\n  - { device: m2, share: 0.4 }'))
    expect(error.message).toBe(
      'triage.yaml:8:1 fleet: the shares add up to 0.9, not to 1: correct them, or add who is missing',
    )
  })
  test('a device that is not known, in its place', () => {
    const error = errorOf(
      withFleet('  - { device: m1, share: 0.5 }\n  - { device: iphone-15-pro, share: 0.5 }'),
    )
    expect(error.code).toBe('unknown_device')
    expect(error.message).toMatch(
      /^triage.yaml:10:7 fleet.1.device: no device "iphone-15-pro".*did you mean iphone-15pro,/,
    )
  })
  test('a share below 0, in its place', () => {
    const error = errorOf(withFleet('  - { device: m1, share: 1 }\n  - { device: m2, share: -1 }'))
    expect(error.message).toMatch(/^triage.yaml:10:19 fleet.1.share: use more than 0/)
  })
  test('the same device twice', () => {
    const error = errorOf(withFleet('  - { device: m1, share: 0.5 }\n  - { device: m1, share: 0.5 }'))
    expect(error.message).toMatch(/fleet.1.device: this device stands above: add their shares up/)
  })
  test('all at once', () => {
    const error = errorOf(least.replace('targetMs: 300', 'targetMs: -1').replace('users: 300', 'users: -1'))
    expect(error.issues).toHaveLength(2)
  })
})

test('a file that calls itself JSON must be it, a value has no place, a long file is none', () => {
  expect(errorOf(least, 'triage.json').message).toMatch(/^triage.json:1:1: this is not JSON/)
  expect(() => checkUseCase({})).toThrow(/^name: this is missing: use a text/)
  expect(() => checkUseCase(null)).toThrow(AdvisorError)
  expect(errorOf(' '.repeat(300_000)).message).toMatch(/300000 characters/)
})

test('every random use case is read the same from a value, from JSON and from YAML', () => {
  fc.assert(
    fc.property(randomUseCase, (input) => {
      const useCase = checkUseCase(input)
      expect(parseUseCase(JSON.stringify(input), 'a.json')).toEqual(useCase)
      expect(parseUseCase(stringify(input), 'a.yaml')).toEqual(useCase)
      // What comes out can go in again.
      expect(checkUseCase(useCase)).toEqual(useCase)
    }),
    { seed: 71, numRuns: 200 },
  )
})

test('a damaged use case is a use case or an AdvisorError', () => {
  const damaged = fc
    .tuple(randomUseCase, fc.nat(), fc.nat(30), fc.string({ maxLength: 5 }))
    .map(([input, at, length, text]) => {
      const whole = JSON.stringify(input)
      const start = at % whole.length
      return whole.slice(0, start) + text + whole.slice(start + length)
    })
  let refused = 0
  fc.assert(
    fc.property(damaged, (text) => {
      try {
        parseUseCase(text, 'a.yaml')
      } catch (error) {
        expect(error).toBeInstanceOf(AdvisorError)
        refused++
      }
    }),
    { seed: 72, numRuns: 300 },
  )
  expect(refused).toBeGreaterThan(100)
})

test.each(presets)(
  'the preset $id: devices of the facts, shares that add up, and it says that they are assumed',
  (preset) => {
    const ids = new Set(facts.devices.map(({ id }) => id))
    expect(preset.shares.filter(({ device }) => !ids.has(device))).toEqual([])
    expect(preset.shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
    expect(new Set(preset.shares.map(({ device }) => device)).size).toBe(preset.shares.length)
    expect(preset.source).toMatch(/assumption/)
  },
)

test('a type of the file is what the schema takes', () => {
  const input: UseCaseInput = {
    name: 'a',
    fit: { kind: 'rewrite' },
    latency: { targetMs: 1 },
    privacy: 'anything',
    offline: 'no',
    volume: { callsPerMonth: 1, users: 1, promptTokens: 1, outputTokens: 1 },
    cloud: { model: 'gpt-5-nano' },
    fleet: 'phones-mixed',
  }
  expect(checkUseCase(input).task).toBe('a')
})

test('a runtime that nobody has measured is refused, unless there are own measurements of it; it may be written in several ways', () => {
  const fleet = (runtime: string): string =>
    least.replace('laptops-mixed', `[{ device: pixel-8, share: 1, runtime: ${runtime} }]`)
  const error = errorOf(fleet('lama.cpp'))
  expect(error.message).toMatch(
    /^triage\.yaml:8:\d+ fleet\.0\.runtime: nobody has measured a runtime "lama\.cpp": did you mean llama\.cpp/,
  )
  for (const runtime of ['llama.cpp', 'LlamaCpp', 'mlx', 'executorch', 'edgewise', 'genie/qnn'])
    expect(() => parseUseCase(fleet(runtime))).not.toThrow()
  const own = [{ ...facts.own[0]!, runtime: 'house' }] as typeof facts.own
  expect(() => parseUseCase(fleet('house'), 'f.yaml', { ...facts, own })).not.toThrow()
})
