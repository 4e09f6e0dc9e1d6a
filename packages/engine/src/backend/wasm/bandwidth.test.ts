import { expect, test } from 'vitest'
import { BadOptionError } from '../../errors.ts'
import { measureReadBandwidth } from './bandwidth.ts'

test('gives a rate between that of a slow disk and that of a fast cache', () => {
  const { gbPerSecond } = measureReadBandwidth({ bytes: 2 ** 22, passes: 3 })
  expect(gbPerSecond).toBeGreaterThan(0.05)
  expect(gbPerSecond).toBeLessThan(2000)
})

test('refuses a buffer or a number of passes that says nothing', () => {
  expect(() => measureReadBandwidth({ bytes: 1000 })).toThrow(BadOptionError)
  expect(() => measureReadBandwidth({ passes: 0 })).toThrow(BadOptionError)
})
