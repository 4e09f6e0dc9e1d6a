/**
 * Adapters as GGUF files, the form llama.cpp reads (its convert_lora_to_gguf.py writes it): metadata that say so, adapter.lora.alpha, and
 * of each matrix two tensors, `<matrix>.lora_a` [rank, cols] and `<matrix>.lora_b` [rows, rank]. A rank's scale is alpha / rank; alpha 0
 * stands for a scale of 1, as there.
 */
import { BadAdapterError } from '../errors.ts'
import { findNumber, findString, type MetadataValue } from '../gguf/metadata.ts'
import { readGgufFrom, type Tensor } from '../gguf/read.ts'
import { writeGguf } from '../gguf/write.ts'
import { dequantize, quantize } from '../quant/quant.ts'
import { type SourceLike, toSource } from '../source/to-source.ts'
import { type Adapter, adaptable, type LowRank, lowRank } from './adapter.ts'

const tensorName = new RegExp(`^(blk\\.(?:0|[1-9]\\d*)\\.(?:${adaptable.join('|')}))\\.weight\\.lora_([ab])$`)

/**
 * Reads an adapter. Whether it fits a model shows when it is opened with one. Throws BadAdapterError; BadGgufError or UnsupportedError
 * where the file is no sound GGUF; SourceError, or the signal's reason.
 */
export async function readAdapter(from: SourceLike, signal?: AbortSignal): Promise<Adapter> {
  const source = await toSource(from, { signal })
  const { metadata, tensors } = await readGgufFrom(source, signal)
  const what = findString(metadata, 'general.type')
  if (what !== 'adapter') {
    throw new BadAdapterError(
      `${source.name} is no adapter: general.type is ${JSON.stringify(what ?? null)}, not "adapter"`,
    )
  }
  const kind = findString(metadata, 'adapter.type')
  if (kind !== 'lora') {
    throw new BadAdapterError(
      `adapter.type is ${JSON.stringify(kind ?? null)}: only "lora" can be applied here`,
    )
  }
  const architecture = findString(metadata, 'general.architecture')
  if (architecture === undefined) {
    throw new BadAdapterError(
      'general.architecture is missing: the adapter does not say what model it is for',
    )
  }
  const alpha = findNumber(metadata, 'adapter.lora.alpha')
  if (alpha === undefined || !Number.isFinite(alpha)) {
    throw new BadAdapterError(
      `adapter.lora.alpha is ${alpha ?? 'missing'}: without it nobody knows how much the adapter changes`,
    )
  }
  const pairs = new Map<string, Partial<Record<'a' | 'b', Tensor>>>()
  for (const tensor of tensors.values()) {
    const [, matrix, half] = tensorName.exec(tensor.name) ?? []
    if (!matrix) {
      throw new BadAdapterError(
        `the tensor ${tensor.name} is no part of an adapter that can be applied here: of each layer those are ${adaptable.join(', ')}`,
      )
    }
    pairs.set(matrix, { ...pairs.get(matrix), [half as 'a' | 'b']: tensor })
  }
  if (pairs.size === 0) throw new BadAdapterError(`${source.name} has no tensor: it changes nothing`)
  const values = async (tensor: Tensor) => {
    const bytes = new Uint8Array(tensor.size)
    await source.read(bytes, tensor.offset, signal)
    const numbers = new Float32Array(tensor.rows * tensor.cols)
    dequantize(tensor.type, bytes, numbers)
    return { shape: tensor.dims.toReversed(), values: numbers }
  }
  const parts = new Map<string, LowRank>()
  for (const [matrix, { a, b }] of pairs) {
    if (!a || !b)
      throw new BadAdapterError(`${matrix} has only its lora_${a ? 'a' : 'b'}: the file is not whole`)
    const scale = alpha === 0 ? 1 : alpha / a.rows
    parts.set(matrix, lowRank(matrix, scale, await values(a), await values(b)))
  }
  return { name: findString(metadata, 'general.name') ?? source.name, architecture, parts }
}

/**
 * The adapter as such a file, in f32. Throws BadAdapterError where scales are of different alphas, as the file has one, and for an alpha that
 * it cannot hold: 0, which would stand for a scale of 1, or one that is no finite f32.
 */
export function writeAdapter({ name, architecture, parts }: Adapter): Uint8Array<ArrayBuffer> {
  const alphas = new Set([...parts.values()].map(({ scale, rank }) => Math.fround(scale * rank)))
  if (alphas.size !== 1) {
    throw new BadAdapterError(
      `the parts of the adapter ${name} have ${alphas.size} alphas: a GGUF file has one`,
    )
  }
  const alpha = [...alphas][0]!
  if (alpha === 0 || !Number.isFinite(alpha))
    throw new BadAdapterError(`the alpha of the adapter ${name} is ${alpha}, which a GGUF file cannot hold`)
  const text = (value: string): MetadataValue => ({ type: 'string', value })
  const tensors = [...parts].flatMap(([matrix, { a, b, rank, rows, cols }]) => [
    { name: `${matrix}.weight.lora_a`, type: 'f32' as const, dims: [cols, rank], bytes: quantize('f32', a) },
    { name: `${matrix}.weight.lora_b`, type: 'f32' as const, dims: [rank, rows], bytes: quantize('f32', b) },
  ])
  const metadata = new Map<string, MetadataValue>([
    ['general.type', text('adapter')],
    ['general.architecture', text(architecture)],
    ['general.name', text(name)],
    ['adapter.type', text('lora')],
    ['adapter.lora.alpha', { type: 'float32', value: alpha }],
  ])
  return writeGguf({ metadata, tensors })
}
