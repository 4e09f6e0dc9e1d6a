/**
 * What training has from beginning to end: one memory, the threads that share it, products and all other kernels. Memory is never given
 * back piece by piece: a run places what it needs once, and the room goes as a whole.
 */
import { detectDot, type Kernel, LinearMemory, ModuleBuilder, ThreadPool } from '@edgewise/engine/wasm'
import { addAdamKernels } from './adam.ts'
import { type AttentionShape, addAttentionKernels, attentionScratch } from './attention.ts'
import { type Matrix, Products } from './multiply.ts'
import { addNormKernels } from './norm.ts'
import { addPackKernels } from './pack.ts'
import { addRopeKernel } from './rope.ts'
import { addRowKernels } from './rows.ts'
import { addSoftmaxKernels } from './softmax.ts'
import { addSwigluKernels } from './swiglu.ts'
import { COLS } from './tile.ts'

type KernelName =
  | 'adam'
  | 'attend'
  | 'attendGradient'
  | 'copy'
  | 'gainGradient'
  | 'gather'
  | 'lossRows'
  | 'norm'
  | 'normGradient'
  | 'rope'
  | 'scale'
  | 'scatter'
  | 'squares'
  | 'swiglu'
  | 'swigluGradient'
  | 'zero'

export interface Room extends Disposable {
  readonly memory: LinearMemory
  readonly pool: ThreadPool
  readonly products: Products
  readonly kernels: Record<KernelName, Kernel>
  /** Scratch memory of attention: the address, and bytes for each thread. */
  readonly scratch: { readonly at: number; readonly bytes: number }
  /** The address of `count` zeroed floats. Throws OutOfMemoryError. */
  place(count: number): number
  /** A matrix of zeros, with memory behind it for the rows that tiles read beyond an edge. Throws OutOfMemoryError. */
  matrix(rows: number, cols: number): Matrix
  /** A view, until memory grows. */
  floats(at: number, count: number): Float32Array<ArrayBuffer>
  ints(at: number, count: number): Int32Array<ArrayBuffer>
}

/** Throws BackendUnavailableError where the host has no SIMD, OutOfMemoryError. */
export function openRoom(attention: AttentionShape, threads: number, dot: 'plain' | 'best' = 'best'): Room {
  const memory = new LinearMemory({ shared: threads > 1 })
  const pool = new ThreadPool(memory, threads)
  const isFused = detectDot(dot === 'best') !== 'simd128'
  const module = new ModuleBuilder()
  addPackKernels(module)
  addSoftmaxKernels(module)
  addAttentionKernels(module, attention, isFused)
  addAdamKernels(module)
  addNormKernels(module)
  addRopeKernel(module)
  addRowKernels(module)
  addSwigluKernels(module)
  const kernels = pool.load<KernelName>(module)
  const products = new Products(pool, memory, isFused)
  const bytes = attentionScratch(attention)
  return {
    memory,
    pool,
    products,
    kernels,
    scratch: { at: memory.allocate(pool.threads * bytes), bytes },
    place: (count) => memory.allocate(4 * count + 64, true),
    matrix: (rows, cols) => ({ at: memory.allocate(4 * (rows + COLS) * cols + 64, true), ld: cols }),
    floats: (at, count) => new Float32Array(memory.memory.buffer as ArrayBuffer, at, count),
    ints: (at, count) => new Int32Array(memory.memory.buffer as ArrayBuffer, at, count),
    [Symbol.dispose]: () => pool.dispose(),
  }
}
