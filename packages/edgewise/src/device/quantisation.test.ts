import type { Metadata } from '@edgewise/engine'
import { expect, test } from 'vitest'
import { quantisationOf } from './quantisation.ts'

const saying = (value: number | string): Metadata =>
  new Map([
    ['general.file_type', typeof value === 'number' ? { type: 'uint32', value } : { type: 'string', value }],
  ]) as Metadata

test.each([
  [0, 'F32'],
  [1, 'F16'],
  [2, 'Q4_0'],
  [7, 'Q8_0'],
  [15, 'Q4_K_M'],
  [30, 'IQ4_XS'],
  [32, 'BF16'],
])('file type %i is %s', (id, label) => {
  expect(quantisationOf({ metadata: saying(id) })).toBe(label)
})

test('of a file that does not say, or in a way nobody knows, the type that most bytes are', () => {
  const tensors = new Map([
    ['a', { type: 'f32', size: 900 }],
    ['b', { type: 'q4_0', size: 500 }],
    ['c', { type: 'q4_0', size: 500 }],
  ] as const)
  for (const metadata of [new Map() as Metadata, saying(999), saying('Q4')])
    expect(quantisationOf({ metadata, tensors })).toBe('Q4_0')
  expect(quantisationOf({ metadata: saying(999) })).toBeUndefined()
})
