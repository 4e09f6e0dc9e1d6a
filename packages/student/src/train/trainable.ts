/**
 * A model whose weights can change: one GGUF file of the llama family in f32, and back to a file with all of its metadata. What cannot be
 * trained is refused when it is opened.
 */
import {
  type Config,
  convertRows,
  dequantize,
  type FileType,
  type Gguf,
  type GgufTensor,
  type Metadata,
  type MetadataValue,
  planQuantization,
  readConfig,
  readGguf,
  Tokenizer,
  tensorBytes,
  writeGguf,
} from '@edgewise/engine'
import { StudentError } from '../errors.ts'
import { entryOf, type Layout, layoutOf, type ModelShape, parametersOf } from './layout.ts'

export class Trainable {
  readonly config: Config
  readonly shape: ModelShape
  readonly metadata: Metadata
  readonly tokenizer: Tokenizer
  readonly layout: Layout
  /** [layout.size] */
  readonly weights: Float32Array<ArrayBuffer>
  /** [headDim / 2] what Llama 3 divides each pair's frequency by; it is not trained. */
  readonly ropeFactors: Float32Array<ArrayBuffer> | undefined
  /** Tensors in the order of their file. */
  readonly #order: readonly string[]

  /** Made by `openTrainable` and `freshModel`. */
  constructor(
    parts: Omit<Trainable, 'gguf' | 'layout' | 'tensor' | 'parameters'> & { order: readonly string[] },
  ) {
    this.config = parts.config
    this.shape = parts.shape
    this.metadata = parts.metadata
    this.tokenizer = parts.tokenizer
    this.layout = layoutOf(parts.shape)
    this.weights = parts.weights
    this.ropeFactors = parts.ropeFactors
    this.#order = parts.order
  }

  /** Numbers in all tensors. */
  get parameters(): number {
    return this.layout.parameters
  }

  /** [rows, cols] the weights of one tensor: a view, not a copy. */
  tensor(name: string): Float32Array<ArrayBuffer> {
    const { offset, rows, cols } = entryOf(this.layout, name)
    return this.weights.subarray(offset, offset + rows * cols)
  }

  /** The file: F32, or quantised. Throws BadOptionError when a weight is not finite. */
  gguf(fileType?: FileType): Uint8Array<ArrayBuffer> {
    const tensors = this.#order.map((name): GgufTensor => {
      const isFactors = name === 'rope_freqs.weight'
      const values = isFactors ? this.ropeFactors! : this.tensor(name)
      const { rows, cols } = isFactors ? { rows: 1, cols: values.length } : entryOf(this.layout, name)
      const dims = rows === 1 ? [cols] : [cols, rows]
      return {
        name,
        type: 'f32',
        dims,
        bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      }
    })
    const metadata = new Map<string, MetadataValue>(this.metadata)
    metadata.delete('general.quantization_version')
    // LLAMA_FTYPE_ALL_F32.
    metadata.set('general.file_type', { type: 'uint32', value: 0 })
    const plain = writeGguf({ metadata, tensors })
    return fileType === undefined ? plain : quantized(plain, fileType)
  }
}

function quantized(plain: Uint8Array<ArrayBuffer>, fileType: FileType): Uint8Array<ArrayBuffer> {
  const plan = planQuantization(readGguf(plain), fileType)
  const file = new Uint8Array(plan.size)
  file.set(plan.header)
  for (const { from, type, offset } of plan.tensors) {
    const bytes = tensorBytes(plain, from) as Uint8Array<ArrayBuffer>
    file.set(convertRows(from.name, bytes, from.rows * from.cols, from.type, type), offset)
  }
  return file
}

/**
 * Opens a GGUF file of the llama family; quantised weights become f32. Throws StudentError `model_untrainable`, and BadGgufError or
 * UnsupportedError as the engine does.
 */
export async function openTrainable(file: Uint8Array): Promise<Trainable> {
  const gguf = readGguf(file)
  const config = trainableConfig(gguf.metadata)
  const tokenizer = await Tokenizer.open(gguf.metadata)
  const shape = { ...config, vocab: tokenizer.size, tied: !gguf.tensors.has('output.weight') }
  refuseSize(shape)
  if (shape.layers > gguf.tensors.size)
    throw untrainable(
      `has ${shape.layers} layers by its header and ${gguf.tensors.size} tensors: the file is not complete`,
    )
  const layout = layoutOf(shape)
  const weights = new Float32Array(layout.size)
  for (const { name, rows, cols, offset } of layout.entries.values()) {
    readTensor(gguf, file, name, rows, cols, weights.subarray(offset, offset + rows * cols))
  }
  let ropeFactors: Float32Array<ArrayBuffer> | undefined
  if (gguf.tensors.has('rope_freqs.weight')) {
    ropeFactors = new Float32Array(config.headDim / 2)
    readTensor(gguf, file, 'rope_freqs.weight', 1, config.headDim / 2, ropeFactors)
  }
  const order = [...gguf.tensors.keys()]
  const unknown = order.find((name) => !layout.entries.has(name) && name !== 'rope_freqs.weight')
  if (unknown !== undefined) throw untrainable(`has the tensor ${unknown}, which the trainer does not know`)
  return new Trainable({ config, shape, metadata: gguf.metadata, tokenizer, weights, ropeFactors, order })
}

function readTensor(
  gguf: Gguf,
  file: Uint8Array,
  name: string,
  rows: number,
  cols: number,
  out: Float32Array,
): void {
  const tensor = gguf.tensors.get(name)
  if (!tensor) throw untrainable(`lacks the tensor ${name}: the file is not a complete model`)
  if (tensor.rows !== rows || tensor.cols !== cols) {
    throw untrainable(`has ${name} as [${tensor.rows}, ${tensor.cols}], not [${rows}, ${cols}]`)
  }
  dequantize(tensor.type, tensorBytes(file, tensor), out)
  if (!out.every(Number.isFinite)) throw untrainable(`has a number in ${name} that is not finite`)
}

/** Throws StudentError `model_untrainable` for a family, a width or a cap that the kernels are not written for. */
export function trainableConfig(metadata: Metadata): Config {
  const config = readConfig(metadata)
  if (config.architecture !== 'llama')
    throw untrainable(`is of the family ${config.architecture}; only llama is trained here`)
  if (config.attentionSoftcap !== 0 || config.finalSoftcap !== 0)
    throw untrainable('caps its scores or logits, which is not trained here')
  for (const width of ['dim', 'hiddenDim', 'headDim'] as const) {
    if (config[width] % 4 !== 0) throw untrainable(`has a ${width} of ${config[width]}, not a multiple of 4`)
  }
  return config
}

/** What 32-bit addresses leave for weights, beside activations: 700 million floats. */
const MOST_PARAMETERS = 700e6

/** Throws StudentError `model_untrainable`. */
export function refuseSize(shape: ModelShape): void {
  const parameters = parametersOf(shape)
  if (parameters > MOST_PARAMETERS)
    throw untrainable(`has ${parameters} parameters, more than the ${MOST_PARAMETERS} that fit`)
}

export function untrainable(what: string): StudentError {
  return new StudentError(
    'model_untrainable',
    `the model ${what}: export the examples for a Python trainer, and import what it gives back`,
  )
}
