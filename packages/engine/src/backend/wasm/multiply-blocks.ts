/**
 * q8_0 and q4_0 matrices times activations, for one row length: decoding reads the weights as they are, one token at a
 * time; prefill takes tokens in fours and widens a strip of weights once for all of them.
 */
import { instantiate, type Kernel, ModuleBuilder } from './assembler.ts'
import type { Dot } from './features.ts'
import { batchKernel } from './kernels/batch.ts'
import { type BatchFormat, batchFormat } from './kernels/batch-format.ts'
import { activationBlockBytes, type BlockType } from './kernels/quantize.ts'
import { rowQ4 } from './kernels/row-q4_0.ts'
import { rowQ8 } from './kernels/row-q8_0.ts'
import { type TileShape, tileKernel } from './kernels/tile.ts'
import type { Scratch } from './memory.ts'
import type { Product } from './products.ts'

/** The kernels that serve every row length. */
export type BlockKernel = `quantize_${BlockType}` | `widen_${BlockType}` | `interleave_${BlockType}`

export interface BlockHost {
  readonly memory: WebAssembly.Memory
  readonly scratch: Scratch
  readonly dot: Dot
  readonly f16Table: number
  readonly kernels: Record<BlockKernel, Kernel>
}

const oneToken: TileShape = { rows: 4, tokens: 1, flat: 18, unroll: 2 }

/** Bytes of widened rows that serve all tokens before the next rows are read: they stay in the core's own cache. */
const stripBytes = 65_536

export function multiplyBlocks(type: BlockType, cols: number, host: BlockHost): Product {
  const { dot, f16Table, memory } = host
  const blocks = cols / 32
  const format = batchFormat(type, dot)
  const module = new ModuleBuilder()
  tileKernel(module, 'one', (type === 'q8_0' ? rowQ8 : rowQ4)(cols, dot, f16Table), oneToken)
  batchKernel(module, 'four', { format, dot, blocks, groups: 1 })
  batchKernel(module, 'eight', { format, dot, blocks, groups: 2 })
  return new BlockProduct(type, blocks, host, format, instantiate<Multiply>(module, memory))
}

type Multiply = 'one' | 'four' | 'eight'

class BlockProduct implements Product {
  readonly rowBytes: number
  readonly #blocks: number
  readonly #format: BatchFormat
  readonly #multiply: Record<Multiply, Kernel>
  readonly #quantize: Kernel
  readonly #interleave: Kernel
  readonly #widen: Kernel
  readonly #scratch: Scratch
  readonly #quantizedBytes: number

  constructor(
    type: BlockType,
    blocks: number,
    host: BlockHost,
    format: BatchFormat,
    multiply: Record<Multiply, Kernel>,
  ) {
    this.rowBytes = blocks * (type === 'q8_0' ? 34 : 18)
    this.#blocks = blocks
    this.#format = format
    this.#multiply = multiply
    this.#quantize = host.kernels[`quantize_${type}`]
    this.#interleave = host.kernels[`interleave_${type}`]
    this.#widen = host.kernels[`widen_${type}`]
    this.#scratch = host.scratch
    this.#quantizedBytes = blocks * activationBlockBytes(type, host.dot)
  }

  multiply(weights: number, x: number, out: number, rows: number, n: number): void {
    const groups = Math.floor(n / 4)
    if (groups > 0) this.#multiplyGroups(weights, x, out, rows, groups)
    const quantized = this.#scratch.at(this.#quantizedBytes)
    for (let token = 4 * groups; token < n; token++) {
      this.#quantize(x + token * this.#blocks * 128, quantized, this.#blocks)
      this.#multiply.one(weights, quantized, out + token * rows * 4, rows, rows * 4)
    }
  }

  /** `groups` * 4 tokens: strip by strip of widened weights, and within it eight tokens at a time. */
  #multiplyGroups(weights: number, x: number, out: number, rows: number, groups: number): void {
    const blocks = this.#blocks
    const { four, eight } = this.#multiply
    const groupBytes = blocks * this.#format.activationBlock
    const widenedRow = blocks * this.#format.weightBlock
    const strip = Math.max(4, Math.floor(stripBytes / widenedRow / 4) * 4)
    const activations = this.#scratch.at(groups * groupBytes + strip * widenedRow)
    const widened = activations + groups * groupBytes
    const rowBytes = blocks * 128
    for (let group = 0; group < groups; group++) {
      this.#interleave(x + group * 4 * rowBytes, activations + group * groupBytes, blocks, rowBytes)
    }
    for (let row = 0; row < rows; row += strip) {
      const count = Math.min(strip, rows - row)
      this.#widen(weights + row * this.rowBytes, widened, count * blocks)
      for (let group = 0; group < groups; ) {
        const together = Math.min(2, groups - group)
        const kernel = together === 2 ? eight : four
        kernel(widened, activations + group * groupBytes, out + (group * 4 * rows + row) * 4, count, rows * 4)
        group += together
      }
    }
  }
}
