import { expect, test } from 'vitest'
import { beside } from './beside.ts'

test.each<[number, number, readonly [string, string]]>([
  [-0.1, -0.7, ['-0.10', '-0.70']],
  [0.9308, 0.9312, ['0.9308', '0.9312']],
  [-0.4, -0.4, ['-0.40', '-0.40']],
  [0.5, 0.5 + 1e-12, ['0.500000', '0.500000']],
])('%d beside %d', (value, threshold, said) => {
  expect(beside(value, threshold)).toEqual(said)
})
