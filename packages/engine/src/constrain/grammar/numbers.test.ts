import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accepts, allTexts, overBytes } from '../testing/accepts.ts'
import { decimalPlaces, doubleAbove, doubleBelow, scaledDown, scaledUp } from './decimal.ts'

const numbers = (keywords: object) => overBytes({ jsonSchema: keywords as Record<string, unknown> })

test('integers between bounds are all of them and no others', () => {
  const bound = fc.integer({ min: -1300, max: 1300 })
  fc.assert(
    fc.property(bound, fc.nat(300), fc.boolean(), fc.boolean(), (low, span, openLow, openHigh) => {
      const high = low + span
      const constraint = numbers({
        type: 'integer',
        [openLow ? 'exclusiveMinimum' : 'minimum']: low,
        [openHigh ? 'exclusiveMaximum' : 'maximum']: high,
      })
      const expected: string[] = []
      for (let n = low + Number(openLow); n <= high - Number(openHigh); n++) expected.push(String(n))
      expect(new Set(allTexts(constraint))).toEqual(new Set(expected))
    }),
    {
      numRuns: 60,
      seed: 1,
      examples: [
        [-5, 10, false, false],
        [0, 1, true, false],
      ],
    },
  )
})

test('multiples', () => {
  for (const [multipleOf, minimum, maximum] of [
    [7, -30, 100],
    [10, -25, 1000],
    [250, 0, 2500],
    [12, 5, 500],
    [1, -3, 3],
  ]) {
    const texts = allTexts(numbers({ type: 'integer', multipleOf, minimum, maximum }))
    const expected: string[] = []
    for (let n = Math.ceil(minimum! / multipleOf!); n * multipleOf! <= maximum!; n++)
      expected.push(String(n * multipleOf! || 0))
    expect(texts.sort()).toEqual(expected.sort())
  }
  expect(allTexts(numbers({ type: 'number', multipleOf: 0.5, minimum: -1, maximum: 1 })).sort()).toEqual(
    ['-0.5', '-1', '-1.0', '0', '0.0', '0.5', '1', '1.0'].sort(),
  )
  expect(allTexts(numbers({ type: 'integer', multipleOf: 2.5, minimum: 0, maximum: 12 }))).toEqual([
    '0',
    '10',
    '5',
  ])
  const large = numbers({ type: 'integer', multipleOf: 7 })
  expect(accepts(large, '-700000007')).toBe(true)
  expect(accepts(large, '700000001')).toBe(false)
})

test('decimals: what is accepted lies between the bounds, what lies between them is accepted', () => {
  const bound = fc.oneof(
    fc.integer({ min: -30, max: 30 }),
    fc.double({ min: -20, max: 20, noNaN: true }),
    fc.constantFrom(0.1, -0.25, 1e-5, 9.99),
  )
  const digits = fc.tuple(
    fc.integer({ min: -40, max: 40 }),
    fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 20 }),
  )
  fc.assert(
    fc.property(bound, bound, fc.boolean(), digits, (a, b, isOpen, [whole, fraction]) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      // Below what 22 digits behind the point can tell apart there is nothing.
      if (high - low < 1e-20 && !(low === high && !isOpen && !String(low).includes('e'))) return
      const constraint = numbers({
        type: 'number',
        [isOpen ? 'exclusiveMinimum' : 'minimum']: low,
        [isOpen ? 'exclusiveMaximum' : 'maximum']: high,
      })
      const isInside = (value: number) =>
        isOpen ? value > low && value < high : value >= low && value <= high
      const text = fraction === '' ? String(whole) : `${whole}.${fraction}`
      if (accepts(constraint, text)) expect(isInside(Number(text))).toBe(true)
      // In the spelling of JSON.stringify everything inside is accepted.
      for (const value of [Number(text), low, high, (low + high) / 2, doubleAbove(low), doubleBelow(high)]) {
        const own = JSON.stringify(value === 0 ? 0 : value)
        if (!own.includes('e')) expect([own, accepts(constraint, own)]).toEqual([own, isInside(value)])
      }
    }),
    { numRuns: 600, seed: 2 },
  )
})

test('without bounds every finite number of JSON.stringify is accepted, and no other', () => {
  const number = numbers({ type: 'number' })
  const integer = numbers({ type: 'integer' })
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const isWritten = Math.abs(value) < 1e308
      expect(accepts(number, JSON.stringify(value))).toBe(isWritten)
      expect(accepts(integer, JSON.stringify(Math.trunc(value % 1e20)))).toBe(true)
    }),
    { numRuns: 1000, seed: 3, examples: [[1e21], [1e-7], [5e-324], [-0], [1.7976931348623157e308]] },
  )
  for (const text of [
    '01',
    '1.',
    '.5',
    '+1',
    '1e',
    '1e999',
    '1e308',
    '10e300',
    'NaN',
    '--1',
    '1 ',
    '',
    '-',
  ]) {
    expect(accepts(number, text)).toBe(false)
  }
  for (const text of ['10e1', '0e-7', '1E+021', '9.9e307', '123456789e199', '-1e-999'])
    expect(accepts(number, text)).toBe(true)
  for (const text of ['1.0', '-0', '1e3', '00', '0.5']) expect(accepts(integer, text)).toBe(false)
})

test('bounds of doubles as whole numbers of a decimal place', () => {
  expect([scaledDown(1.25, 1), scaledUp(1.25, 1)]).toEqual([12n, 13n])
  expect([scaledDown(-1.25, 1), scaledUp(-1.25, 1)]).toEqual([-13n, -12n])
  expect([scaledDown(1e21, 0), scaledUp(5e-324, 3), scaledDown(5e-324, 3)]).toEqual([10n ** 21n, 1n, 0n])
  expect([decimalPlaces(1.25), decimalPlaces(1e-7), decimalPlaces(1.5e-7), decimalPlaces(1e21)]).toEqual([
    2, 7, 8, 0,
  ])
  for (const value of [0, 1, -1, 0.1, 1e300, -5e-324]) {
    expect(doubleAbove(value)).toBeGreaterThan(value)
    expect(doubleBelow(doubleAbove(value)) === value || value === 0).toBe(true)
  }
})

test('contradicting bounds are told', () => {
  expect(() => numbers({ type: 'integer', minimum: 2, maximum: 1 })).toThrow(/no text satisfies/)
  expect(() => numbers({ type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 2 })).toThrow(
    /no text satisfies/,
  )
  expect(() => numbers({ type: 'integer', multipleOf: 100, minimum: 1, maximum: 99 })).toThrow(
    /no text satisfies/,
  )
})
