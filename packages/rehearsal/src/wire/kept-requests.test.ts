import { expect, test } from 'vitest'
import { KeptRequests } from './kept-requests.ts'

const kept = (most: number, mostText: number, bodies: readonly string[]): string[] => {
  const requests = new KeptRequests(most, mostText)
  for (const body of bodies) requests.add({ body })
  return requests.list.map(({ body }) => body)
}

test.each([
  [3, 100, ['a', 'b', 'c', 'd'], ['b', 'c', 'd']],
  [9, 4, ['aa', 'bb', 'c', 'd'], ['bb', 'c', 'd']],
  [9, 4, ['a', 'b', 'ccccccc'], ['ccccccc']],
  [9, 4, ['ccccccc', 'a', 'b'], ['a', 'b']],
])('of at most %i and %i characters, %j leaves %j', (most, mostText, bodies, left) => {
  expect(kept(most, mostText, bodies)).toEqual(left)
})
