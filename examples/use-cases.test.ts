/** The verdicts of the worked use cases: what is expected stands here, and in no file that a team would copy. */
import { readdirSync, readFileSync } from 'node:fs'
import { type Answer, decide, facts, parseUseCase, policyOf, policyYaml } from '@edgewise/advisor'
import { parsePolicy } from 'edgewise'
import { expect, test } from 'vitest'

interface Expected {
  readonly answer: Answer
  readonly leans?: Answer
  /** A rule that led there. */
  readonly because: string
  readonly place: string
}

const expected: Readonly<Record<string, Expected>> = {
  'autocomplete.yaml': { answer: 'on-device', because: 'cloud-too-slow', place: 'device-only' },
  'code-review.yaml': { answer: 'cloud', because: 'quality-lost', place: 'cloud-only' },
  'contract-analysis.yaml': { answer: 'cloud', because: 'too-slow-on-the-device', place: 'cloud-only' },
  'field-notes.yaml': { answer: 'on-device', because: 'offline-needs-a-device', place: 'device-only' },
  'semantic-search.yaml': { answer: 'no-llm', because: 'linear-is-enough', place: 'device-only' },
  'smart-reply.yaml': {
    answer: 'uncertain',
    leans: 'on-device',
    because: 'quality-unknown',
    place: 'device-only',
  },
  'support-chat.yaml': { answer: 'hybrid', because: 'hybrid-keeps-quality', place: 'prefer-device' },
  'ticket-triage.yaml': { answer: 'no-llm', because: 'linear-is-enough', place: 'device-only' },
}

const folder = `${import.meta.dirname}/use-cases`
const files = readdirSync(folder)

test('every use case has a verdict that is expected', () => {
  expect(files.toSorted()).toEqual(Object.keys(expected).toSorted())
})

test.each(files)('%s', (name) => {
  const { answer, leans = answer, because, place } = expected[name]!
  const useCase = parseUseCase(readFileSync(`${folder}/${name}`, 'utf8'), name)
  const verdict = decide(useCase, facts)
  expect([verdict.answer, verdict.leans]).toEqual([answer, leans])
  expect(verdict.firings.map(({ rule }) => rule)).toContain(because)
  const policy = policyOf(verdict)
  expect(policy.tasks[useCase.task]!.place).toBe(place)
  expect(parsePolicy(policyYaml(verdict), 'edgewise.policy.yaml')).toEqual(policy)
})
