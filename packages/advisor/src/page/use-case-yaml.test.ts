/** What is written is read again as it was, whatever names hold. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkUseCase, parseUseCase } from '../use-case/parse.ts'
import type { UseCaseInput } from '../use-case/schema.ts'
import { useCaseYaml } from './use-case-yaml.ts'

const input = (name: string): UseCaseInput => ({
  name,
  fit: { kind: 'classify', keep: 0.95 },
  latency: { targetMs: 300 },
  privacy: 'redacted',
  offline: 'no',
  volume: { callsPerMonth: 1_000_000, users: 50_000, promptTokens: 500, outputTokens: 60 },
  cloud: { model: 'gpt-5-nano' },
  fleet: 'phones-mixed',
})

test('the five questions are told apart by comments', () => {
  expect(useCaseYaml(input('Ticket triage'))).toMatch(
    /^name: Ticket triage\n\n# 1\. Does the task fit a small model\?\nfit:\n {2}kind: classify\n/,
  )
})

test('a name that YAML would take for something else is read as it was', () => {
  const names = fc
    .oneof(
      fc.constantFrom('true', '2026-11-26', '- a: [', '# x', '"', "'", 'a: b', '*x'),
      fc.string({ unit: 'grapheme' }),
    )
    .filter((name) => name.trim() !== '' && name.length <= 200)
  fc.assert(
    fc.property(names, (name) => {
      expect(parseUseCase(useCaseYaml(input(name)))).toEqual(checkUseCase(input(name)))
    }),
  )
})
