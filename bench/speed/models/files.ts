/**
 * The timed models as files in the system's temporary folder, made once and found again: real headers, and matrices that
 * are one piece of random blocks over and over, so that a gigabyte takes a second. The numbers are of a size that real
 * weights have (standard deviation 0.05): no scale and no activation comes near what floats write as denormals, which
 * processors take several times as long for, and all logits are finite.
 */
import { createHash } from 'node:crypto'
import { mkdir, open, rename, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from '../../../packages/engine/src/generate/random.ts'
import type { TensorType } from '../../../packages/engine/src/gguf/types.ts'
import type { GgufHeader, PlacedTensor } from '../../../packages/engine/src/gguf/write.ts'
import { quantize } from '../../../packages/engine/src/quant/quant.ts'
import { factorsOf, headerOf, type Shape } from './shapes.ts'

export interface ModelFile {
  readonly path: string
  readonly size: number
  /** Bytes of all matrices, each of which a decoded token reads once: the head is the embedding. */
  readonly bytesPerToken: number
}

/** Weights in a piece: a multiple of every block, and of no row's length that a model has. */
const PIECE = 256 * 1021
const STD = 0.05
/** Part of the key of a file: another number where what the pieces hold is changed. */
const EDITION = 1

/** Finds the file or makes it; `made` is told once it is clear that it has to be made. */
export async function modelFile(shape: Shape, made: () => void = () => {}): Promise<ModelFile> {
  const header = headerOf(shape)
  const key = createHash('sha256').update(header.bytes).update(`${EDITION} ${STD} ${PIECE}`).digest('hex')
  const folder = join(tmpdir(), 'edgewise-bench')
  const path = join(folder, `${shape.name}-${shape.type}-${key.slice(0, 12)}.gguf`)
  const found = await stat(path).catch(() => undefined)
  if (found?.size !== header.size) {
    made()
    await mkdir(folder, { recursive: true })
    const part = `${path}.${process.pid}.part`
    await write(part, header, shape)
    await rename(part, path)
  }
  const matrices = header.tensors.filter(({ dims }) => dims.length > 1)
  return { path, size: header.size, bytesPerToken: matrices.reduce((sum, { size }) => sum + size, 0) }
}

async function write(path: string, header: GgufHeader, shape: Shape): Promise<void> {
  await using file = await open(path, 'w')
  await file.writeFile(header.bytes)
  for (const tensor of header.tensors) {
    const piece = pieceOf(tensor, shape)
    for (let left = tensor.size; left > 0; ) {
      const { bytesWritten } = await file.write(piece, 0, Math.min(left, piece.length))
      if (bytesWritten < Math.min(left, piece.length)) throw new Error(`${path}: the disk is full`)
      left -= bytesWritten
    }
    if (tensor.padding > 0) await file.write(new Uint8Array(tensor.padding))
  }
  // Else the system writes it to the disk while something is timed.
  await file.sync()
}

function pieceOf({ name, type, dims }: PlacedTensor, shape: Shape): Uint8Array<ArrayBuffer> {
  if (name === 'rope_freqs.weight') return new Uint8Array(factorsOf(shape)!.buffer)
  if (dims.length === 1) return new Uint8Array(new Float32Array(dims[0]!).fill(1).buffer)
  return matrixPiece(type)
}

const pieces = new Map<TensorType, Uint8Array<ArrayBuffer>>()

/** Sixteen pieces in a row, so that few writes fill a file. */
function matrixPiece(type: TensorType): Uint8Array<ArrayBuffer> {
  const known = pieces.get(type)
  if (known) return known
  const random = seededRandom(1)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const one = quantize(
    type,
    Float32Array.from({ length: PIECE }, () => STD * normal()),
  )
  const many = new Uint8Array(16 * one.length)
  for (let i = 0; i < 16; i++) many.set(one, i * one.length)
  pieces.set(type, many)
  return many
}
