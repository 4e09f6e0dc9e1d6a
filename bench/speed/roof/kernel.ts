/** sum(buffer, turns): reads `streams` stretches of turns * 64 bytes each, far from one another, and adds all up. */
import {
  extractLane,
  increase,
  load,
  ModuleBuilder,
  op,
  repeat,
} from '../../../packages/engine/src/backend/wasm/assembler.ts'
import { acrossLanes, zero } from '../../../packages/engine/src/backend/wasm/kernels/simd.ts'

/** Bytes of a stream that a turn reads. */
export const TURN = 64

export function sumModule(streams: number): ModuleBuilder {
  return new ModuleBuilder().func(
    'sum',
    ['i32', 'i32'],
    (f, buffer, turns) => {
      const pointers = [buffer, ...f.locals('i32', streams - 1)]
      const [length, total, t] = [f.local('i32'), f.local('v128'), f.local('v128')]
      const sums = f.locals('v128', streams)
      return [
        length.set(op('i32.mul', turns, TURN)),
        pointers.slice(1).map((p, i) => p.set(op('i32.add', pointers[i]!, length))),
        repeat(
          turns,
          [0, 16, 32, 48].map((at) =>
            sums.map((s, i) => s.set(op('i32x4.add', s, load('v128.load', pointers[i]!, at)))),
          ),
          pointers.map((p) => increase(p, TURN)),
        ),
        total.set(zero),
        sums.map((s) => total.set(op('i32x4.add', total, s))),
        extractLane('i32x4.extract_lane', acrossLanes('i32x4.add', total, t), 0),
      ]
    },
    'i32',
  )
}
