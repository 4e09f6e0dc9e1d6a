/** What is done to every number alone: add(x, y, count): x += y; scale(x, count, factor); softcap(x, count, cap). */
import { type Code, f32, increase, type ModuleBuilder, op } from '../assembler.ts'
import { inFoursThenOnes } from './each.ts'
import { tanh } from './simd.ts'

export function eachNumberKernels(module: ModuleBuilder): void {
  module.func('add', ['i32', 'i32', 'i32'], (f, x, y, count) =>
    inFoursThenOnes(
      f,
      count,
      (read, write, bytes): Code => [
        write(x, op('f32x4.add', read(x), read(y))),
        increase(x, bytes),
        increase(y, bytes),
      ],
    ),
  )
  module.func('scale', ['i32', 'i32', 'f32'], (f, x, count, factor) => {
    const factors = f.local('v128')
    return [
      factors.set(op('f32x4.splat', factor)),
      inFoursThenOnes(f, count, (read, write, bytes) => [
        write(x, op('f32x4.mul', read(x), factors)),
        increase(x, bytes),
      ]),
    ]
  })
  module.func('softcap', ['i32', 'i32', 'f32'], (f, x, count, cap) => {
    const [caps, inverse, v] = [f.local('v128'), f.local('v128'), f.local('v128')]
    return [
      caps.set(op('f32x4.splat', cap)),
      inverse.set(op('f32x4.splat', op('f32.div', f32(1), cap))),
      inFoursThenOnes(f, count, (read, write, bytes) => [
        v.set(op('f32x4.mul', read(x), inverse)),
        write(x, op('f32x4.mul', tanh(f, v), caps)),
        increase(x, bytes),
      ]),
    ]
  })
}
