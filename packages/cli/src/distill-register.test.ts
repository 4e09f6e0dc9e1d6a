/** The rule that a registered model gets: nothing of the user's own is taken away, and nothing leaves that did not. */
import { checkPolicy, type Rule } from 'edgewise'
import { expect, test } from 'vitest'
import { ruleWith } from './distill-register.ts'

const cloud = { baseURL: 'http://localhost:9/v1', model: 'c' }
const withOwn = (rule: Rule, certificate: string | null): Rule => {
  const made = ruleWith(rule, 'students/t.gguf', certificate)
  checkPolicy({ version: 1, cloud, tasks: { t: made }, default: { place: 'device-only' } })
  return made
}

test('a task that stays on the device stays there, whatever was proven', () => {
  const rule: Rule = { place: 'device-only', deadlineMs: { total: 500 } }
  expect(withOwn(rule, 'cert-1')).toEqual({ ...rule, deviceModel: 'students/t.gguf' })
  expect(withOwn(rule, null)).toEqual({ ...rule, deviceModel: 'students/t.gguf' })
})

test("bars of other signals, instructions and privacy are kept; the model's own bar takes the place of the last one's", () => {
  const rule: Rule = {
    place: 'cloud-only',
    privacy: 'redacted',
    instructions: 'be brief',
  }
  expect(withOwn(rule, 'cert-1')).toMatchObject({ ...rule, place: 'prefer-device' })
  const barred: Rule = {
    place: 'prefer-device',
    escalate: [
      { signal: 'meanLogprob', threshold: -0.2 },
      { signal: 'length', threshold: 50 },
    ],
  }
  expect(withOwn(barred, 'cert-1').escalate).toEqual([
    { signal: 'meanLogprob', certificate: 'cert-1' },
    { signal: 'length', threshold: 50 },
  ])
  expect(withOwn(barred, null).escalate).toEqual(barred.escalate)
})
