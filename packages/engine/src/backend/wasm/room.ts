/** What a WASM backend has from creation to dispose: its memory, its threads, and the kernels every model needs. */
import { OutOfMemoryError } from '../../errors.ts'
import type { RopePairs } from '../../model/architectures.ts'
import { geluOfHalves } from '../gelu.ts'
import { type Kernel, ModuleBuilder } from './assembler.ts'
import { Attention } from './attention.ts'
import type { Dot } from './features.ts'
import { eachNumberKernels } from './kernels/each-number.ts'
import { geluKernel, siluKernel } from './kernels/glu.ts'
import { peakKernel } from './kernels/peak.ts'
import { rememberKernel } from './kernels/remember.ts'
import { rmsNormKernel } from './kernels/rms-norm.ts'
import { ropeKernels } from './kernels/rope.ts'
import { LinearMemory, Scratch } from './memory.ts'
import { Products } from './products.ts'
import { openTables } from './tables.ts'
import { ThreadPool } from './threads/pool.ts'

type FixedKernel =
  | 'peak'
  | 'add'
  | 'scale'
  | 'softcap'
  | 'remember'
  | 'rmsNorm'
  | 'glu_silu'
  | `rope_${RopePairs}`

export interface Room {
  readonly memory: LinearMemory
  readonly pool: ThreadPool
  readonly kernels: Record<FixedKernel, Kernel>
  readonly products: Products
  readonly attention: Attention
  readonly scratch: Scratch
  /** With its table of 256 KB: there once it was asked for. */
  gelu?: Kernel
}

export function openRoom(dot: Dot, threads: number): Room {
  const memory = openMemory(threads)
  const pool = new ThreadPool(memory, memory.isShared ? threads : 1)
  const tables = openTables(memory)
  const module = new ModuleBuilder()
  eachNumberKernels(module)
  peakKernel(module)
  siluKernel(module)
  rememberKernel(module)
  rmsNormKernel(module)
  ropeKernels(module)
  const kernels = pool.load<FixedKernel>(module)
  const scratch = new Scratch(memory)
  const products = new Products({ memory, pool, scratch, dot, ...tables })
  const attention = new Attention(pool, scratch, dot !== 'simd128')
  return { memory, pool, kernels, products, scratch, attention }
}

/** Memory for threads to share; a host that gives no such memory may still give one of its own. */
function openMemory(threads: number): LinearMemory {
  if (threads > 1) {
    try {
      return new LinearMemory({ shared: true })
    } catch (error) {
      if (!(error instanceof OutOfMemoryError)) throw error
    }
  }
  return new LinearMemory()
}

export function openGelu({ memory, pool }: Room): Kernel {
  const table = memory.allocate(4 * 65_536)
  new Float32Array(memory.memory.buffer, table, 65_536).set(geluOfHalves())
  const module = new ModuleBuilder()
  geluKernel(module, table)
  return pool.load<'glu_gelu'>(module).glu_gelu
}
