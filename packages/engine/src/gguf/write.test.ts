import { expect, test } from 'vitest'
import { BadOptionError } from '../errors.ts'
import { randomModel } from '../testing/random-model.ts'
import { readGguf, tensorBytes } from './read.ts'
import { ggufHeader, type TensorShape, writeGguf } from './write.ts'

test('header, tensors and padding written one after the other are the whole file', () => {
  const whole = randomModel({
    type: 'q4_0',
    metadata: new Map([['general.alignment', { type: 'uint32', value: 64 }]]),
  })
  const { metadata, tensors } = readGguf(whole)
  const header = ggufHeader({ metadata, tensors: tensors.values() })
  const parts: Uint8Array[] = [header.bytes]
  let at = header.bytes.length
  for (const { name, offset, size, padding } of header.tensors) {
    expect([at, size]).toEqual([offset, tensors.get(name)!.size])
    parts.push(tensorBytes(whole, tensors.get(name)!), new Uint8Array(padding))
    at += size + padding
  }
  expect(at).toBe(header.size)
  expect(Buffer.concat(parts).equals(whole)).toBe(true)
})

test('a header of a file far larger than memory takes its own size', () => {
  const tensors = Array.from(
    { length: 40 },
    (_, i): TensorShape => ({ name: `t${i}`, type: 'q8_0', dims: [2 ** 20, 2 ** 12] }),
  )
  const { bytes, size } = ggufHeader({ metadata: new Map(), tensors })
  expect(size).toBeGreaterThan(40 * 2 ** 32)
  expect(bytes.length).toBeLessThan(4096)
})

test('what the format does not hold is refused', () => {
  const one: TensorShape = { name: 't', type: 'q4_0', dims: [32, 2] }
  const write =
    (...tensors: TensorShape[]) =>
    () =>
      ggufHeader({ metadata: new Map(), tensors })
  expect(write(one, one)).toThrow(/tensor t was given twice/)
  expect(write({ ...one, dims: [33] })).toThrow(
    /t is \[33\]: q4_0 takes 1 to 4 dimensions, the first a multiple of 32/,
  )
  expect(write({ ...one, dims: [] })).toThrow(BadOptionError)
  expect(write({ ...one, dims: [32, 1, 1, 1, 1] })).toThrow(BadOptionError)
  expect(() => writeGguf({ metadata: new Map(), tensors: [{ ...one, bytes: new Uint8Array(3) }] })).toThrow(
    /takes 36 bytes, 3 were given/,
  )
})
