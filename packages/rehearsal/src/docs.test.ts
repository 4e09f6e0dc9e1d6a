/** The script of docs/rehearsal.md is one, and its tables name every fault and every key there is. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { namedFaults } from './script/faults.ts'
import { checkScript, parseScript } from './script/parse-script.ts'

const page = readFileSync(new URL('../../../docs/rehearsal.md', import.meta.url), 'utf8')

test('the worked example can be played', () => {
  const [, text] = /```json script\n([\s\S]*?)```/.exec(page)!
  expect(parseScript(text!).rules).toHaveLength(4)
})

test('every fault is in the table, and its object is one', () => {
  const [, table] = /## Faults\n([\s\S]*?)\n## /.exec(page)!
  const objects = [...table!.matchAll(/`(\{.*?\})`/g)].map(([, text]) => JSON.parse(text!) as object)
  expect(objects.length).toBeGreaterThan(10)
  for (const fault of objects) expect(() => checkScript({ version: 1, rules: [{ fault }] })).not.toThrow()
  for (const [name, fault] of Object.entries(namedFaults)) {
    expect(table).toContain(`\`${name}\``)
    if (name !== 'wrong-json' && fault.kind !== 'status') expect(objects).toContainEqual(fault)
  }
})
