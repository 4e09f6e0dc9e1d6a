import { assert, integer, property } from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Code,
  extractLane,
  f32,
  increase,
  instantiate,
  load,
  ModuleBuilder,
  op,
  repeat,
  shuffle,
  signedLeb,
  store,
  storeLane,
  unsignedLeb,
  vector,
  when,
} from './assembler.ts'

function decode(bytes: readonly number[], signed: boolean): number {
  let value = 0n
  bytes.forEach((byte, i) => {
    value |= BigInt(byte & 0x7f) << BigInt(7 * i)
    expect(byte >= 0x80).toBe(i < bytes.length - 1)
  })
  return Number(signed ? BigInt.asIntN(7 * bytes.length, value) : value)
}

test('LEB128 of every 32-bit number reads back, and no shorter form exists', () => {
  assert(
    property(integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
      const bytes = unsignedLeb(value)
      expect(decode(bytes, false)).toBe(value)
      expect(bytes.length).toBe(Math.max(1, Math.ceil(value.toString(2).length / 7)))
    }),
    { seed: 1 },
  )
  assert(
    property(integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (value) => {
      const bytes = signedLeb(value)
      expect(decode(bytes, true)).toBe(value)
      if (bytes.length > 1) {
        const limit = 2 ** (7 * (bytes.length - 1) - 1)
        expect(value >= limit || value < -limit).toBe(true)
      }
    }),
    { seed: 2 },
  )
})

test('an address above 2^31 is its negative twin', () => {
  expect(signedLeb(2 ** 32 - 1)).toEqual(signedLeb(-1))
})

const memory = new WebAssembly.Memory({ initial: 1 })
const bytes = new Uint8Array(memory.buffer)

function run(write: Code, ...args: number[]): number {
  const params = args.map(() => 'i32' as const)
  return instantiate<'f'>(
    new ModuleBuilder().func('f', params, () => write, 'i32'),
    memory,
  ).f(...args)
}

test('constants of every size', () => {
  for (const value of [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 2 ** 31 - 1, -(2 ** 31)]) {
    expect(run(op('i32.add', value, 0))).toBe(value)
  }
})

test('a vector constant holds its value in every lane', () => {
  for (const lane of [0, 1, 2, 3]) {
    expect(run(extractLane('i32x4.extract_lane', vector.i32(-5), lane))).toBe(-5)
    expect(run(extractLane('i32x4.extract_lane', vector.i16(0x1234), lane))).toBe(0x12341234)
    expect(run(extractLane('i32x4.extract_lane', vector.u8(0xfe), lane))).toBe(0xfefefefe | 0)
    expect(run(extractLane('i32x4.extract_lane', vector.f32(1), lane))).toBe(0x3f800000)
  }
})

test('shuffle counts lanes of the width given, through both operands', () => {
  for (let i = 0; i < 32; i++) bytes[i] = i
  const [a, b] = [load('v128.load', 0), load('v128.load', 0, 16)]
  run([store('v128.store', 0, 32, shuffle(a, b, [0, 7, 4, 3])), op('i32.add', 0, 0)])
  expect([...bytes.subarray(32, 48)]).toEqual([0, 1, 2, 3, 28, 29, 30, 31, 16, 17, 18, 19, 12, 13, 14, 15])
  run([store('v128.store', 0, 32, shuffle(a, b, [15, 0, 8, 1, 2, 3, 4, 5])), op('i32.add', 0, 0)])
  expect([...bytes.subarray(32, 40)]).toEqual([30, 31, 0, 1, 16, 17, 2, 3])
})

test('offsets of more than one LEB byte, and lanes', () => {
  run([storeLane('v128.store32_lane', 8, 40_000, vector.i32(77), 3), op('i32.add', 0, 0)])
  expect(new DataView(memory.buffer).getInt32(40_008, true)).toBe(77)
})

test('locals are numbered after the parameters, also beyond 127', () => {
  const { last } = instantiate<'last'>(
    new ModuleBuilder().func(
      'last',
      ['i32', 'f32'],
      (f, x) => {
        const many = f.locals('i32', 200)
        return [many.map((local, i) => local.set(op('i32.add', x, i))), many[199]!.get]
      },
      'i32',
    ),
    memory,
  )
  expect(last(1000, 0.5)).toBe(1199)
})

test('repeat runs its body as often as the counter says, and not at all for 0; when runs it once or never', () => {
  const module = new ModuleBuilder()
    .func(
      'power',
      ['i32', 'i32'],
      (f, base, exponent) => {
        const result = f.local('i32')
        return [result.set(1), repeat(exponent, result.set(op('i32.mul', result, base))), result.get]
      },
      'i32',
    )
    .func('raise', ['i32', 'i32'], (_, x, condition) => [when(condition, increase(x, 5)), x.get], 'i32')
  const { power, raise } = instantiate<'power' | 'raise'>(module, memory)
  expect([power(3, 0), power(3, 1), power(3, 5)]).toEqual([1, 3, 243])
  expect([raise(1, 0), raise(1, 1)]).toEqual([1, 6])
})

test('f32 constants and results are single precision', () => {
  const module = new ModuleBuilder().func('f', ['f32'], (_, x) => op('f32.add', x, f32(0.1)), 'f32')
  expect(instantiate<'f'>(module, memory).f(0.2)).toBe(Math.fround(Math.fround(0.2) + Math.fround(0.1)))
})

test('a mistake in types or arity does not pass the validator', () => {
  expect(() => run(op('i32.add', 1))).toThrow(WebAssembly.CompileError)
  expect(() => run(op('i32.add', 1, f32(1)))).toThrow(WebAssembly.CompileError)
})
