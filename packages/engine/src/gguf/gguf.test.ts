import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadGgufError, BadOptionError, UnsupportedError } from '../errors.ts'
import { randomModel } from '../testing/random-model.ts'
import {
  findBoolean,
  findNumber,
  findNumbers,
  findStrings,
  type Metadata,
  type MetadataValue,
  type NumberType,
  numberArrays,
  requireNumber,
  requireString,
} from './metadata.ts'
import { readGguf, tensorBytes } from './read.ts'
import { byteLength, type TensorType, tensorTypes } from './types.ts'
import { type GgufTensor, writeGguf } from './write.ts'

const small = (): Uint8Array<ArrayBuffer> =>
  writeGguf({
    metadata: new Map<string, MetadataValue>([
      ['general.architecture', { type: 'string', value: 'llama' }],
      ['a.flag', { type: 'bool', value: true }],
      ['a.big', { type: 'uint64', value: 2n ** 60n }],
      ['a.numbers', { type: 'array', of: 'int32', value: Int32Array.of(1, -2, 3) }],
      ['a.words', { type: 'array', of: 'string', value: ['one', 'zwei'] }],
    ]),
    tensors: [
      { name: 'm', type: 'q8_0', dims: [32, 2], bytes: new Uint8Array(68).fill(1) },
      { name: 'v', type: 'f32', dims: [3], bytes: new Uint8Array(12).fill(2) },
    ],
  })

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const numberTypes = Object.keys(numberArrays) as NumberType[]
const numericArray = fc
  .tuple(fc.constantFrom(...numberTypes), fc.uint8Array({ maxLength: 64 }))
  .map(([of, bytes]) => {
    const ArrayType = numberArrays[of]
    const whole = bytes.slice(0, bytes.length - (bytes.length % ArrayType.BYTES_PER_ELEMENT))
    return { type: 'array', of, value: new ArrayType(whole.buffer as ArrayBuffer) } as MetadataValue
  })
const metadataValue: fc.Arbitrary<MetadataValue> = fc.oneof(
  text.map((value): MetadataValue => ({ type: 'string', value })),
  fc.boolean().map((value): MetadataValue => ({ type: 'bool', value })),
  numericArray
    .filter((array) => array.type === 'array' && array.value.length > 0)
    .map((array) => {
      const { of, value } = array as Extract<MetadataValue, { of: NumberType }>
      return { type: of, value: value[0] } as MetadataValue
    }),
  numericArray,
  fc.array(text).map((value): MetadataValue => ({ type: 'array', of: 'string', value })),
  fc.array(fc.boolean()).map((value): MetadataValue => ({ type: 'array', of: 'bool', value })),
  fc
    .array(numericArray, { maxLength: 3 })
    .map((value) => ({ type: 'array', of: 'array', value }) as MetadataValue),
)
const tensor = fc
  .tuple(
    fc.constantFrom(...(Object.keys(tensorTypes) as TensorType[])),
    fc.integer({ min: 1, max: 3 }),
    fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
    fc.nat(255),
  )
  .map(([type, blocks, rest, fill]) => {
    const dims = [blocks * tensorTypes[type].block, ...rest]
    const bytes = new Uint8Array(
      byteLength(
        type,
        dims.reduce((a, b) => a * b),
      ),
    ).fill(fill)
    return { type, dims, bytes }
  })

test('what is written is read again', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(text, metadataValue), { selector: ([key]) => key, maxLength: 8 }),
      fc.uniqueArray(fc.tuple(text, tensor), { selector: ([name]) => name, maxLength: 5 }),
      fc.constantFrom(undefined, 1, 8, 64),
      (pairs, named, alignment) => {
        const metadata = new Map(pairs)
        if (alignment) metadata.set('general.alignment', { type: 'uint32', value: alignment })
        const tensors = named.map(([name, rest]) => ({ name, ...rest }))
        const bytes = writeGguf({ metadata, tensors })
        const gguf = readGguf(bytes)
        expect(gguf.version).toBe(3)
        expect(gguf.alignment).toBe(alignment ?? 32)
        expect([...gguf.metadata]).toEqual([...metadata])
        const read = [...gguf.tensors.values()]
        expect(
          read.map((tensor) => ({
            name: tensor.name,
            type: tensor.type,
            dims: tensor.dims,
            bytes: tensorBytes(bytes, tensor),
          })),
        ).toEqual(tensors)
        for (const { rows, cols, dims } of read)
          expect([cols, rows * cols]).toEqual([dims[0], dims.reduce((a, b) => a * b)])
      },
    ),
    { numRuns: 200, seed: 3 },
  )
})

test('a file cut anywhere is refused as damaged', () => {
  const bytes = small()
  const dataEnd = bytes.length - (32 - 12)
  for (let length = 0; length < dataEnd; length++) {
    expect(() => readGguf(bytes.subarray(0, length)), `${length} bytes`).toThrow(BadGgufError)
  }
  expect(readGguf(bytes.subarray(0, dataEnd)).tensors.size).toBe(2)
})

test('damaged bytes give a typed error or a sound reading, never anything else', () => {
  const bytes = small()
  const flips = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(flips, (changes) => {
      const damaged = bytes.slice()
      for (const [at, value] of changes) damaged[at] = value
      expectTyped(damaged)
    }),
    { numRuns: 3000, seed: 4 },
  )
  // Each byte once with the values that make the largest counts.
  for (let at = 0; at < bytes.length; at++) {
    for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
      const damaged = bytes.slice()
      damaged[at] = value
      expectTyped(damaged)
    }
  }
})

test('any bytes behind a sound beginning', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
      expectTyped(Uint8Array.from([...small().subarray(0, 8), ...rest]))
    }),
    { numRuns: 1000, seed: 5 },
  )
})

function expectTyped(bytes: Uint8Array): void {
  try {
    for (const { offset, size, rows, cols } of readGguf(bytes).tensors.values()) {
      expect(offset + size).toBeLessThanOrEqual(bytes.length)
      expect(rows * cols).toBeGreaterThan(0)
    }
  } catch (error) {
    if (!(error instanceof BadGgufError || error instanceof UnsupportedError)) throw error
  }
}

/** The bytes of `small` with one 64-bit number at `at` replaced. */
function withSize(at: number, value: bigint): Uint8Array {
  const bytes = small()
  new DataView(bytes.buffer).setBigUint64(at, value, true)
  return bytes
}

test('counts are checked before anything is allocated for them', () => {
  for (const huge of [2n ** 20n, 2n ** 32n, 2n ** 52n, 2n ** 64n - 1n]) {
    expect(() => readGguf(withSize(8, huge))).toThrow(/the number of tensors is/)
    expect(() => readGguf(withSize(16, huge))).toThrow(/the number of metadata pairs is/)
    expect(() => readGguf(withSize(24, huge))).toThrow(/the length of metadata key 0 is/)
  }
})

function refusal(run: () => unknown): BadGgufError | UnsupportedError {
  try {
    run()
  } catch (error) {
    if (error instanceof BadGgufError || error instanceof UnsupportedError) return error
    throw error
  }
  throw new Error('this was not refused')
}

test('each refusal names what and where', () => {
  const edit = (from: string, change: (view: DataView, at: number) => void): Uint8Array => {
    const bytes = small()
    const at = Buffer.from(bytes.buffer).indexOf(from) + from.length
    change(new DataView(bytes.buffer), at)
    return bytes
  }
  const cases: [Uint8Array, RegExp, typeof BadGgufError | typeof UnsupportedError][] = [
    [
      Uint8Array.from(Buffer.from('GGML....')),
      /does not start with "GGUF".*\(at byte 4 of 8\)/,
      BadGgufError,
    ],
    [edit('GGUF', (view, at) => view.setUint32(at, 1, true)), /version 1 is not read/, UnsupportedError],
    [edit('GGUF', (view, at) => view.setUint32(at, 3)), /big-endian/, UnsupportedError],
    [
      edit('a.flag', (view, at) => view.setUint8(at + 4, 2)),
      /metadata a.flag is a bool of value 2/,
      BadGgufError,
    ],
    [
      edit('a.flag', (view, at) => view.setUint32(at, 13, true)),
      /a.flag has the unknown type 13/,
      BadGgufError,
    ],
    [edit('a.big', (view, at) => view.setUint8(at - 1, 0xff)), /metadata key 2 is not UTF-8/, BadGgufError],
    [
      edit('m\x02\0\0\0', (view, at) => view.setUint32(at + 16, 21, true)),
      /tensor m has the GGUF type 21/,
      UnsupportedError,
    ],
    [
      edit('m\x02\0\0\0', (view, at) => view.setUint32(at, 33, true)),
      /rows of 33, not a multiple of the 32/,
      BadGgufError,
    ],
    [
      edit('m\x02\0\0\0', (view, at) => view.setUint32(at + 8, 0, true)),
      /tensor m has the shape \[32,0\]/,
      BadGgufError,
    ],
    [
      edit('m\x02\0\0\0', (view, at) => view.setUint32(at + 12, 2 ** 20, true)),
      /tensor m has the shape/,
      BadGgufError,
    ],
    [
      edit('m\x02\0\0\0', (view, at) => view.setUint32(at - 4, 5, true)),
      /tensor m has 5 dimensions/,
      BadGgufError,
    ],
    [
      edit('v\x01\0\0\0', (view, at) => view.setUint32(at + 12, 7, true)),
      /tensor v has the offset 7/,
      BadGgufError,
    ],
    [
      edit('v\x01\0\0\0', (view, at) => view.setUint32(at + 12, 4096, true)),
      /ends at byte \d+, its header promises \d+ \(tensor v is cut off\): download it again/,
      BadGgufError,
    ],
    [
      edit('v\x01\0\0\0', (view, at) => view.setUint32(at + 12, 64, true)),
      /tensor v overlaps another/,
      BadGgufError,
    ],
    [
      edit('v\x01\0\0\0', (view, at) => view.setUint8(at - 5, 'm'.charCodeAt(0))),
      /tensor m is there twice/,
      BadGgufError,
    ],
  ]
  for (const [bytes, message, errorClass] of cases) {
    const error = refusal(() => readGguf(bytes))
    expect(error).toBeInstanceOf(errorClass)
    expect(error.message).toMatch(message)
    expect(error.message).toContain(`at byte ${error.offset} of ${bytes.length}`)
  }
})

test('arrays nested too deep are refused', () => {
  let value: MetadataValue = { type: 'array', of: 'array', value: [] }
  for (let depth = 0; depth < 4; depth++) value = { type: 'array', of: 'array', value: [value] }
  const bytes = writeGguf({ metadata: new Map([['deep', value]]), tensors: [] })
  expect(() => readGguf(bytes)).toThrow(/metadata deep has arrays nested more than 4 deep/)
})

test('a numeric array of millions is read at once', () => {
  const value = Int32Array.from({ length: 4_000_000 }, (_, i) => i)
  const bytes = writeGguf({ metadata: new Map([['n', { type: 'array', of: 'int32', value }]]), tensors: [] })
  const started = performance.now()
  expect(findNumbers(readGguf(bytes).metadata, 'n')?.[3_999_999]).toBe(3_999_999)
  expect(performance.now() - started).toBeLessThan(4000)
})

test('version 2 reads the same, and bytes may lie anywhere in a larger buffer', () => {
  const bytes = small()
  bytes[4] = 2
  const shifted = new Uint8Array(bytes.length + 3)
  shifted.set(bytes, 3)
  const gguf = readGguf(shifted.subarray(3))
  expect(gguf.version).toBe(2)
  expect([...(findNumbers(gguf.metadata, 'a.numbers') as Int32Array)]).toEqual([1, -2, 3])
  expect(tensorBytes(shifted.subarray(3), gguf.tensors.get('v')!)).toEqual(new Uint8Array(12).fill(2))
})

test('getters check the type and name the key', () => {
  const { metadata } = readGguf(small())
  expect(requireString(metadata, 'general.architecture')).toBe('llama')
  expect(findBoolean(metadata, 'a.flag')).toBe(true)
  expect(findStrings(metadata, 'a.words')).toEqual(['one', 'zwei'])
  expect(findNumber(metadata, 'absent')).toBeUndefined()
  expect(() => requireNumber(metadata, 'absent')).toThrow(/the metadata has no absent.*\(at byte 212\)/)
  expect(() => requireNumber(metadata, 'a.flag')).toThrow(
    /metadata a.flag is bool true, not a number \(at byte 83\)/,
  )
  expect(() => requireNumber(new Map([['k', { type: 'bool', value: true }]]), 'k')).toThrow(/not a number$/)
  expect(() => requireNumber(metadata, 'a.big')).toThrow(/a.big is uint64/)
  expect(() => requireString(metadata, 'a.words')).toThrow(/a.words is array of string, not a string/)
})

test('the writer refuses what the format does not hold', () => {
  const write = (key: string, value: MetadataValue): unknown =>
    writeGguf({ metadata: new Map([[key, value]]), tensors: [] })
  expect(() => write('k', { type: 'uint8', value: 256 })).toThrow(/k is 256, which uint8 does not hold/)
  expect(() => write('k', { type: 'string', value: '\ud800' })).toThrow(BadOptionError)
  expect(() => write('general.alignment', { type: 'uint32', value: 12 })).toThrow(/not a power of two/)
  const one: GgufTensor = {
    name: 't',
    type: 'f32',
    dims: [2],
    bytes: new Uint8Array(8),
  }
  const metadata: Metadata = new Map()
  expect(() => writeGguf({ metadata, tensors: [one, one] })).toThrow(/tensor t was given twice/)
  expect(() => writeGguf({ metadata, tensors: [{ ...one, dims: [3] }] })).toThrow(
    /takes 12 bytes, 8 were given/,
  )
})

test('a whole model file comes back', () => {
  const bytes = randomModel({ type: 'q4_0' })
  const { metadata, tensors } = readGguf(bytes)
  const again = [...tensors.values()].map((tensor) => ({ ...tensor, bytes: tensorBytes(bytes, tensor) }))
  expect(writeGguf({ metadata, tensors: again })).toEqual(bytes)
})
