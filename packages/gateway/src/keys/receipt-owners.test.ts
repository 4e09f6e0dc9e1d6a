import { expect, test } from 'vitest'
import { MAX_LISTED, ReceiptOwners } from './receipt-owners.ts'

test('the newest of a key come first, and no others', () => {
  const owners = new ReceiptOwners()
  for (let index = 0; index < 5 * MAX_LISTED; index++) owners.add(`r${index}`, index % 2 === 0 ? 'a' : 'b')
  expect(owners.recent('a', 2)).toEqual([`r${5 * MAX_LISTED - 2}`, `r${5 * MAX_LISTED - 4}`])
  expect(owners.recent('b', MAX_LISTED)).toHaveLength(MAX_LISTED)
  expect(owners.recent('c', 10)).toEqual([])
  expect(owners.owns('a', 'r0')).toBe(true)
  expect(owners.owns('b', 'r0')).toBe(false)
})

test('what is forgotten is not listed, and one that is told twice is once', () => {
  const owners = new ReceiptOwners(2)
  for (const id of ['r1', 'r1', 'r2', 'r3']) owners.add(id, 'a')
  expect(owners.recent('a', 10)).toEqual(['r3', 'r2'])
  owners.add('r3', 'b')
  expect(owners.owns('a', 'r3')).toBe(true)
})

test('a list costs what is listed, not what is kept', () => {
  const owners = new ReceiptOwners()
  for (let index = 0; index < 100_000; index++) owners.add(`r${index}`, 'a')
  let asked = 0
  const owns = owners.owns.bind(owners)
  owners.owns = (key, id) => {
    asked++
    return owns(key, id)
  }
  expect(owners.recent('a', 3)).toHaveLength(3)
  expect(asked).toBe(3)
})
