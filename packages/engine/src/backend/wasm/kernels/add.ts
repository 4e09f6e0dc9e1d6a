/** add(x, y, count): x += y. Four at a time, then one at a time. */
import { type Code, increase, type ModuleBuilder, op } from '../assembler.ts'
import { inFoursThenOnes } from './each.ts'

export function addKernel(module: ModuleBuilder): void {
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
}
