/** The README's policy is one. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parsePolicy } from './policy/index.ts'

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')

test("the README's policy", () => {
  const [, yaml] = /```yaml\n(.*?)```/s.exec(readme)!
  const { tasks } = parsePolicy(yaml!, 'edgewise.policy.yaml')
  expect(Object.keys(tasks)).toEqual(['redact', 'intent', 'report'])
})
