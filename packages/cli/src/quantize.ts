/**
 * A GGUF file of F16, BF16 or F32 weights to one of a smaller type, some rows at a time: memory stays at a few megabytes a
 * thread, whatever the model. What becomes what is planned by the engine (planQuantization); this file reads and writes.
 * The new file has its process and `.part` behind its name until it is whole and on the disk.
 */
import { availableParallelism } from 'node:os'
import {
  type ByteSource,
  byteLength,
  type FileType,
  fileTypes,
  handleSource,
  type PlannedTensor,
  planQuantization,
  type QuantizationPlan,
  readGgufFrom,
  type TensorType,
} from '@edgewise/engine'
import { type OutputFile, openInput, openOutput } from './quantize-files.ts'
import { Converters } from './quantize-threads.ts'

export interface Quantized {
  readonly input: string
  readonly output: string
  /** As the field writes it: "Q4_K_M". */
  readonly type: string
  readonly bytesIn: number
  readonly bytesOut: number
  readonly parameters: number
  /** Of the weights alone, without the metadata. */
  readonly bitsPerWeight: number
  /** How many tensors got which type. */
  readonly tensors: Partial<Record<TensorType, number>>
  readonly seconds: number
}

export interface QuantizeOptions {
  readonly signal?: AbortSignal
  /** Called after each piece with the share of all weights that is done, 0..1. */
  readonly onProgress?: (share: number) => void
}

/** Numbers converted at once. */
const PIECE = 2 ** 18

/**
 * Throws FileError; BadGgufError, UnsupportedError or BadOptionError for an input that cannot be quantised; or the
 * signal's reason. Whatever it throws, nothing is left behind, and a file that had the output's name is as it was.
 */
export async function quantizeFile(
  input: string,
  output: string,
  fileType: FileType,
  options: QuantizeOptions = {},
): Promise<Quantized> {
  const began = performance.now()
  await using reading = await openInput(input)
  const source = await handleSource(reading, input)
  const gguf = await readGgufFrom(source, options.signal)
  const plan = planQuantization(gguf, fileType)
  await using writing = await openOutput(output, plan.size, reading)
  await convertAll(source, plan, writing, options)
  options.signal?.throwIfAborted()
  await writing.finish(plan.size)
  const parameters = plan.tensors.reduce((sum, { from }) => sum + from.rows * from.cols, 0)
  const weightBytes = plan.tensors.reduce((sum, { size }) => sum + size, 0)
  return {
    input,
    output,
    type: fileTypes[fileType].label,
    bytesIn: source.size,
    bytesOut: plan.size,
    parameters,
    bitsPerWeight: (8 * weightBytes) / parameters,
    tensors: countTypes(plan.tensors),
    seconds: (performance.now() - began) / 1000,
  }
}

async function convertAll(
  source: ByteSource,
  plan: QuantizationPlan,
  writing: OutputFile,
  { signal, onProgress }: QuantizeOptions,
): Promise<void> {
  const threads = availableParallelism()
  await using converters = new Converters(threads)
  const total = plan.tensors.reduce((sum, { from }) => sum + from.size, 0)
  let done = 0
  const convert = async ({ tensor, row, rows }: Piece): Promise<void> => {
    const { from, type } = tensor
    const count = rows * from.cols
    const bytes = new Uint8Array(byteLength(from.type, count))
    const size = bytes.length
    await source.read(bytes, from.offset + byteLength(from.type, row * from.cols), signal)
    const converted =
      from.type === type
        ? bytes
        : await converters.convert({ name: from.name, bytes, count, from: from.type, to: type })
    await writing.write(converted, tensor.offset + byteLength(type, row * from.cols))
    onProgress?.((done += size) / total)
  }
  await writing.write(plan.header, 0)
  // Twice as many pieces as threads: one is converted while the other is read or written.
  const pieces = piecesOf(plan.tensors)
  const lanes = Array.from({ length: 2 * threads }, async () => {
    for (const piece of pieces) {
      signal?.throwIfAborted()
      await convert(piece)
    }
  })
  // Lanes end themselves soon after one has failed; none may still write when the file is closed.
  const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === 'rejected')
  if (failed) throw failed.reason
}

interface Piece {
  readonly tensor: PlannedTensor
  /** The first row, and how many. */
  readonly row: number
  readonly rows: number
}

function* piecesOf(tensors: readonly PlannedTensor[]): Generator<Piece, undefined> {
  for (const tensor of tensors) {
    const { rows: all, cols } = tensor.from
    const step = Math.max(1, Math.floor(PIECE / cols))
    for (let row = 0; row < all; row += step) yield { tensor, row, rows: Math.min(step, all - row) }
  }
}

function countTypes(tensors: readonly PlannedTensor[]): Partial<Record<TensorType, number>> {
  const counts: Partial<Record<TensorType, number>> = {}
  for (const { type } of tensors) counts[type] = (counts[type] ?? 0) + 1
  return counts
}
