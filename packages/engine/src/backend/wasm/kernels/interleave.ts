/**
 * interleave_<type>(x, out, blocks, rowBytes): the activations of four tokens, `rowBytes` apart, to 8 bits per 32 values,
 * laid out as `batch-format.ts` says.
 */
import {
  type Code,
  type FunctionBuilder,
  increase,
  type Local,
  load,
  type ModuleBuilder,
  op,
  repeat,
  store,
  storeLane,
} from '../assembler.ts'
import type { BatchFormat } from './batch-format.ts'
import { type BlockType, roundBlock } from './quantize.ts'
import { transpose, zero } from './simd.ts'

export function interleaveKernel(module: ModuleBuilder, type: BlockType, format: BatchFormat): void {
  module.func(`interleave_${type}`, ['i32', 'i32', 'i32', 'i32'], (f, x, out, blocks, rowBytes) => {
    const from = f.local('i32')
    const [d, t] = [f.local('v128'), f.local('v128')]
    const v = f.locals('v128', 8)
    const tokens = [0, 1, 2, 3].map(() => f.locals('v128', 2 * format.weightBytes))
    return repeat(
      blocks,
      from.set(x),
      tokens.map((q, token) => [
        v.map((part, i) => part.set(load('v128.load', from, 16 * i))),
        roundBlock(v, d, t),
        q.map((part, i) =>
          part.set(format.weightBytes === 2 ? v[i]! : op('i8x16.narrow_i16x8_s', v[2 * i]!, v[2 * i + 1]!)),
        ),
        storeLane('v128.store32_lane', out, format.activationBlock - 16 + 4 * token, d, 0),
        increase(from, rowBytes),
      ]),
      writeSteps(f, format, out, tokens, t),
      increase(x, 128),
      increase(out, format.activationBlock),
    )
  })
}

/** Turns four tokens' rows of groups into vectors of one group of each token, and stores what a step reads. */
function writeSteps(
  f: FunctionBuilder,
  { kind, activationBlock }: BatchFormat,
  out: Local,
  tokens: readonly (readonly Local[])[],
  t: Local,
): Code {
  const [sum, size, mask] = [f.local('v128'), f.local('v128'), f.local('v128')]
  const write = (group: Local, step: number): Code => {
    if (kind === 'signs') {
      return [
        mask.set(op('i8x16.gt_s', zero, group)),
        size.set(op('i8x16.abs', group)),
        store('v128.store', out, 32 * step, mask),
        store('v128.store', out, 32 * step + 16, size),
        sum.set(op('i32x4.add', sum, lanes(op('v128.and', size, mask)))),
      ]
    }
    const stored = store('v128.store', out, 16 * step, group)
    return kind === 'pairs' ? stored : [stored, sum.set(op('i32x4.add', sum, lanes(group.get)))]
  }
  const start = kind === 'signs' ? sum.get : op('i32x4.neg', op('i32x4.shl', sum, 3))
  return [
    sum.set(zero),
    tokens[0]!.map((_, part) => {
      const [a, b, c, d] = tokens.map((q) => q[part]!)
      return [
        transpose(a!, b!, c!, d!, t),
        [a!, b!, c!, d!].map((group, lane) => write(group, 4 * part + lane)),
      ]
    }),
    kind === 'pairs' ? [] : store('v128.store', out, activationBlock - 32, start),
  ]
}

/** The sum of the four signed bytes of each lane. */
function lanes(bytes: Code): Code {
  return op('i32x4.extadd_pairwise_i16x8_s', op('i16x8.extadd_pairwise_i8x16_s', bytes))
}
