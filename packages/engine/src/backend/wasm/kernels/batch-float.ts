/**
 * batch(weights, activations, out, rows, outStride, fours, threes, twos): f32, f16 or bf16 rows as the file has them times so
 * many fours, threes and twos of tokens, emitted for one row length. A strip of rows serves all tokens before the next.
 */
import { type Code, increase, type Local, type ModuleBuilder, op, repeat } from '../assembler.ts'
import { type RowProduct, rowBytes, tileKernel } from './tile.ts'

/** Rows at once with so many tokens: at most nine sums, what goes into them, and constants are what registers hold. */
const rowsWith: ReadonlyMap<number, number> = new Map([
  [4, 2],
  [3, 3],
  [2, 4],
])

/** Bytes of rows that stay in the core's own cache. */
const stripBytes = 65_536

export function batchFloatKernel(module: ModuleBuilder, name: string, product: RowProduct): void {
  const { steps, rest, weightStep, activationStep } = product
  const bytes = rowBytes(steps, rest, weightStep)
  const tokenBytes = rowBytes(steps, rest, activationStep)
  const strip = Math.max(16, Math.floor(stripBytes / bytes))
  for (const [tokens, rows] of rowsWith) {
    tileKernel(module, `${name}${tokens}`, product, { rows, tokens, flat: 8, unroll: 2 })
  }
  const params = new Array<'i32'>(5 + rowsWith.size).fill('i32')
  module.func(name, params, (f, ...locals) => {
    const [weights, activations, out, rows, outStride] = locals as [Local, Local, Local, Local, Local]
    const [strips, count, turns, from, to] = f.locals('i32', 5) as [Local, Local, Local, Local, Local]
    const groups = [...rowsWith.keys()].map(
      (tokens, kind): Code => [
        turns.set(locals[5 + kind]!),
        repeat(
          turns,
          module.call(`${name}${tokens}`, weights, from, to, count, outStride),
          increase(from, tokens * tokenBytes),
          increase(to, op('i32.mul', outStride, tokens)),
        ),
      ],
    )
    return [
      strips.set(op('i32.div_u', op('i32.add', rows, strip - 1), strip)),
      repeat(
        strips,
        count.set(op('select', strip, rows, op('i32.gt_u', rows, strip))),
        from.set(activations),
        to.set(out),
        groups,
        increase(weights, strip * bytes),
        increase(out, 4 * strip),
        rows.set(op('i32.sub', rows, strip)),
      ),
    ]
  })
}
