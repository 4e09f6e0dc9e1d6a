/** The examples of docs/policy.md are policies, and its tables name every key there is. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { policyJsonSchema } from './json-schema.ts'
import { parsePolicy } from './parse.ts'

const page = readFileSync(new URL('../../../../docs/policy.md', import.meta.url), 'utf8')

const blocks = (info: string): string[] =>
  [...page.matchAll(/```(.*)\n([\s\S]*?)```/g)].flatMap(([, kind, text]) => (kind === info ? [text!] : []))

test('each worked example is one policy, in JSON and in YAML', () => {
  const json = blocks('json').map((text) => parsePolicy(text, 'docs/policy.md.json'))
  const [first, ...yaml] = blocks('yaml').map((text) => parsePolicy(text, 'docs/policy.md.yaml'))
  expect(first?.tasks).toEqual({ redact: { place: 'device-only' } })
  expect(json).toHaveLength(3)
  expect(yaml).toEqual(json)
})

test('the refused file is refused with the lines that are shown', () => {
  const [[text], [shown]] = [blocks('yaml refused'), blocks('text refused')]
  let said = ''
  try {
    parsePolicy(text!, 'edgewise.policy.yaml')
  } catch (error) {
    said = (error as Error).message
  }
  expect(`${said}\n`).toBe(shown)
})

test('every key stands on the page', () => {
  const keys = new Set<string>()
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [name, inner] of Object.entries(node)) {
      if (name === 'properties') for (const key of Object.keys(inner as object)) keys.add(key)
      walk(inner)
    }
  }
  walk(policyJsonSchema())
  expect(
    [...keys].filter((key) => !new RegExp(`[\`.{ ]${key.replace('$', '\\$')}[\`:". }]`).test(page)),
  ).toEqual([])
})
