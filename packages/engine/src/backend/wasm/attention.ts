/**
 * Attention on the pool's threads: which kernels a call takes, and how its work is divided. What a row's result is does not
 * depend on it (kernels/attend.ts). With many rows threads share them out, a tile each; with few they share the blocks of the
 * cache, and what each made of a block is joined afterwards.
 */
import type { AttentionShape } from '../backend.ts'
import { type Kernel, ModuleBuilder } from './assembler.ts'
import { attendKernel, finishKernel, packKernel } from './kernels/attend.ts'
import { type AttentionForm, BLOCK, scoreBytes, stateBytes } from './kernels/attention-form.ts'
import type { CachePlace } from './layer-cache.ts'
import type { Scratch } from './memory.ts'
import { COUNT, perItem, perThread, type ThreadPool } from './threads/pool.ts'

type Kernels = Record<'attentionPack' | 'attend' | 'attentionFinish', Kernel>

/** Query positions of a tile: what is read of the cache serves them all, while it is in the core's own cache. */
const TILE_POSITIONS = 8
/** Products below which threads are not worth waking: some ten microseconds of one. */
const FEW_PRODUCTS = 200_000
/** The most that unfinished rows of blocks may take. */
const MOST_STATES = 2 ** 20

export class Attention {
  readonly #pool: ThreadPool
  readonly #scratch: Scratch
  readonly #relaxed: boolean
  readonly #made: { readonly form: AttentionForm; readonly kernels: Kernels }[] = []

  constructor(pool: ThreadPool, scratch: Scratch, relaxed: boolean) {
    this.#pool = pool
    this.#scratch = scratch
    this.#relaxed = relaxed
  }

  /** out and q [n, heads, headDim]; the cache holds all that the positions see. */
  run(out: number, q: number, { keys, values, stride }: CachePlace, shape: AttentionShape): void {
    const { n, start, heads, kvHeads, headDim, scale, causal, softcap } = shape
    const { threads } = this.#pool
    const end = start + n
    const window = shape.window > 0 ? shape.window : end
    const rows = (n * heads) / kvHeads
    const rowsAtOnce = chooseRows(rows)
    const form = { heads, kvHeads, headDim, scale, causal, softcap, relaxed: this.#relaxed, rowsAtOnce }
    const { attentionPack, attend, attentionFinish } = this.#kernels(form)

    const upTo = (count: number): number => rowsAtOnce * Math.ceil(count / rowsAtOnce)
    const allRows = upTo(rows)
    const state = allRows * kvHeads * stateBytes(headDim)
    const firstSeen = Math.max(0, start + 1 - window)
    const blocks = Math.ceil(end / BLOCK) - Math.floor(firstSeen / BLOCK)
    const tileRows = Math.min(allRows, upTo((TILE_POSITIONS * heads) / kvHeads))
    const tiles = Math.ceil(allRows / tileRows)
    const isApart =
      threads > 1 && blocks > 1 && kvHeads * tiles < 4 * threads && blocks * state <= MOST_STATES
    const division = isApart ? [1, allRows, allRows, blocks] : [tiles, tileRows, allRows, 1]

    // No two threads' scratch in one line of the cores' caches.
    const scores = 128 * Math.ceil(scoreBytes(form) / 128)
    const packed = allRows * 4 * headDim
    const place = this.#scratch.at(scores * threads + packed * kvHeads + state * division[3]!)
    const queries = place + scores * threads
    const states = queries + packed * kvHeads
    attentionPack(q, queries, n, allRows - rows, packed)
    const attending = {
      kernel: attend,
      args: [
        ...[queries, keys, values, stride, states, perThread(place, scores), perItem(0, 1), COUNT],
        ...[...division, start, end, window],
      ],
    }
    const finishing = { kernel: attentionFinish, args: [states, out, perItem(0, 1), COUNT, ...division, n] }
    const isSmall = 2 * n * heads * headDim * (end - firstSeen) < FEW_PRODUCTS
    if (!isApart) {
      const items = kvHeads * tiles
      this.#pool.each(items, isSmall ? items : 1, [attending, finishing])
      return
    }
    const items = kvHeads * blocks
    this.#pool.each(items, isSmall ? items : Math.ceil(items / (8 * threads)), [attending])
    this.#pool.each(kvHeads, isSmall ? kvHeads : 1, [finishing])
  }

  #kernels(form: AttentionForm): Kernels {
    const keys = Object.keys(form) as (keyof AttentionForm)[]
    const found = this.#made.find((made) => keys.every((key) => made.form[key] === form[key]))
    if (found) return found.kernels
    const module = new ModuleBuilder()
    packKernel(module, form)
    attendKernel(module, form)
    finishKernel(module, form)
    const kernels = this.#pool.load<keyof Kernels>(module)
    this.#made.push({ form, kernels })
    return kernels
  }
}

/** Of 1 to 6 rows at once what takes `rows` fastest: k of them take about k + 1.1 times as long as a further one. */
function chooseRows(rows: number): number {
  const cost = (k: number): number => Math.ceil(rows / k) * (k + 1.1)
  return [1, 2, 3, 4, 5, 6].reduce((best, k) => (cost(k) < cost(best) ? k : best))
}
