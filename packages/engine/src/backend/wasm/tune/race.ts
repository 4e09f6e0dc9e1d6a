/**
 * Which of several products is the fastest on this host for one token: all of them read the model's own weights in turn, in short
 * runs, and the best run of each counts. Interleaved, so that what slows the machine down slows all; the best, because what a run
 * loses to other processes says nothing of the kernel. Hosts first compile quickly and then again, well, after some work and
 * beside it: so a kernel must have had its time before it is judged.
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
  /** Which of them. */
  readonly winner: number
  /** 10^9 bytes of weights a second, one thread, in its best run. */
  readonly gbPerSecond: number
}

/** What each runs, ms, before it is judged: a few for the host to compile it well, and some that count. */
const EACH_MS = 4
/** What another must gain on the first: less may be chance. */
const GAIN = 1.08
/** Bytes of weights of a call: far more than what starting it costs, and short enough to be interleaved. */
const PIECE_BYTES = 2 ** 18
/** The length of a run, ms, and how many steps of the host's clock it has at least. */
const RUN_MS = 0.2
const CLOCK_STEPS = 10

/** What a race of so many takes, ms. */
export function raceMs(entrants: number): number {
  return entrants * Math.max(EACH_MS, 4 * runMs())
}

/** `matrices` have rows of `rowBytes` bytes. Memory is taken and given back. */
export function race(
  entrants: readonly OneToken[],
  matrices: readonly Rows[],
  rowBytes: number,
  memory: LinearMemory,
): RaceResult {
  const pieces = cut(matrices, rowBytes)
  const activations = memory.allocate(Math.max(...entrants.map((one) => one.activationBytes)), true)
  const out = memory.allocate(4 * Math.max(...pieces.map(({ rows }) => rows)))
  const alone = new ThreadPool(memory, 1)
  const least = runMs()
  let next = 0
  /** Bytes a ms. */
  const run = (oneToken: OneToken): number => {
    const begin = performance.now()
    for (let bytes = 0; ; ) {
      const { address, rows } = pieces[next++ % pieces.length]!
      alone.all([oneToken.part(address, activations, out, rows)])
      bytes += rows * rowBytes
      const ms = performance.now() - begin
      if (ms >= least) return bytes / ms
    }
  }
  const best = entrants.map(() => 0)
  for (const end = performance.now() + raceMs(entrants.length); performance.now() < end; ) {
    entrants.forEach((oneToken, i) => {
      best[i] = Math.max(best[i]!, run(oneToken))
    })
  }
  memory.release(out)
  memory.release(activations)
  const fastest = best.indexOf(Math.max(...best))
  const winner = best[fastest]! > GAIN * best[0]! ? fastest : 0
  return { winner, gbPerSecond: best[winner]! / 1e6 }
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

/** Longer where the host's clock is coarse: 0.1 ms in a page that is not isolated. */
function runMs(): number {
  const begin = performance.now()
  let now = begin
  while (now === begin) now = performance.now()
  return Math.max(RUN_MS, CLOCK_STEPS * (now - begin))
}
