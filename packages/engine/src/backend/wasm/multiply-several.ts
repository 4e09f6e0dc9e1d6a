/**
 * Products of several tokens: every row is read once for all of them, rows and tokens are divided among the threads. The bits
 * of a token's results are the same whatever tokens stand beside it.
 */
import type { ProductHost } from './products.ts'
import type { Part } from './threads/pool.ts'

/** A matrix [rows, cols] at `weights`, and where its product goes; addresses and counts. */
export interface Matrix {
  readonly weights: number
  readonly out: number
  readonly rows: number
}

/** How one type of weights of one row length is multiplied with several tokens. */
export interface SeveralTokens {
  /** The same where activations are prepared alike. */
  readonly kind: unknown
  /** Numbers of tokens that between them use all of the kernel that n tokens use; the same array for the same kernel. */
  batchesLike(n: number): readonly number[]
  /** Bytes of one token's prepared activations. */
  readonly tokenBytes: number
  /** Bytes of room that each thread needs for n tokens. */
  roomBytes(n: number): number
  /** Prepares the activations of n tokens at `x`, and returns where they are: at `to`, if not where they were. */
  prepare(x: number, to: number, n: number): number
  /** The work of out [n, rows] = n tokens times the transposed rows of the matrix; `room` is that of all threads. */
  part(matrix: Matrix, prepared: number, n: number, room: number, roomBytes: number): Part
}

export interface SeveralProduct extends Matrix {
  readonly several: SeveralTokens
}

/**
 * Times the activations [n, cols] at `x`, n > 1, which are prepared once for all that take them alike; the threads take rows
 * of all matrices in one turn. All are of one row length.
 */
export function multiplySeveralTokens(
  products: readonly SeveralProduct[],
  x: number,
  n: number,
  { pool, scratch }: Pick<ProductHost, 'pool' | 'scratch'>,
): void {
  const kinds = new Map(products.map(({ several }) => [several.kind, several]))
  const roomBytes = Math.max(...products.map(({ several }) => several.roomBytes(n)))
  const room = scratch.at(
    [...kinds.values()].reduce((sum, { tokenBytes }) => sum + n * tokenBytes, pool.threads * roomBytes),
  )
  let free = room + pool.threads * roomBytes
  const prepared = new Map<unknown, number>()
  for (const [kind, several] of kinds) {
    prepared.set(kind, several.prepare(x, free, n))
    free += n * several.tokenBytes
  }
  pool.all(
    products.map(({ several, ...matrix }) =>
      several.part(matrix, prepared.get(several.kind)!, n, room, roomBytes),
    ),
  )
}

/** Operations that make a chunk of rows worth handing out, some 3 us, and that need no more than one, some 20 us. */
const chunkOps = { least: 5e5, most: 4e6 }

/** Rows of a chunk, a multiple of `tileRows`: several a thread, where there is enough to do. */
export function rowsOfChunk(rows: number, opsOfRow: number, tileRows: number, threads: number): number {
  if (threads === 1) return rows
  const ops = Math.min(chunkOps.most, Math.max(chunkOps.least, (rows * opsOfRow) / (4 * threads)))
  return tileRows * Math.ceil(ops / opsOfRow / tileRows)
}

/** Tokens whose activations are prepared together, in some 3 us: more than it takes other threads to join in. */
export function tokensOfChunk(cols: number): number {
  return Math.ceil(16_384 / cols)
}

/** How many fours, threes and twos n > 1 tokens are. */
export function inFours(n: number): [fours: number, threes: number, twos: number] {
  const [threes, twos] = (
    [
      [0, 0],
      [1, 1],
      [0, 1],
      [1, 0],
    ] as const
  )[n % 4]!
  return [(n - 3 * threes - 2 * twos) / 4, threes, twos]
}
