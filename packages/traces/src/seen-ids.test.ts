/** A set of hashes must behave as a set of the texts. */
import { expect, test } from 'vitest'
import { SeenIds } from './seen-ids.ts'

test('each item once, while the table grows', () => {
  const seen = new SeenIds()
  const count = 300_000
  const added = (): number => {
    let added = 0
    for (let i = 0; i < count; i++) if (seen.add(`task-${i % 3}`, `item-${i}`)) added++
    return added
  }
  expect(added()).toBe(count)
  expect(added()).toBe(0)
  expect(seen.size).toBe(count)
})

test('task and id are a pair: where one ends is told', () => {
  const seen = new SeenIds()
  const pairs = [
    ['a', 'bc'],
    ['ab', 'c'],
    ['', 'abc'],
    ['abc', ''],
    ['1 ', 'a'],
    ['1', ' a'],
    ['', ''],
    ['a', 'BC'],
  ] as const
  for (const [task, id] of pairs) expect(seen.add(task, id)).toBe(true)
  for (const [task, id] of pairs) expect(seen.add(task, id)).toBe(false)
})
