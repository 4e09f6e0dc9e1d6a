/** What holds of every verdict, over random use cases and the facts that come with Edgewise. */
import { checkPolicy, parsePolicy } from 'edgewise'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { facts } from '../facts/facts.ts'
import { checkUseCase } from '../use-case/parse.ts'
import { privacies } from '../use-case/schema.ts'
import { randomUseCase } from '../use-case/testing/random-use-case.ts'
import type { UseCase } from '../use-case/types.ts'
import { decide } from './decide.ts'
import { policyOf, policyYaml } from './policy.ts'
import { rules } from './rules.ts'
import type { Choice, Option, Verdict } from './types.ts'

const useCases = randomUseCase.map((input) => checkUseCase(input))
const runs = { seed: 91, numRuns: 150 }

function walk(value: unknown, path: string, visit: (value: number, path: string) => void): void {
  if (typeof value === 'number') visit(value, path)
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`, visit)
}

const option = ({ options }: Verdict, answer: Choice): Option => options.find((one) => one.answer === answer)!

/** What of a call goes up, by what a policy would run. */
const sends: Readonly<Record<Verdict['leans'], number>> = {
  none: 0,
  'no-llm': 0,
  'on-device': 0,
  hybrid: 1,
  cloud: 2,
}

test('no number is none, intervals hold their values, shares are shares, and texts have no holes', () => {
  const [seen, answers] = [new Set<string>(), new Set<string>()]
  fc.assert(
    fc.property(useCases, (useCase) => {
      const verdict = decide(useCase, facts)
      for (const { rule } of verdict.firings) seen.add(rule)
      answers.add(verdict.answer).add(verdict.leans)
      walk(verdict, '', (value, path) => {
        if (!Number.isFinite(value)) throw new Error(`${path} is ${value}`)
      })
      const { predictions: _, ...told } = verdict
      expect(JSON.stringify(told)).not.toMatch(/NaN|Infinity|undefined/)
      for (const one of verdict.options) {
        for (const predicted of [
          one.usersInTime,
          one.latencyMs,
          one.quality,
          one.usdPerMonth,
          one.usdPerCall,
          one.staysShare,
          ...one.percentiles.map(({ ms }) => ms),
        ]) {
          if (predicted === null) continue
          expect(predicted.low).toBeLessThanOrEqual(predicted.value)
          expect(predicted.value).toBeLessThanOrEqual(predicted.high)
        }
        for (const { value, low, high } of [one.usersInTime, one.staysShare])
          expect([low >= 0, high <= 1, value >= 0]).toEqual([true, true, true])
        const { usdPerMonth, usdPerCall, fixedUsdPerMonth } = one
        const month = fixedUsdPerMonth + usdPerCall.value * useCase.volume.callsPerMonth
        expect(Math.abs(usdPerMonth.value - month)).toBeLessThanOrEqual(1e-9 * Math.max(1, month))
        let before = 0
        for (const { ms } of one.percentiles) {
          if (ms === null) break
          expect(ms.value).toBeGreaterThanOrEqual(before)
          before = ms.value
        }
      }
      const names = new Set(rules.map(({ name }) => name))
      for (const { rule } of verdict.firings) expect(names).toContain(rule)
      expect(verdict.segments.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6)
      expect(verdict.answer === 'uncertain').toBe(verdict.settle !== null)
      if (verdict.answer !== 'uncertain') expect(verdict.leans).toBe(verdict.answer)
    }),
    { ...runs, numRuns: 300 },
  )
  // Every rule and every answer came up.
  // But the one of facts without a model.
  expect(rules.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual(['no-candidate'])
  expect(answers.size).toBe(6)
})

test('the same question has the same answer', () => {
  fc.assert(
    fc.property(useCases, (useCase) => {
      expect(decide(useCase, facts)).toEqual(decide(structuredClone(useCase), facts))
    }),
    { ...runs, numRuns: 20 },
  )
})

test('what is chosen is not ruled out, and its policy is one that sends no more than the answer says', () => {
  fc.assert(
    fc.property(useCases, (useCase) => {
      const verdict = decide(useCase, facts)
      if (verdict.leans !== 'none') expect(option(verdict, verdict.leans).ruledOutBy).toEqual([])
      const policy = policyOf(verdict)
      expect(checkPolicy(policy)).toEqual(policy)
      expect(parsePolicy(policyYaml(verdict), 'edgewise.policy.yaml')).toEqual(policy)
      const rule = policy.tasks[useCase.task]!
      const places = { 'device-only': 0, 'prefer-device': 1, 'cloud-only': 2 }
      expect(places[rule.place as keyof typeof places]).toBe(sends[verdict.leans])
      if (useCase.privacy === 'nothing-leaves') expect(rule.place).toBe('device-only')
      if (rule.place !== 'device-only') expect(rule.privacy).toBe(useCase.privacy)
      // No threshold is invented.
      expect(rule.escalate).toBe(undefined)
      expect(rule.audit !== undefined).toBe(verdict.leans === 'hybrid')
    }),
    runs,
  )
})

test('more calls never make the device dearer against the cloud, alone or first', () => {
  fc.assert(
    fc.property(useCases, fc.double({ min: 1, max: 1e4, noNaN: true }), (useCase, factor) => {
      const callsPerMonth = useCase.volume.callsPerMonth * factor
      fc.pre(callsPerMonth <= 1e12 && callsPerMonth <= useCase.volume.users * 1e6)
      const more: UseCase = { ...useCase, volume: { ...useCase.volume, callsPerMonth } }
      const [few, many] = [decide(useCase, facts), decide(more, facts)]
      for (const answer of ['on-device', 'hybrid'] as const) {
        const lead = (verdict: Verdict): number =>
          option(verdict, 'cloud').usdPerMonth.value - option(verdict, answer).usdPerMonth.value
        const slack = 1e-9 * option(many, 'cloud').usdPerMonth.value + 1e-9
        expect(lead(many)).toBeGreaterThanOrEqual(lead(few) - slack)
      }
    }),
    runs,
  )
})

test('a stricter privacy never sends more', () => {
  fc.assert(
    fc.property(useCases, (useCase) => {
      let before = 0
      // From the strictest to the laxest.
      for (const privacy of privacies) {
        const now = sends[decide({ ...useCase, privacy }, facts).leans]
        expect(now).toBeGreaterThanOrEqual(before)
        before = now
      }
    }),
    { ...runs, numRuns: 80 },
  )
})

test('a faster target never adds users in time, on any option, at any end', () => {
  fc.assert(
    fc.property(useCases, fc.double({ min: 0.01, max: 1, noNaN: true }), (useCase, factor) => {
      const { latency } = useCase
      const faster = { ...useCase, latency: { ...latency, targetMs: latency.targetMs * factor } }
      const [slow, fast] = [decide(useCase, facts), decide(faster, facts)]
      slow.options.forEach(({ usersInTime }, i) => {
        const then = fast.options[i]!.usersInTime
        for (const end of ['low', 'value', 'high'] as const)
          expect(then[end]).toBeLessThanOrEqual(usersInTime[end] + 1e-9)
      })
    }),
    { ...runs, numRuns: 200 },
  )
})

test('a flip is one: with the answer changed so, and a bit more, the verdict leans elsewhere or becomes certain', () => {
  let tried = 0
  fc.assert(
    fc.property(useCases, (useCase) => {
      const verdict = decide(useCase, facts)
      for (const { what, at, then } of verdict.flips) {
        if (what === 'privacy' || what === 'offline') {
          const other = decide({ ...useCase, [what]: at } as UseCase, facts)
          expect([other.leans, other.answer]).toContain(then)
          tried++
        }
      }
    }),
    { ...runs, numRuns: 60 },
  )
  expect(tried).toBeGreaterThan(10)
})
