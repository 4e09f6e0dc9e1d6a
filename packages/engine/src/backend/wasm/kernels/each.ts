/** The loop of the elementwise kernels: the same expression over four numbers at a time, then over the rest singly. */
import {
  type Arg,
  type Code,
  type FunctionBuilder,
  type Local,
  load,
  op,
  repeat,
  store,
  storeLane,
} from '../assembler.ts'

export type Read = (address: Arg) => Code
export type Write = (address: Arg, value: Arg) => Code

/** `step` is written twice: once for 16 bytes, once for 4 (lane 0 alone counts then). */
export function inFoursThenOnes(
  f: FunctionBuilder,
  count: Local,
  step: (read: Read, write: Write, bytes: number) => Code,
): Code {
  const left = f.local('i32')
  const fours = step(
    (address) => load('v128.load', address),
    (address, value) => store('v128.store', address, 0, value),
    16,
  )
  const ones = step(
    (address) => load('v128.load32_zero', address),
    (address, value) => storeLane('v128.store32_lane', address, 0, value, 0),
    4,
  )
  return [
    left.set(op('i32.shr_u', count, 2)),
    repeat(left, fours),
    left.set(op('i32.and', count, 3)),
    repeat(left, ones),
  ]
}
