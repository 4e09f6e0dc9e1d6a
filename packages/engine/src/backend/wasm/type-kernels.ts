/** The kernels of one tensor type that serve every row length: each set is a module of its own, emitted when asked for. */
import { type BlockType, isBlockType, type SuperBlockType } from '../../quant/blocks.ts'
import { type Kernel, ModuleBuilder } from './assembler.ts'
import { detectEightBits } from './features.ts'
import { type ActivationFormat, activationFormat } from './kernels/activation-format.ts'
import { type BatchFormat, batchFormat } from './kernels/batch-format.ts'
import { batchQuantizeKernel } from './kernels/batch-quantize.ts'
import { blockFormat } from './kernels/blocks.ts'
import { quantizeKernel } from './kernels/quantize.ts'
import { superBlockFormat } from './kernels/super-blocks.ts'
import type { FormatHost, WeightFormat } from './kernels/weight-format.ts'
import type { ThreadPool } from './threads/pool.ts'

export type QuantType = BlockType | SuperBlockType

export interface KernelHost extends FormatHost {
  readonly pool: ThreadPool
}

export interface BlockKernels {
  readonly format: WeightFormat
  readonly activation: ActivationFormat
  readonly batch: BatchFormat
  /** quantize(x, out, blocks): one token's activations as the row kernel reads them. */
  readonly quantize: Kernel
  /** batchQuantize(x, out, blocks): activations as the batch kernels read them. */
  readonly batchQuantize: Kernel
}

export function blockKernels(type: QuantType, host: KernelHost): BlockKernels {
  const format = weightFormat(type, host)
  const activation = activationFormat(format, host.dot)
  const batch = batchFormat(format, host.dot, detectEightBits(host.dot))
  const module = new ModuleBuilder()
  quantizeKernel(module, 'quantize', format, activation)
  batchQuantizeKernel(module, 'batchQuantize', batch)
  const kernels = host.pool.load<'quantize' | 'batchQuantize'>(module)
  return { format, activation, batch, ...kernels }
}

function weightFormat(type: QuantType, host: FormatHost): WeightFormat {
  return isBlockType(type) ? blockFormat(type, host) : superBlockFormat(type, host)
}
