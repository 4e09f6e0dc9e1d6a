import { parsePolicy } from 'edgewise'
import { describe, expect, test } from 'vitest'
import { AdvisorError } from '../errors.ts'
import { facts } from '../facts/facts.ts'
import { checkUseCase } from '../use-case/parse.ts'
import type { UseCaseInput } from '../use-case/schema.ts'
import type { UseCase } from '../use-case/types.ts'
import { decide } from './decide.ts'
import { policyOf, policyYaml } from './policy.ts'
import { rules } from './rules.ts'
import { type Row, tabular } from './testing/tabular.ts'
import type { Choice, Option, Verdict } from './types.ts'

/** Three kinds of devices; a model that is surely good enough beside a cloud that is a second away. */
const base: UseCaseInput = {
  name: 'Smart reply',
  fit: {
    kind: 'generate',
    models: ['llama-3.2-1b'],
    measured: [
      { who: 'cloud', right: 900, of: 1000 },
      { who: 'llama-3.2-1b', right: 900, of: 1000, kept: { value: 1, low: 0.97, high: 1.03 } },
    ],
  },
  latency: { targetMs: 1500, of: 'whole-answer', share: 0.8 },
  privacy: 'anything',
  offline: 'no',
  volume: { callsPerMonth: 1e8, users: 100_000, promptTokens: 500, outputTokens: 150 },
  cloud: { model: 'gpt-5-nano', firstTokenMs: 400, decodeTps: 149 },
  fleet: [
    { device: 'iphone-17', share: 0.5 },
    { device: 'galaxy-a56', share: 0.3 },
    { device: 'galaxy-a16', share: 0.2 },
  ],
  engineering: { days: 20, usdPerDay: 600, months: 12, egressUsdPerGB: 0.05 },
}

const fast: Readonly<Record<string, Row>> = {
  'iphone-17': { ms: 700 },
  'galaxy-a56': { ms: 1000 },
  'galaxy-a16': { ms: 1400 },
}

const verdictOf = (change: Partial<UseCaseInput> = {}, rows = fast): Verdict =>
  decide(checkUseCase({ ...base, ...change }), facts, { predict: tabular(rows) })

const option = ({ options }: Verdict, answer: Choice): Option => options.find((one) => one.answer === answer)!

const fired = ({ firings }: Verdict): readonly string[] =>
  firings.map(({ rule, outcome, of }) => `${rule} ${outcome} ${of}`)

const unmeasured = { kind: 'generate', models: ['llama-3.2-1b'] } as const

describe('what is chosen', () => {
  test('on the device: in time, good enough, and cheaper at this volume', () => {
    const verdict = verdictOf()
    expect(verdict.answer).toBe('on-device')
    expect(fired(verdict)).toEqual([
      'quality-kept for on-device',
      'fast-on-the-device for on-device',
      'fast-in-the-cloud for cloud',
      'break-even-reached for on-device',
      'hybrid-cuts-the-bill for hybrid',
    ])
    expect(option(verdict, 'cloud').usdPerMonth.value).toBeCloseTo(8500, 6)
    // 20 x 600 / 12, and 100,000 users with 0.73 GB each at $0.05 over 12 months.
    const bytes = option(verdict, 'on-device').ships[0]!.fileBytes
    expect(option(verdict, 'on-device').usdPerMonth.value).toBeCloseTo(
      1000 + (1e5 * bytes * 0.05) / 1e9 / 12,
      6,
    )
    expect(verdict.settle).toBe(null)
    expect(verdict.why).toMatch(
      /^On the device: 100 % of the users are answered within 1,500 ms, 100 % \(95 % interval 97.0 to 103.0 %\) of the cloud's quality is kept, and it costs \$1,290 a month, the cloud \$8,500\.$/,
    )
  })

  test('the cloud: the same, with few calls', () => {
    const verdict = verdictOf({ volume: { ...base.volume, callsPerMonth: 1e6 } })
    expect(verdict.answer).toBe('cloud')
    expect(fired(verdict)).toContain('cheap-in-the-cloud for cloud')
    const turn = verdict.flips.find(({ what }) => what === 'callsPerMonth')!
    expect(turn.then).toBe('on-device')
    // It turns where both cost the same.
    const calls = Number(turn.at.replaceAll(',', ''))
    expect(calls / verdict.breakEvenCallsPerMonth!.value).toBeCloseTo(1, 2)
  })

  test('the device where nothing may leave, whatever it costs; the rule forbids the others', () => {
    const verdict = verdictOf({ privacy: 'nothing-leaves', volume: { ...base.volume, callsPerMonth: 10 } })
    expect(verdict.answer).toBe('on-device')
    expect(option(verdict, 'cloud').ruledOutBy).toEqual(['privacy-keeps-it-here'])
    expect(option(verdict, 'hybrid').ruledOutBy).toEqual(['privacy-keeps-it-here'])
    expect(verdict.flips).toContainEqual({
      what: 'privacy',
      now: 'nothing-leaves',
      at: 'anything',
      then: 'cloud',
    })
  })

  test('no LLM where a linear classifier is enough', () => {
    const measured = [
      ...base.fit.measured!,
      { who: 'linear', right: 900, of: 1000, kept: { value: 1, low: 0.96, high: 1 } },
    ]
    const verdict = verdictOf({ fit: { ...base.fit, measured } })
    expect(verdict.answer).toBe('no-llm')
    expect(policyOf(verdict).tasks).toEqual({ 'smart-reply': { place: 'device-only' } })
    expect(policyYaml(verdict)).toMatch(/put a linear classifier in front/)
  })

  test('both: a device that keeps 0.8 of the quality answers first, and a bar sends up what is doubtful', () => {
    const measured = [
      base.fit.measured![0]!,
      { who: 'llama-3.2-1b', right: 720, of: 1000, kept: { value: 0.8, low: 0.78, high: 0.82 } },
    ]
    const verdict = verdictOf({
      fit: { ...base.fit, measured },
      latency: { ...base.latency, targetMs: 4000 },
    })
    expect(verdict.answer).toBe('hybrid')
    expect(fired(verdict)).toContain('quality-lost against on-device')
    expect(fired(verdict)).toContain('hybrid-keeps-quality for hybrid')
    const { staysShare, quality, usdPerMonth } = option(verdict, 'hybrid')
    // Between 1 - 0.15 / 0.2 and 1 - 0.9 x 0.15, and 1 % of what stays is audited.
    expect(staysShare.value).toBeCloseTo((0.25 + 0.865) / 2, 9)
    expect(staysShare.low).toBeCloseTo(0.25, 1)
    expect(quality?.value).toBe(0.95)
    const paid = 1 - 0.99 * staysShare.value
    expect(usdPerMonth.value).toBeCloseTo(option(verdict, 'hybrid').fixedUsdPerMonth + 8500 * paid, 6)
    const rule = policyOf(verdict).tasks['smart-reply']!
    expect(rule).toEqual({
      place: 'prefer-device',
      privacy: 'anything',
      audit: { share: 0.01, perDayUsd: 5.67 },
    })
    expect(policyYaml(verdict).replace(/\n# /g, ' ')).toMatch(
      /When about 176 calls were compared, run `edgewise certify`/,
    )
  })

  test('both by device: who has a slow one goes to the cloud, the others need no bar', () => {
    const rows = { ...fast, 'galaxy-a16': { ms: 9000 }, 'galaxy-a56': { ms: 8000 } }
    const verdict = verdictOf({}, rows)
    expect(verdict.answer).toBe('hybrid')
    expect(option(verdict, 'on-device').usersInTime.value).toBe(0.5)
    expect(option(verdict, 'hybrid').staysShare.value).toBe(0.5)
    expect(verdict.segments.map(({ share, answer, devices }) => [share, answer, devices])).toEqual([
      [0.5, 'on-device', ['iphone-17']],
      [0.5, 'cloud', ['galaxy-a56', 'galaxy-a16']],
    ])
    expect(option(verdict, 'hybrid').ships.map(({ device }) => device)).toEqual(['iphone-17'])
  })

  test('nothing: the text may not leave and no model fits', () => {
    const rows = {
      'iphone-17': { ms: 1, fits: false },
      'galaxy-a56': { ms: 1, fits: false },
      'galaxy-a16': { ms: 1, fits: false },
    }
    const verdict = verdictOf({ privacy: 'nothing-leaves' }, rows)
    expect(verdict.answer).toBe('none')
    expect(verdict.why).toMatch(
      /on-device is ruled out by fits-no-device, hybrid by privacy-keeps-it-here and fits-no-device, cloud by/,
    )
    expect(fired(verdict)).toContain('fits-no-device against on-device')
    expect(verdict.firings.find(({ rule }) => rule === 'fits-no-device')!.why).toMatch(
      /takes 3.2 GB of memory, and an app may use 4.3 GB on the largest device \(iPhone 17\)/,
    )
    expect(verdict.breakEvenCallsPerMonth).toBe(null)
    expect(policyOf(verdict).tasks).toEqual({ 'smart-reply': { place: 'device-only' } })
  })

  test('a prompt that no candidate takes goes to the cloud, and it is said why', () => {
    const verdict = verdictOf({ volume: { ...base.volume, promptTokens: 200_000 } })
    expect(verdict.answer).toBe('cloud')
    expect(verdict.firings.find(({ rule }) => rule === 'context-too-short')!.why).toMatch(
      /have 200,150 tokens, and no candidate takes more than 131,072/,
    )
    expect(verdict.predictions).toEqual([])
  })

  test('who misses: when nothing is in time, most users in time win, and it says so', () => {
    const verdict = verdictOf({ latency: { targetMs: 800, of: 'whole-answer', share: 0.8 } })
    expect(verdict.answer).toBe('on-device')
    expect(option(verdict, 'on-device').usersInTime.value).toBe(0.5)
    expect(verdict.warnings[0]).toBe(
      'nothing that is allowed meets 800 ms for 80.0 % of the users: on-device comes nearest, with 50.0 % (they wait 1,000 ms)',
    )
  })

  test('it must work offline, and too few devices do: both are forbidden, too', () => {
    const rows = { ...fast, 'galaxy-a56': { ms: 1, fits: false }, 'galaxy-a16': { ms: 1, fits: false } }
    const verdict = verdictOf({ offline: 'must' }, rows)
    expect(option(verdict, 'hybrid').ruledOutBy).toEqual(['offline-needs-a-device'])
    expect(verdict.answer).toBe('on-device')
    expect(verdict.segments[1]).toEqual({
      share: 0.5,
      devices: ['galaxy-a56', 'galaxy-a16'],
      answer: 'none',
      why: 'no candidate fits its device',
    })
  })

  test('better offline: the device, with what it costs more', () => {
    const few = { ...base.volume, callsPerMonth: 1e6 }
    expect(verdictOf({ volume: few }).answer).toBe('cloud')
    const verdict = verdictOf({ volume: few, offline: 'better' })
    expect(verdict.answer).toBe('on-device')
    expect(verdict.firings.find(({ rule }) => rule === 'offline-is-better')!.why).toMatch(
      /that costs \$1,290 a month, the cloud \$85.00/,
    )
  })
})

describe('what is uncertain, and what settles it', () => {
  test('the speed of one device: measure that one', () => {
    const rows = { ...fast, 'galaxy-a56': { ms: 1000, factor: 2 } }
    const verdict = verdictOf({}, rows)
    expect([verdict.answer, verdict.leans]).toEqual(['uncertain', 'on-device'])
    expect(option(verdict, 'on-device').usersInTime).toEqual({ value: 1, low: 0.7, high: 1, level: 0.8 })
    expect(fired(verdict)).toContain('fast-on-the-device uncertain on-device')
    expect(verdict.settle).toBe(
      'measure llama-3.2-1b Q4_0 on galaxy-a56 (30.0 % of the users): `edgewise measure --model FILE --id galaxy-a56` there, or rows of your own with `edgewise facts update`.',
    )
    expect(verdict.segments.find(({ devices }) => devices.includes('galaxy-a56'))!.answer).toBe('uncertain')
    // A device that few have does not make it so.
    expect(verdictOf({ latency: { ...base.latency, share: 0.7 } }, rows).answer).toBe('on-device')
  })

  test('the fewest devices, the most common first', () => {
    const rows = {
      'iphone-17': { ms: 700, factor: 4 },
      'galaxy-a56': { ms: 1000, factor: 4 },
      'galaxy-a16': { ms: 1000, factor: 4 },
    }
    const verdict = verdictOf({ latency: { ...base.latency, share: 0.5 } }, rows)
    expect(verdict.settle).toMatch(/^measure llama-3.2-1b Q4_0 on iphone-17 \(50.0 % of the users\): /)
  })

  test('a quality near what must be kept: so many examples', () => {
    const measured = [
      { who: 'cloud', right: 90, of: 100 },
      { who: 'llama-3.2-1b', right: 89, of: 100 },
    ]
    const verdict = verdictOf({ fit: { ...base.fit, measured } })
    expect([verdict.answer, verdict.leans]).toEqual(['uncertain', 'on-device'])
    expect(verdict.settle).toBe(
      'evaluate llama-3.2-1b and the cloud on about 570 of your own examples, `edgewise evaluate EXAMPLES.jsonl --model llama-3.2-1b=FILE.gguf --cloud --grader judge`.',
    )
  })

  test('nobody measured it: it leans to the device, for several steps to the cloud', () => {
    const verdict = verdictOf({ fit: unmeasured })
    expect([verdict.answer, verdict.leans]).toEqual(['uncertain', 'on-device'])
    expect(option(verdict, 'on-device').quality).toBe(null)
    expect(fired(verdict)).toContain('quality-unknown uncertain on-device')
    expect(verdict.settle).toMatch(/^evaluate llama-3.2-1b and the cloud on about 3\d0 of/)
    expect(verdict.warnings.join('\n')).toMatch(/published scores \(llama-3.2-1b: mmlu 49.3, .*\) say little/)
    const steps = verdictOf({
      fit: { ...unmeasured, kind: 'reason' },
      volume: { ...base.volume, callsPerMonth: 1e6 },
    })
    expect(steps.answer).toBe('cloud')
    expect(fired(steps)).toContain('reasoning-wants-the-cloud against on-device')
  })

  test('what was measured and is not in the facts is no candidate, and that is told', () => {
    const measured = [...base.fit.measured!, { who: 'edgewise-mini', right: 27, of: 30 }]
    const { answer, warnings } = verdictOf({ fit: { ...base.fit, measured } })
    expect(answer).toBe('on-device')
    expect(warnings.join('\n')).toMatch(/edgewise-mini was measured, and the facts have no such model/)
  })

  test('from no call at all, the volume that would turn it is found', () => {
    const { answer, flips, breakEvenCallsPerMonth } = verdictOf({
      volume: { ...base.volume, callsPerMonth: 0 },
    })
    expect(answer).toBe('cloud')
    const turn = flips.find(({ what }) => what === 'callsPerMonth')!
    expect(Number(turn.at.replaceAll(',', '')) / breakEvenCallsPerMonth!.value).toBeCloseTo(1, 1)
  })

  test('memory that may or may not do', () => {
    const rows = { ...fast, 'iphone-17': { ms: 700, fits: null } }
    const verdict = verdictOf({ privacy: 'nothing-leaves' }, rows)
    expect(verdict.segments.find(({ devices }) => devices.includes('iphone-17'))!.answer).toBe('uncertain')
    expect(option(verdict, 'on-device').usersInTime.low).toBe(0.5)
  })
})

describe('what is shipped', () => {
  const models = ['gemma-3-270m', 'llama-3.2-1b', 'llama-3.2-3b']
  const shipped = (fit: UseCaseInput['fit'], targetMs: number): readonly string[] => {
    const useCase = checkUseCase({ ...base, fit, latency: { ...base.latency, targetMs } })
    const rows = { 'iphone-17': { ms: 300 }, 'galaxy-a56': { ms: 600 }, 'galaxy-a16': { ms: 1200 } }
    return option(decide(useCase, facts, { predict: tabular(rows, true) }), 'on-device').ships.map(
      ({ model, quantisation }) => `${model} ${quantisation}`,
    )
  }

  test('what was measured to keep the quality, the smallest of those; four bits', () => {
    const kept = { value: 1, low: 0.96, high: 1.02 }
    const measured = [
      { who: 'cloud', right: 900, of: 1000 },
      { who: 'gemma-3-270m', right: 500, of: 1000 },
      { who: 'llama-3.2-1b', right: 900, of: 1000, kept },
      { who: 'llama-3.2-3b', right: 900, of: 1000, kept },
    ]
    expect(new Set(shipped({ kind: 'generate', models, measured }, 1500))).toEqual(
      new Set(['llama-3.2-1b Q4_0']),
    )
  })

  test('where nobody measured, the largest that is in time, and none below a billion', () => {
    expect(shipped({ kind: 'generate', models }, 1500)).toEqual([
      'llama-3.2-3b Q4_0',
      'llama-3.2-1b Q4_0',
      'llama-3.2-1b Q4_0',
    ])
    // Too slow all the same, and still of the size that was asked about.
    expect(shipped({ kind: 'generate', models }, 100)[2]).toMatch(/llama/)
  })
})

describe('what cannot be', () => {
  test('facts without a small model, and none named: the cloud, or nothing', () => {
    const none = { ...facts, models: facts.models.filter(({ parameters }) => parameters > 1e10) }
    const change = { fit: { kind: 'generate' } } as const
    const of = (privacy: UseCase['privacy']): Verdict =>
      decide(checkUseCase({ ...base, ...change, privacy }), none)
    expect(of('anything').answer).toBe('cloud')
    expect(of('nothing-leaves').answer).toBe('none')
    expect(fired(of('anything'))).toContain('no-candidate against on-device')
  })

  test('a name with a line break writes no line into the policy', () => {
    const verdict = verdictOf({ name: 'a\nversion: 2\u2028default: {}' })
    expect(parsePolicy(policyYaml(verdict), 'p.yaml')).toEqual(policyOf(verdict))
  })

  test.each([
    ['a negative volume', { volume: { ...base.volume, callsPerMonth: -1 } }, 'use_case_invalid'],
    ['a number that is none', { latency: { targetMs: Number.NaN } }, 'use_case_invalid'],
    ['an unknown device', { fleet: [{ device: 'iphone', share: 1 }] }, 'unknown_device'],
    ['an unknown model', { fit: { kind: 'generate', models: ['gpt-2'] } }, 'unknown_model'],
    ['an unknown price', { cloud: { model: 'gpt-99' } }, 'unknown_price'],
    ['an unknown preset', { fleet: 'phones' }, 'unknown_preset'],
  ] as const)('%s', (_, change, code) => {
    const useCase = { ...checkUseCase(base), ...change } as unknown as UseCase
    let error: unknown
    try {
      decide(useCase, facts)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(AdvisorError)
    expect((error as AdvisorError).code).toBe(code)
  })
})

test('a vendor without a known address: no cloud in the policy, and it is said', () => {
  const verdict = verdictOf({
    cloud: { ...base.cloud, model: 'amazon-nova-micro' },
    volume: { ...base.volume, callsPerMonth: 1e5 },
  })
  expect(verdict.answer).toBe('cloud')
  expect(policyOf(verdict).cloud).toBe(undefined)
  expect(policyYaml(verdict)).toMatch(/names no cloud/)
})

test('every step of an option has what it is, a formula and a number', () => {
  for (const { derivation } of verdictOf().options) {
    expect(derivation.length).toBeGreaterThan(1)
    for (const { what, formula, unit } of derivation)
      expect([what, formula, unit].every((text) => text !== '')).toBe(true)
  }
  const [call] = option(verdictOf(), 'cloud').derivation
  expect(call!.formula).toBe(
    '(500 tokens x (100 % x $0.05) + 150 tokens x $0.4) / 1,000,000; retries left out',
  )
  expect(call!.value * 1e6).toBeCloseTo(85, 9)
  expect(call!.from[0]).toMatch(/llm-prices.*gpt-5-nano/)
})

test('names of rules are few words, and none stands twice', () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length)
  for (const { name } of rules) expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/)
})
