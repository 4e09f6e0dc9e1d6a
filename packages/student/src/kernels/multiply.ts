/**
 * Products of f32 matrices on all threads, in the three forms that a linear layer and its gradients need. The right side is packed
 * (pack.ts) and the rows of the result are handed out in tiles; each number of the result is one running sum over k, so neither
 * threads nor blocks change a bit of it. Matrices lie row by row; `ld` is floats from a row to the next.
 */
import {
  type Arg,
  COUNT,
  type Code,
  type FunctionBuilder,
  increase,
  type Kernel,
  type LinearMemory,
  type Local,
  ModuleBuilder,
  op,
  perItem,
  perThread,
  repeat,
  type ThreadPool,
  when,
} from '@edgewise/engine/wasm'
import { addPackKernels, K_BLOCK, packedFloats, smaller } from './pack.ts'
import { addTile, COLS, ROWS } from './tile.ts'

/** Tiles of rows that are taken at once: 96 rows of a block of k stay in the second cache. */
const GRAIN = 16
/** Panels packed at once. */
const PANEL_GRAIN = 8

/** A matrix in memory: its address, and floats from a row to the next. */
export interface Matrix {
  readonly at: number
  readonly ld: number
}

/** The right side of products, packed. */
export interface Packed {
  readonly at: number
  readonly n: number
  readonly k: number
}

export class Products {
  readonly #pool: ThreadPool
  readonly #isFused: boolean
  readonly #pack: Record<'packColumns' | 'packRows', Kernel>
  readonly #left: Kernel
  readonly #byStride: Map<number, Kernel> = new Map()
  /** Of each thread: a block of the left side, packed. */
  readonly #scratch: number

  /** `isFused`: whether the host multiplies and adds in one instruction (relaxed SIMD). */
  constructor(pool: ThreadPool, memory: LinearMemory, isFused: boolean) {
    this.#pool = pool
    this.#isFused = isFused
    const module = new ModuleBuilder()
    addPackKernels(module)
    addLeftProduct(module, isFused)
    const kernels = pool.load<'packColumns' | 'packRows' | 'multiplyLeft'>(module)
    this.#pack = kernels
    this.#left = kernels.multiplyLeft
    this.#scratch = memory.allocate(pool.threads * SCRATCH_BYTES)
  }

  /** The transpose of w [n, k] as a right side, at `at` (`packedFloats(n, k)` floats). */
  packTransposed(at: number, w: Matrix, n: number, k: number): Packed {
    return this.#packed('packRows', at, w, n, k, 4 * COLS * w.ld)
  }

  /** w [k, n] as a right side. */
  pack(at: number, w: Matrix, n: number, k: number): Packed {
    return this.#packed('packColumns', at, w, n, k, 4 * COLS)
  }

  /** c [m, n] = a [m, k] x right, or += where it goes on. n is a multiple of 4. */
  multiply(c: Matrix, a: Matrix, right: Packed, m: number, goesOn: boolean): void {
    this.#pool.each(Math.ceil(m / ROWS), GRAIN, [
      {
        kernel: this.#kernel(a.ld),
        args: [
          perItem(a.at, 4 * ROWS * a.ld),
          right.at,
          perItem(c.at, 4 * ROWS * c.ld),
          4 * c.ld,
          COUNT,
          perItem(m, -ROWS),
          right.n,
          right.k,
          goesOn ? 1 : 0,
        ],
      },
    ])
  }

  /** c [m, n] += the transpose of a [k, m] x right, which is [k, n]. n is a multiple of 4. */
  addTransposed(c: Matrix, a: Matrix, right: Packed, m: number): void {
    this.#pool.each(Math.ceil(m / ROWS), GRAIN, [
      {
        kernel: this.#left,
        args: [
          perItem(a.at, 4 * ROWS),
          4 * a.ld,
          right.at,
          perItem(c.at, 4 * ROWS * c.ld),
          4 * c.ld,
          COUNT,
          perItem(m, -ROWS),
          right.n,
          right.k,
          perThread(this.#scratch, SCRATCH_BYTES),
        ],
      },
    ])
  }

  #packed(
    form: 'packColumns' | 'packRows',
    at: number,
    w: Matrix,
    n: number,
    k: number,
    step: number,
  ): Packed {
    this.#pool.each(Math.ceil(n / COLS), PANEL_GRAIN, [
      {
        kernel: this.#pack[form],
        args: [
          perItem(w.at, step),
          4 * w.ld,
          at,
          4 * packedFloats(n, Math.min(k, K_BLOCK)),
          k,
          perItem(0, 1),
          COUNT,
        ],
      },
    ])
    return { at, n, k }
  }

  #kernel(ld: number): Kernel {
    let kernel = this.#byStride.get(ld)
    if (!kernel) {
      const module = new ModuleBuilder()
      addProduct(module, 4 * ld, this.#isFused)
      kernel = this.#pool.load<'multiply'>(module).multiply
      this.#byStride.set(ld, kernel)
    }
    return kernel
  }
}

/** What packLeft writes for the most tiles that a thread takes; a pool of one thread takes them in turns (multiplyLeft). */
const SCRATCH_BYTES = 4 * ROWS * GRAIN * K_BLOCK

/** multiply(a, b, c, ldc, tiles, rowsLeft, cols, k, goesOn), for rows of A that lie `lda` bytes apart. */
function addProduct(module: ModuleBuilder, lda: number, isFused: boolean): void {
  const strides = { aRow: lda, aK: 4, bK: 4 * COLS }
  addTile(module, 'tile', strides, isFused, false)
  addTile(module, 'edge', strides, isFused, true)
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func('multiply', params, (f, a, b, c, ldc, tiles, rowsLeft, cols, k, goesOn) => {
    const [blocks, size, rows] = f.locals('i32', 3) as [Local, Local, Local]
    return [
      rows.set(smaller(op('i32.mul', tiles, ROWS), rowsLeft)),
      blocks.set(op('i32.div_u', op('i32.add', k, K_BLOCK - 1), K_BLOCK)),
      repeat(
        blocks,
        size.set(smaller(k, K_BLOCK)),
        k.set(op('i32.sub', k, size)),
        panels(module, f, { a, aStep: ROWS * lda, b, c, ldc, rows, cols, k: size, goesOn }),
        increase(a, op('i32.shl', size, 2)),
        goesOn.set(1),
      ),
    ]
  })
}

/**
 * multiplyLeft(src, ld, b, c, ldc, tiles, rowsLeft, cols, k, scratch): adds to C; the left side lies k by k, `ld` bytes apart, and is packed
 * for GRAIN tiles and a block of k at a time.
 */
function addLeftProduct(module: ModuleBuilder, isFused: boolean): void {
  const strides = { aRow: 4, aK: 4 * ROWS, bK: 4 * COLS }
  addTile(module, 'tile', strides, isFused, false)
  addTile(module, 'edge', strides, isFused, true)
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func('multiplyLeft', params, (f, src, ld, b, c, ldc, tiles, rowsLeft, cols, k, scratch) => {
    const [blocks, size, rows, kLeft, from, panel] = f.locals('i32', 6) as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ]
    const [turns, now, goesOn] = f.locals('i32', 3) as [Local, Local, Local]
    return [
      goesOn.set(1),
      turns.set(op('i32.div_u', op('i32.add', tiles, GRAIN - 1), GRAIN)),
      repeat(
        turns,
        now.set(smaller(tiles, GRAIN)),
        tiles.set(op('i32.sub', tiles, now)),
        rows.set(smaller(op('i32.mul', now, ROWS), rowsLeft)),
        rowsLeft.set(op('i32.sub', rowsLeft, rows)),
        kLeft.set(k),
        from.set(src),
        panel.set(b),
        blocks.set(op('i32.div_u', op('i32.add', k, K_BLOCK - 1), K_BLOCK)),
        repeat(
          blocks,
          size.set(smaller(kLeft, K_BLOCK)),
          kLeft.set(op('i32.sub', kLeft, size)),
          module.call('packLeft', from, ld, scratch, size, now),
          panels(module, f, {
            a: scratch,
            aStep: op('i32.mul', size, 4 * ROWS),
            b: panel,
            c,
            ldc,
            rows,
            cols,
            k: size,
            goesOn,
          }),
          increase(from, op('i32.mul', ld, size)),
        ),
        increase(src, 4 * ROWS * GRAIN),
        increase(c, op('i32.mul', ldc, ROWS * GRAIN)),
      ),
    ]
  })
}

interface Panels {
  readonly a: Local
  /** Bytes from a tile of A to the next. */
  readonly aStep: Arg
  /** Moved on to the next block. */
  readonly b: Local
  readonly c: Local
  readonly ldc: Local
  readonly rows: Local
  readonly cols: Local
  readonly k: Local
  readonly goesOn: Local
}

/** One block of k: panel after panel of B, and for each all tiles of rows. */
function panels(module: ModuleBuilder, f: FunctionBuilder, p: Panels): Code {
  const [left, vectors, at, to, tiles, rows] = f.locals('i32', 6) as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ]
  const [count, column] = [f.local('i32'), f.local('i32')]
  const onward: Code = [increase(at, p.aStep), increase(to, op('i32.mul', p.ldc, ROWS))]
  return [
    left.set(p.cols),
    column.set(p.c),
    count.set(op('i32.div_u', op('i32.add', p.cols, COLS - 1), COLS)),
    repeat(
      count,
      at.set(p.a),
      to.set(column),
      rows.set(p.rows),
      vectors.set(op('i32.shr_u', smaller(left, COLS), 2)),
      when(
        op('i32.gt_u', vectors, COLS / 4 - 1),
        tiles.set(op('i32.div_u', rows, ROWS)),
        rows.set(op('i32.rem_u', rows, ROWS)),
        repeat(tiles, module.call('tile', at, p.b, to, p.ldc, p.k, p.goesOn), onward),
      ),
      tiles.set(op('i32.div_u', op('i32.add', rows, ROWS - 1), ROWS)),
      repeat(
        tiles,
        module.call('edge', at, p.b, to, p.ldc, p.k, p.goesOn, rows, vectors),
        rows.set(op('i32.sub', rows, ROWS)),
        onward,
      ),
      left.set(op('i32.sub', left, COLS)),
      increase(column, 4 * COLS),
      increase(p.b, op('i32.mul', p.k, 4 * COLS)),
    ),
  ]
}
