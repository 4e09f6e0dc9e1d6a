/**
 * Adapters as PEFT writes them: adapter_config.json beside adapter_model.safetensors. What of PEFT is more than W x + scale * b (a x), or
 * changes the base as well, is refused by the field that asks for it. PEFT 0.10 to 0.21 (`LoraConfig`).
 */
import { BadAdapterError } from '../errors.ts'
import { interleaveHeads } from '../hf/head-rows.ts'
import { layerMatrices } from '../hf/names.ts'
import { readSafetensorsFrom, type SafeTensor } from '../hf/safetensors.ts'
import type { Config } from '../model/config.ts'
import { dequantize } from '../quant/quant.ts'
import { type SourceLike, toSource } from '../source/to-source.ts'
import { type Adapter, checkFit, type LowRank, lowRank } from './adapter.ts'
import { type PeftConfig, readPeftConfig } from './peft-config.ts'

/** Modules of a layer in Hugging Face's models to matrices of GGUF's. */
const matrices: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(layerMatrices).map(([matrix, module]) => [module, matrix]),
)
const tensorName =
  /^base_model\.model\.model\.layers\.(0|[1-9]\d*)\.((?:self_attn|mlp)\.\w+)\.lora_([AB])\.weight$/

/** What a PEFT folder holds. */
export interface PeftFiles {
  /** The adapter's name, for people. */
  readonly name: string
  /** The text of adapter_config.json. */
  readonly config: string
  /** adapter_model.safetensors */
  readonly weights: SourceLike
}

/**
 * Reads an adapter of the model `base`. Throws BadAdapterError; BadSafetensorsError where the weights are no such file; SourceError, or
 * the signal's reason.
 */
export async function readPeft(
  { name, config, weights }: PeftFiles,
  base: Config,
  signal?: AbortSignal,
): Promise<Adapter> {
  const peft = readPeftConfig(config)
  const source = await toSource(weights, { signal })
  const pairs = new Map<string, Partial<Record<'A' | 'B', SafeTensor>>>()
  const modules = new Set<string>()
  for (const tensor of (await readSafetensorsFrom(source, signal)).values()) {
    const [, layer, module, half] = tensorName.exec(tensor.name) ?? []
    if (module === undefined || !Object.hasOwn(matrices, module)) {
      throw new BadAdapterError(
        `the tensor ${tensor.name} is no part of an adapter that can be applied here: of each layer those are ${Object.keys(matrices).join(', ')}`,
      )
    }
    modules.add(module)
    const matrix = `blk.${layer}.${matrices[module]}`
    pairs.set(matrix, { ...pairs.get(matrix), [half as 'A' | 'B']: tensor })
  }
  if (pairs.size === 0) throw new BadAdapterError(`${source.name} has no tensor: it changes nothing`)
  checkTargets(peft, modules)
  const values = async (tensor: SafeTensor, permuted: boolean) => {
    const { type, shape, offset, size } = tensor
    if (type === undefined) {
      throw new BadAdapterError(`the tensor ${tensor.name} is ${tensor.dtype}: F32, F16 or BF16 can be read`)
    }
    const bytes = new Uint8Array(size)
    await source.read(bytes, offset, signal)
    const numbers = new Float32Array(shape.reduce((product, dim) => product * dim, 1))
    dequantize(type, bytes, numbers)
    const isWhole = shape.length === 2 && shape[0]! % base.headDim === 0
    return {
      shape,
      values: permuted && isWhole ? interleaveHeads(numbers, base.headDim, shape[1]!) : numbers,
    }
  }
  const parts = new Map<string, LowRank>()
  for (const [matrix, { A, B }] of pairs) {
    if (!A || !B)
      throw new BadAdapterError(`${matrix} has only its lora_${A ? 'A' : 'B'}: the file is not whole`)
    const permuted = base.pairs === 'neighbours' && /attn_[qk]$/.test(matrix)
    const part = lowRank(matrix, peft.scale, await values(A, false), await values(B, permuted))
    if (part.rank !== peft.rank) {
      throw new BadAdapterError(
        `${matrix} has the rank ${part.rank}, adapter_config.json says r ${peft.rank}`,
      )
    }
    parts.set(matrix, part)
  }
  const adapter = { name, architecture: base.architecture, parts }
  checkFit(adapter, base)
  return adapter
}

/** What target_modules lists must be there, and nothing else: files of two adapters may have been mixed. */
function checkTargets({ targets }: PeftConfig, modules: ReadonlySet<string>): void {
  if (targets === undefined) return
  const isOf = (module: string, target: string): boolean => module === target || module.endsWith(`.${target}`)
  const missing = targets.find((target) => ![...modules].some((module) => isOf(module, target)))
  if (missing !== undefined) {
    throw new BadAdapterError(
      `target_modules names ${JSON.stringify(missing)}, of which adapter_model.safetensors has nothing that can be applied`,
    )
  }
  const stray = [...modules].find((module) => !targets.some((target) => isOf(module, target)))
  if (stray !== undefined) {
    throw new BadAdapterError(`adapter_model.safetensors has ${stray}, which target_modules does not name`)
  }
}
