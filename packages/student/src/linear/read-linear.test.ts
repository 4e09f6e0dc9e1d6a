/** Files of strangers: one error, or a head whose every answer is a number. */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { StudentError } from '../errors.ts'
import { checksum, MAGIC, START } from './file.ts'
import { readLinear } from './read-linear.ts'
import { requests } from './testing/topics.ts'
import { trainLinear } from './train-linear.ts'

let file: Uint8Array
beforeAll(async () => {
  file = (await trainLinear(requests(60, 1))).bytes()
})

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'linear_invalid', message: expect.stringMatching(message) })

/** With a right checksum, so that what is behind it is reached. */
function sealed(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer).setUint32(bytes.length - 4, checksum(bytes.subarray(0, -4)), true)
  return bytes
}

/** The file with another header. */
function withHeader(change: (header: Record<string, unknown>) => void): Uint8Array {
  const length = new DataView(file.buffer).getUint32(MAGIC.length, true)
  const header = JSON.parse(new TextDecoder().decode(file.subarray(START, START + length)))
  change(header)
  const text = new TextEncoder().encode(JSON.stringify(header))
  const bytes = new Uint8Array(file.length - length + text.length)
  bytes.set(file.subarray(0, START))
  new DataView(bytes.buffer).setUint32(MAGIC.length, text.length, true)
  bytes.set(text, START)
  bytes.set(file.subarray(START + length), START + text.length)
  return sealed(bytes)
}

/** Whatever opens must answer with numbers. */
function opened(bytes: Uint8Array): void {
  try {
    const head = readLinear(bytes)
    const { probability, outOfScope, label } = head.classify('please play the song 12')
    expect(head.labels).toContain(label)
    expect(probability > 0 && probability <= 1).toBe(true)
    expect(outOfScope >= 0 && outOfScope <= 1).toBe(true)
  } catch (error) {
    expect(error).toBeInstanceOf(StudentError)
    expect(error).toMatchObject({ code: 'linear_invalid' })
  }
}

test('any bytes, with and without the right beginning', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, named) => {
      const whole = named ? Uint8Array.of(...new TextEncoder().encode(MAGIC), ...bytes, 0, 0, 0, 0) : bytes
      if (named) sealed(whole)
      expect(() => readLinear(whole)).toThrow(expect.objectContaining({ code: 'linear_invalid' }))
    }),
  )
})

test('a file cut anywhere, and one with a byte changed, are broken', () => {
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      expect(() => readLinear(file.subarray(0, at))).toThrow(invalid(/./))
      const changed = file.slice()
      changed[at]! ^= by
      expect(() => readLinear(changed)).toThrow(invalid(/./))
    }),
  )
})

test('bytes that were changed on purpose, checksum and all, answer with numbers or are refused', () => {
  const change = fc.tuple(fc.nat(file.length - 5), fc.integer({ min: 0, max: 255 }))
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), (changes) => {
      const bytes = file.slice()
      for (const [at, byte] of changes) bytes[at] = byte
      opened(sealed(bytes))
    }),
    { numRuns: 300 },
  )
})

describe('headers', () => {
  test.each<[string, (header: Record<string, unknown>) => void, RegExp]>([
    ['one label', (header) => (header.labels = ['a']), /header/],
    ['a label twice', (header) => (header.labels = ['a', 'a', 'b']), /twice/],
    ['a label out of scope that is none', (header) => (header.outOfScopeLabel = 'x'), /out of scope/],
    ['a temperature of nothing', (header) => (header.temperature = 0), /header/],
    ['too few quantiles', (header) => (header.quantiles = [1]), /header/],
    ['quantiles that fall', (header) => (header.quantiles as number[]).reverse(), /ascend/],
    ['coefficients beyond all bounds', (header) => (header.coefficients = [1e300, 0, 0]), /header/],
    ['more features than the file has', (header) => (header.features = 1e5), /too early|too many|most/],
    ['fewer', (header) => (header.features = 3), /too many/],
    ['more weights than memory', (header) => askFor(header, 2 ** 17, 2 ** 10), /asks for/],
    ['another field', (header) => (header.more = 1), /header/],
  ])('%s', (_, change, message) => {
    expect(() => readLinear(withHeader(change))).toThrow(invalid(message))
  })
})

function askFor(header: Record<string, unknown>, features: number, labels: number): void {
  header.features = features
  header.labels = Array.from({ length: labels }, (_, i) => `label ${i}`)
}
