/** Rows by number: taken from a table, and added back to one. Numbers of rows are i32, widths multiples of 4. */
import {
  increase,
  type Local,
  load,
  type ModuleBuilder,
  op,
  repeat,
  store,
  vector,
} from '@edgewise/engine/wasm'

export function addRowKernels(module: ModuleBuilder): void {
  gather(module)
  scatter(module)
  copy(module)
  fill(module)
  scaleRows(module)
}

/** gather(out, table, numbers, n, width): out [n, width] = the rows of table. */
function gather(module: ModuleBuilder): void {
  module.func('gather', ['i32', 'i32', 'i32', 'i32', 'i32'], (f, out, table, numbers, n, width) => {
    const [from, left] = f.locals('i32', 2) as [Local, Local]
    return repeat(
      n,
      from.set(op('i32.add', table, op('i32.shl', op('i32.mul', load('i32.load', numbers), width), 2))),
      left.set(op('i32.shr_u', width, 2)),
      repeat(
        left,
        store('v128.store', out, 0, load('v128.load', from)),
        increase(out, 16),
        increase(from, 16),
      ),
      increase(numbers, 4),
    )
  })
}

/**
 * scatter(table, x, numbers, n, rowBytes, vectors): adds n rows to rows of table, `rowBytes` apart in both; so many fours of columns from
 * where both pointers stand. Threads divide columns, so that a row that comes twice gets its parts in their order.
 */
function scatter(module: ModuleBuilder): void {
  module.func(
    'scatter',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, table, x, numbers, n, rowBytes, vectors) => {
      const [from, to, left] = f.locals('i32', 3) as [Local, Local, Local]
      return repeat(
        n,
        from.set(x),
        to.set(op('i32.add', table, op('i32.mul', load('i32.load', numbers), rowBytes))),
        left.set(vectors),
        repeat(
          left,
          store('v128.store', to, 0, op('f32x4.add', load('v128.load', to), load('v128.load', from))),
          increase(from, 16),
          increase(to, 16),
        ),
        increase(x, rowBytes),
        increase(numbers, 4),
      )
    },
  )
}

/** copy(out, x, vectors). */
function copy(module: ModuleBuilder): void {
  module.func('copy', ['i32', 'i32', 'i32'], (_, out, x, vectors) =>
    repeat(vectors, store('v128.store', out, 0, load('v128.load', x)), increase(out, 16), increase(x, 16)),
  )
}

/** zero(out, vectors). */
function fill(module: ModuleBuilder): void {
  module.func('zero', ['i32', 'i32'], (_, out, vectors) =>
    repeat(vectors, store('v128.store', out, 0, vector.i32(0)), increase(out, 16)),
  )
}

/** scale(x, factor, vectors): x *= factor. */
function scaleRows(module: ModuleBuilder): void {
  module.func('scale', ['i32', 'f32', 'i32'], (_, x, factor, vectors) =>
    repeat(
      vectors,
      store('v128.store', x, 0, op('f32x4.mul', load('v128.load', x), op('f32x4.splat', factor))),
      increase(x, 16),
    ),
  )
}
