/**
 * Which shape of a kernel is the fastest on this host: all of them read the model's own weights in turn, in short runs, and the
 * best run of each counts. Interleaved, so that what slows the machine down slows all; the best, because what a run loses to
 * other processes says nothing of the kernel. Hosts first compile quickly and then again, well, after some work and beside it:
 * so a shape must have had its time before it is judged.
 */
import type { LinearMemory } from '../memory.ts'
import { ThreadPool } from '../threads/pool.ts'
import type { OneToken } from './one-token.ts'

/** Rows of a matrix in memory. */
export interface Rows {
  readonly address: number
  readonly rows: number
}

export interface RaceResult {
  readonly shape: OneToken['shape']
  /** 10^9 bytes of weights a second, one thread, in its best run. */
  readonly gbPerSecond: number
}

/** What a shape runs, ms, before it is judged: a few for the host to compile it well, and some that count. */
const SHAPE_MS = 4
/** What a shape must gain on the usual one: less may be chance. */
const GAIN = 1.03
/** Bytes of weights of a call: far more than what starting it costs, and short enough to be interleaved. */
const PIECE_BYTES = 2 ** 18
/** The length of a run, ms, and how many steps of the host's clock it has at least. */
const RUN_MS = 0.2
const CLOCK_STEPS = 10

/**
 * `matrices` have rows of `rowBytes` bytes. The chosen shape is in use afterwards; undefined, and the usual one is, when the time
 * was up (`performance.now()` at `deadline`) before all shapes could be judged. Memory is taken and given back.
 */
export function race(
  oneToken: OneToken,
  matrices: readonly Rows[],
  rowBytes: number,
  memory: LinearMemory,
  deadline: number,
): RaceResult | undefined {
  const pieces = cut(matrices, rowBytes)
  const runMs = Math.max(RUN_MS, CLOCK_STEPS * clockStep())
  const shapes = oneToken.shapes
  const turnMs = Math.max(SHAPE_MS, 4 * runMs) * shapes.length
  for (const shape of shapes) {
    if (performance.now() + turnMs > deadline) return undefined
    oneToken.kernel(shape)
  }
  const activations = memory.allocate(oneToken.activationBytes, true)
  const out = memory.allocate(4 * Math.max(...pieces.map(({ rows }) => rows)))
  const alone = new ThreadPool(memory, 1)
  let next = 0
  /** Bytes a ms. */
  const run = (shape: OneToken['shape']): number => {
    oneToken.use(shape)
    const begin = performance.now()
    for (let bytes = 0; ; next++) {
      const { address, rows } = pieces[next % pieces.length]!
      alone.all([oneToken.part(address, activations, out, rows)])
      bytes += rows * rowBytes
      const ms = performance.now() - begin
      if (ms >= runMs) return bytes / ms
    }
  }
  const best = shapes.map(() => 0)
  const end = performance.now() + turnMs
  while (performance.now() < end) {
    shapes.forEach((shape, i) => {
      best[i] = Math.max(best[i]!, run(shape))
    })
  }
  memory.release(out)
  memory.release(activations)
  const fastest = best.indexOf(Math.max(...best))
  const chosen = best[fastest]! > GAIN * best[0]! ? fastest : 0
  oneToken.use(shapes[chosen]!)
  return { shape: shapes[chosen]!, gbPerSecond: best[chosen]! / 1e6 }
}

function cut(matrices: readonly Rows[], rowBytes: number): Rows[] {
  const most = Math.max(8, Math.floor(PIECE_BYTES / rowBytes))
  return matrices.flatMap(({ address, rows }) =>
    Array.from({ length: Math.ceil(rows / most) }, (_, i) => ({
      address: address + i * most * rowBytes,
      rows: Math.min(most, rows - i * most),
    })),
  )
}

/** The finest difference the host's clock shows, ms: 0.1 in a page that is not isolated. */
function clockStep(): number {
  const begin = performance.now()
  let now = begin
  while (now === begin) now = performance.now()
  return now - begin
}
