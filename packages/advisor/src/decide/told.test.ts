/** What a verdict says in words is so: figures as exact as they are known, what is late said to be late, and steps that can be typed. */
import { parsePolicy } from 'edgewise'
import { describe, expect, test } from 'vitest'
import { facts } from '../facts/facts.ts'
import { checkUseCase } from '../use-case/parse.ts'
import type { UseCaseInput } from '../use-case/schema.ts'
import { decide } from './decide.ts'
import { policyOf, policyYaml } from './policy.ts'
import { tabular } from './testing/tabular.ts'
import type { Verdict } from './types.ts'
import { keptInWords, money } from './words.ts'

const base: UseCaseInput = {
  name: 'Ward notes',
  fit: {
    kind: 'extract',
    models: ['llama-3.2-3b'],
    measured: [
      { who: 'cloud', right: 186, of: 200 },
      { who: 'llama-3.2-3b', right: 171, of: 200 },
    ],
  },
  latency: { targetMs: 4000, of: 'whole-answer' },
  privacy: 'nothing-leaves',
  offline: 'better',
  volume: { callsPerMonth: 120_000, users: 400, promptTokens: 600, outputTokens: 150 },
  cloud: { model: 'gpt-5-mini' },
  fleet: [{ device: 'pixel-8', share: 1 }],
}

/** On a device that takes `ms`. */
const verdictOf = (change: Partial<UseCaseInput> = {}, ms = 23_000): Verdict =>
  decide(checkUseCase({ ...base, ...change }), facts, { predict: tabular({ 'pixel-8': { ms } }) })

describe('the sentence', () => {
  test('says that what quality would allow is late all the same', () => {
    const { answer, leans, why } = verdictOf()
    expect([answer, leans]).toEqual(['uncertain', 'none'])
    expect(why).toMatch(/may make it on the device, in time for 0 % of the users\.$/)
    expect(verdictOf({}, 900).why).toMatch(/may make it on the device\.$/)
  })

  test('says what was asked for where it is missed', () => {
    const { leans, why } = verdictOf({ fit: { kind: 'extract', models: ['llama-3.2-3b'] } })
    expect(leans).toBe('on-device')
    expect(why).toMatch(/0 % of the users are answered within 4,000 ms, where 90\.0 % were asked for/)
  })

  test('puts the costs that the table has', () => {
    const of = verdictOf({ privacy: 'anything', offline: 'no' })
    expect(of.leans).toBe('cloud')
    const device = of.options.find(({ ruledOutBy, answer }) => answer !== 'cloud' && ruledOutBy.length === 0)
    expect(of.why).toContain(device === undefined ? 'nothing else' : money(device.usdPerMonth.value))
  })

  test('of what nobody measured at a task of several steps, that nobody did', () => {
    const { firings } = verdictOf({ fit: { kind: 'reason', models: ['llama-3.2-3b'] } }, 900)
    expect(firings.find(({ rule }) => rule === 'quality-lost')!.why).toMatch(/^Nobody has measured/)
  })
})

test('dollars have cents below a hundred; what a bar is set to keep is a least', () => {
  expect([12.345, 99.49, 99.6, 1_234_567.8, -250.4, 0].map(money)).toEqual([
    '$12.35',
    '$99.49',
    '$100',
    '$1,234,568',
    '-$250',
    '$0',
  ])
  expect(keptInWords({ value: 0.95, low: 0.95, high: 1, level: 0.95 })).toBe('at least 95.0 %')
  expect(keptInWords({ value: 0.9, low: 0.8, high: 1, level: 0.95 })).toBe(
    '90.0 % (95 % interval 80.0 to 100 %)',
  )
})

test('what was measured beside a cloud that is never right is not said to be unmeasured', () => {
  const measured = ['cloud', 'llama-3.2-3b'].map((who) => ({ who, right: 0, of: 10 }))
  const { warnings } = verdictOf({ fit: { ...base.fit, measured } })
  expect(warnings.join('\n')).toContain('llama-3.2-3b: measured, but the cloud is right so seldom')
  expect(warnings.join('\n')).not.toContain('nobody has measured llama')
})

describe('what to measure next', () => {
  test('is a command with what it takes, and sends nothing that may not leave', () => {
    expect(verdictOf().settle).toMatch(
      /^evaluate llama-3\.2-3b and the cloud on about \d+0 examples that may leave, `edgewise evaluate EXAMPLES\.jsonl --model llama-3\.2-3b=FILE\.gguf --cloud --grader json`\.$/,
    )
    expect(verdictOf({ privacy: 'redacted' }).settle ?? 'of your own').toContain('of your own')
  })
})

describe('what would change it', () => {
  test('has three digits at most, and never the same text twice', () => {
    const fit = { ...base.fit, measured: [{ who: 'llama-3.2-3b', right: 1990, of: 2000 }] }
    const volume = { ...base.volume, callsPerMonth: 1e8 }
    const near: string[] = []
    // The target lies a hair above and below what the device takes.
    for (const targetMs of [119_970, 120_300]) {
      const latency = { ...base.latency, targetMs }
      const change = { fit, latency, volume, privacy: 'anything', offline: 'no' } as const
      const { flips } = verdictOf(change, 120_100)
      for (const { now, at } of flips) expect(at).not.toBe(now)
      near.push(...flips.filter(({ what }) => what === 'targetMs').map(({ at }) => at))
      const calls = flips.filter(({ what }) => what === 'callsPerMonth').map(({ at }) => at)
      for (const at of calls) expect(at.replaceAll(',', '').replace(/0+$/, '').length).toBeLessThan(4)
      expect(calls.length).toBe(targetMs > 120_100 ? 1 : 0)
    }
    expect(near).toEqual(['just above 2.0 min', 'just below 2.0 min'])
  })
})

describe('the policy', () => {
  test('holds no control character and no mark of direction of a name, and is the same policy', () => {
    const name = 'a\u001b[31m\u0007b\u0085tasks: {}\u202ec\u009b2J'
    const text = policyYaml(verdictOf({ name }))
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u)
    expect(text).toContain('# a?[31m?b?tasks: {}?c?2J')
    expect(parsePolicy(text, 'p.yaml')).toEqual(policyOf(verdictOf({ name })))
  })

  test.each([
    ['claude-4.5-haiku', 'claude-haiku-4-5'],
    ['claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['claude-sonnet-4.5-200k', 'claude-sonnet-4-5'],
    ['claude-opus-4-5', 'claude-opus-4-5'],
    ['gpt-5.4-272k', 'gpt-5.4'],
    ['gemini-2.5-flash-lite', 'gemini-2.5-flash-lite'],
  ])('asks for %s as its vendor calls it: %s', (id, called) => {
    const verdict = verdictOf({ privacy: 'anything', offline: 'no', cloud: { model: id } })
    expect(verdict.leans).toBe('cloud')
    expect(policyOf(verdict).cloud!.model).toBe(called)
    expect(policyYaml(verdict).replace(/\n# /g, ' ')).toContain(`The model is ${id} of the price list`)
  })
})
