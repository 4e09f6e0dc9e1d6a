/**
 * The fast backend: kernels emitted at load time, run on one WebAssembly memory, by the calling thread and those of its pool.
 * Weights stay as the file stores them. The same calls give the same bits on every host with relaxed SIMD whose processor
 * multiplies and adds in one rounding (x86 since 2013, all of ARM's 64 bits): integer sums are exact, products of 16-bit weights
 * whole before they are added, and attention alone depends on that instruction. How many threads there are changes no bit.
 * Shapes of heads it has no kernel for are named by `refusal` (UnsupportedError in a call). NaN and infinity in activations are
 * not carried through faithfully.
 */
import { BadOptionError, DisposedError, UnsupportedError } from '../../errors.ts'
import { byteLength, type TensorType, tensorTypes } from '../../gguf/types.ts'
import type { Activation } from '../../model/architectures.ts'
import { dequantize } from '../../quant/quant.ts'
import { version } from '../../version.ts'
import type {
  AttentionShape,
  Backend,
  Floats,
  HeadShape,
  KernelChoice,
  LayerCache,
  Product,
  RopeShape,
  SoftmaxRow,
  Weight,
} from '../backend.ts'
import { type Owner, WasmFloats, WasmWeight } from './buffers.ts'
import { type Dot, detectDot } from './features.ts'
import { type CacheShape, cacheOf, headStride, WasmLayerCache } from './layer-cache.ts'
import { multiplySeveralTokens, type SeveralProduct } from './multiply-several.ts'
import { multiplyOneToken, type OneTokenProduct } from './products.ts'
import { openGelu, openRoom, type Room } from './room.ts'
import { softmaxRows } from './softmax-rows.ts'
import { COUNT, perItem } from './threads/pool.ts'
import { offeredThreads } from './threads/spawn.ts'
import type { Rows } from './tune/race.ts'
import { hostName, memoryTuneStore, parseRecord, type TuneStore } from './tune/store.ts'

export interface WasmBackendOptions {
  /** False keeps to plain SIMD128 on a host that has relaxed SIMD too, to compare the two. */
  readonly relaxed?: boolean
  /**
   * Threads that work, the calling one included: 1 to 64. When not given, all of up to four cores and half of more, at most
   * eight. It is one thread where the host shares no memory; `threads` of the backend tells.
   */
  readonly threads?: number | undefined
}

/**
 * Throws BackendUnavailableError where WebAssembly or its SIMD is missing or the host refuses to compile it, BadOptionError and
 * OutOfMemoryError. The kernels every model needs are compiled here, so a refusal shows now and not with a model.
 */
export async function createWasmBackend(options: WasmBackendOptions = {}): Promise<Backend> {
  return openBackend(detectDot(options.relaxed), options.threads)
}

/** The backend built on one form of dot product, which the host must have. */
export function openBackend(dot: Dot, threads?: number): Backend {
  return new WasmBackend(dot, threadsFor(threads))
}

function threadsFor(asked: number | undefined): number {
  if (asked !== undefined && !(Number.isInteger(asked) && asked >= 1 && asked <= 64)) {
    throw new BadOptionError(`threads is ${asked}, not a whole number from 1 to 64`)
  }
  const offered = offeredThreads()
  // A core often counts as two, and decoding is bound by memory, which a few threads use up.
  const usual = offered <= 4 ? offered : Math.min(8, Math.max(4, Math.ceil(offered / 2)))
  return offered === 1 ? 1 : (asked ?? usual)
}

/** What a model's first opening on a host may take longer for a choice between kernels, ms. Emitting one more may exceed it a little. */
const TUNE_MS = 30

const details: Record<Dot, string> = {
  'relaxed-i32': 'relaxed SIMD, 32-bit dot products',
  'relaxed-i16': 'relaxed SIMD, 16-bit dot products',
  simd128: 'SIMD128',
}

class WasmBackend implements Backend {
  readonly name = 'wasm' as const
  readonly detail: string
  readonly #owner: Owner
  #room: Room | undefined

  constructor(dot: Dot, threads: number) {
    this.detail = details[dot]
    this.#room = openRoom(dot, threads)
    this.#owner = { memory: this.#room.memory }
  }

  get threads(): number {
    return this.#open().pool.threads
  }

  refusal(shape: HeadShape & RopeShape): string | undefined {
    return refuseHead(shape) ?? refuseGroup(shape)
  }

  floats(length: number): Floats {
    const { memory } = this.#open()
    if (!(Number.isSafeInteger(length) && length >= 0)) {
      throw new BadOptionError(`${length} is no number of floats`)
    }
    const block = { owner: this.#owner, address: memory.allocate(length * 4, true), freed: false }
    return new WasmFloats(block, block.address, length)
  }

  weight(type: TensorType, rows: number, cols: number): Weight {
    const { memory, products } = this.#open()
    const { block } = tensorTypes[type]
    if (cols % block !== 0) {
      throw new BadOptionError(`a ${type} matrix has rows of ${block} values or a multiple, not of ${cols}`)
    }
    const product = products.find(type, cols)
    const address = memory.allocate(byteLength(type, rows * cols))
    return new WasmWeight(type, rows, cols, { owner: this.#owner, address, product, freed: false })
  }

  layerCache(positions: number, shape: CacheShape): LayerCache {
    const { memory } = this.#open()
    const { kvHeads, headDim } = shape
    const bytes = 2 * kvHeads * headStride(positions, headDim)
    return new WasmLayerCache(this.#owner, memory.allocate(bytes, true), positions, { kvHeads, headDim })
  }

  /** In plain TypeScript: a row of a table is nothing beside a pass. */
  embed(out: Floats, table: Weight, tokens: readonly number[]): void {
    const { buffer } = this.#open().memory.memory
    const { place, type, rows, cols } = this.#weight(table)
    const rowBytes = byteLength(type, cols)
    let to = this.#address(out, tokens.length * cols)
    for (const token of tokens) {
      if (!(Number.isInteger(token) && token >= 0 && token < rows)) {
        throw new BadOptionError(`token ${token} is not in the table of ${rows} rows`)
      }
      const row = new Uint8Array(buffer, place.address + token * rowBytes, rowBytes)
      dequantize(type, row, new Float32Array(buffer, to, cols))
      to += cols * 4
    }
  }

  rmsNorm(out: Floats, x: Floats, gain: Floats, n: number, eps: number): void {
    const { kernels, pool } = this.#open()
    const width = gain.length
    const [to, from] = [this.#address(out, n * width), this.#address(x, n * width)]
    const row = width * 4
    pool.each(n, atLeast(8192, width), [
      {
        kernel: kernels.rmsNorm,
        args: [perItem(to, row), perItem(from, row), this.#address(gain, width), COUNT, width, eps],
      },
    ])
  }

  matmul(out: Floats, weight: Weight, x: Floats, n: number): void {
    this.matmuls([{ out, weight }], x, n)
  }

  matmuls(products: readonly Product[], x: Floats, n: number): void {
    const room = this.#open()
    const placed = products.map(({ out, weight }) => {
      const { place, rows, cols } = this.#weight(weight)
      const product = room.products.at(place.product, n)
      const [to, from] = [this.#address(out, n * rows), this.#address(x, n * cols)]
      const { oneToken, several } = product
      return { product, oneToken, several, weights: place.address, out: to, from, rows }
    })
    const ofOne = placed.filter((one): one is Placed & OneTokenProduct => one.oneToken !== undefined)
    const ofSeveral = placed.filter((one): one is Placed & SeveralProduct => one.several !== undefined)
    if (n === 1 && ofOne.length === placed.length) multiplyOneToken(ofOne, ofOne[0]!.from, room)
    else if (n > 1 && ofSeveral.length === placed.length) {
      multiplySeveralTokens(ofSeveral, ofSeveral[0]!.from, n, room)
    } else {
      for (const { product, weights, out, from, rows } of placed) {
        product.multiply(weights, from, out, rows, n)
      }
    }
    type Placed = (typeof placed)[number]
  }

  rope(x: Floats, table: Floats, start: number, n: number, shape: RopeShape): void {
    const { kernels, pool } = this.#open()
    const { heads, headDim, pairs } = shape
    const refused = refuseHead(shape)
    if (refused !== undefined) throw new UnsupportedError(refused)
    checkStart(start)
    const width = heads * headDim
    const angles = this.#address(table, (start + n) * headDim) + start * headDim * 4
    const args = [
      perItem(this.#address(x, n * width), width * 4),
      perItem(angles, headDim * 4),
      COUNT,
      heads,
      headDim / 4,
    ]
    pool.each(n, atLeast(8192, width), [{ kernel: kernels[`rope_${pairs}`], args }])
  }

  remember(cache: LayerCache, keys: Floats, values: Floats, start: number, n: number): void {
    const { kernels, pool } = this.#open()
    checkStart(start)
    const { place, shape, positions } = cacheOf(this.#owner, cache)
    const width = shape.kvHeads * shape.headDim
    checkRoom(start + n, positions)
    const row = 2 * shape.headDim
    for (const [floats, to] of [
      [keys, place.keys],
      [values, place.values],
    ] as const) {
      const from = perItem(this.#address(floats, n * width), 4 * width)
      const args = [
        from,
        perItem(to + start * row, row),
        COUNT,
        shape.kvHeads,
        shape.headDim / 4,
        place.stride,
      ]
      pool.each(n, atLeast(16_384, width), [{ kernel: kernels.remember, args }])
    }
  }

  attention(out: Floats, q: Floats, cache: LayerCache, shape: AttentionShape): void {
    const room = this.#open()
    const { n, start, heads, headDim } = shape
    checkStart(start)
    const refused = refuseHead({ headDim, pairs: 'neighbours' }) ?? refuseGroup(shape)
    if (refused !== undefined) throw new UnsupportedError(refused)
    const { place, positions } = cacheOf(this.#owner, cache, shape)
    checkRoom(start + n, positions)
    const [to, from] = [this.#address(out, n * heads * headDim), this.#address(q, n * heads * headDim)]
    room.attention.run(to, from, place, shape)
  }

  glu(gate: Floats, up: Floats, count: number, activation: Activation): void {
    const room = this.#open()
    const kernel = activation === 'silu' ? room.kernels.glu_silu : (room.gelu ??= openGelu(room))
    const args = [perItem(this.#address(gate, count), 4), perItem(this.#address(up, count), 4), COUNT]
    room.pool.each(count, 4096, [{ kernel, args }])
  }

  add(x: Floats, y: Floats, count: number): void {
    const { kernels, pool } = this.#open()
    const args = [perItem(this.#address(x, count), 4), perItem(this.#address(y, count), 4), COUNT]
    pool.each(count, 32_768, [{ kernel: kernels.add, args }])
  }

  scale(x: Floats, factor: number, count: number): void {
    const { kernels, pool } = this.#open()
    const args = [perItem(this.#address(x, count), 4), COUNT, factor]
    pool.each(count, 32_768, [{ kernel: kernels.scale, args }])
  }

  softcap(x: Floats, cap: number, count: number): void {
    const { kernels, pool } = this.#open()
    const args = [perItem(this.#address(x, count), 4), COUNT, cap]
    pool.each(count, 8192, [{ kernel: kernels.softcap, args }])
  }

  async tune(weights: readonly Weight[], store: TuneStore = memoryTuneStore): Promise<void> {
    const host = hostName(version, this.detail)
    const record = parseRecord(await store.get(host))
    const matrices = new Map<number, Rows[]>()
    for (const { place, rows } of weights.map((weight) => this.#weight(weight))) {
      const others = matrices.get(place.product) ?? []
      matrices.set(place.product, [...others, { address: place.address, rows }])
    }
    const isChanged = this.#open().products.tune(matrices, record, performance.now() + TUNE_MS)
    if (isChanged) await store.set(host, JSON.stringify(record))
  }

  kernels(): readonly KernelChoice[] {
    return this.#open().products.choices()
  }

  softmaxRows(x: Floats, n: number, width: number): SoftmaxRow[] {
    return softmaxRows(this.#open(), this.#address(x, n * width), n, width)
  }

  /** A second call does nothing. */
  dispose(): void {
    this.#room?.pool.dispose()
    this.#owner.memory = undefined
    this.#room = undefined
  }

  #open(): Room {
    if (!this.#room) throw new DisposedError('backend')
    return this.#room
  }

  /** Where the floats begin, once it is sure that they are ours, alive and at least `needed` long. */
  #address(floats: Floats, needed: number): number {
    if (!(floats instanceof WasmFloats) || floats.block.owner !== this.#owner) {
      throw new BadOptionError('these floats belong to another backend: allocate them with this one')
    }
    if (floats.block.freed) throw new DisposedError('buffer of floats')
    if (!(floats.length >= needed)) {
      throw new BadOptionError(`the operation needs ${needed} floats and the buffer has ${floats.length}`)
    }
    return floats.address
  }

  #weight(weight: Weight): WasmWeight {
    if (!(weight instanceof WasmWeight) || weight.place.owner !== this.#owner) {
      throw new BadOptionError('this weight belongs to another backend: register it with this one')
    }
    if (weight.place.freed) throw new DisposedError('weight')
    return weight
  }
}

function refuseGroup({ heads, kvHeads }: HeadShape): string | undefined {
  return heads % kvHeads === 0 ? undefined : `${heads} heads do not share ${kvHeads} kv heads evenly`
}

function refuseHead({ headDim, pairs }: Pick<RopeShape, 'headDim' | 'pairs'>): string | undefined {
  const multiple = pairs === 'neighbours' ? 4 : 8
  if (headDim % multiple === 0) return undefined
  return `heads of ${headDim} numbers: the wasm backend needs a multiple of ${multiple}; use the reference backend`
}

/** Rows of `width` numbers that are at least `numbers` together: worth a thread's while. */
function atLeast(numbers: number, width: number): number {
  return Math.ceil(numbers / width)
}

function checkRoom(needed: number, positions: number): void {
  if (needed <= positions) return
  throw new BadOptionError(`the operation needs ${needed} positions and the cache has ${positions}`)
}

function checkStart(start: number): void {
  if (Number.isSafeInteger(start) && start >= 0) return
  throw new BadOptionError(`${start} is no position: positions count from 0`)
}
