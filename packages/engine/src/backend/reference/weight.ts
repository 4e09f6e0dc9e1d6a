/**
 * A matrix of the reference backend: the file's bytes, which rows of a table are read from, and once it is multiplied
 * with also its numbers, as f32 or as integers and scales.
 */
import { BadOptionError, DisposedError } from '../../errors.ts'
import type { TensorType } from '../../gguf/types.ts'
import {
  type Blocks,
  isBlockType,
  isSuperBlockType,
  type SuperBlocks,
  unpackBlocks,
  unpackSuperBlocks,
} from '../../quant/blocks.ts'
import { dequantize } from '../../quant/quant.ts'
import type { Weight } from '../backend.ts'
import { allocate } from './allocate.ts'

/** [rows, cols], in the one of three forms that says how it is multiplied. */
export interface Numbers {
  /** f32, f16 and bf16; with the last two, the type activations are rounded to. */
  readonly values?: Float32Array
  readonly narrow?: 'f16' | 'bf16'
  readonly blocks?: Blocks
  readonly superBlocks?: SuperBlocks
}

export class ReferenceWeight implements Weight {
  readonly type: TensorType
  readonly rows: number
  readonly cols: number
  /** Absent after `free`. */
  #bytes: Uint8Array | undefined
  #numbers: Numbers | undefined
  constructor(type: TensorType, rows: number, cols: number, bytes: Uint8Array) {
    this.type = type
    this.rows = rows
    this.cols = cols
    this.#bytes = bytes
  }

  /** Row `row` as the file has it. */
  row(row: number): Uint8Array {
    const bytes = this.#alive()
    const size = bytes.length / this.rows
    return bytes.subarray(row * size, (row + 1) * size)
  }

  get numbers(): Numbers {
    this.#numbers ??= unpack(this.type, this.#alive(), this.rows * this.cols)
    return this.#numbers
  }

  write(offset: number, bytes: Uint8Array): void {
    this.room(offset, bytes.length).set(bytes)
  }

  room(offset: number, length: number): Uint8Array {
    const place = this.#alive()
    if (!(offset >= 0 && offset + length <= place.length)) {
      throw new BadOptionError(
        `${length} bytes at ${offset} are not within the ${place.length} of the matrix`,
      )
    }
    return place.subarray(offset, offset + length)
  }

  free(): void {
    this.#bytes = undefined
    this.#numbers = undefined
  }

  #alive(): Uint8Array {
    if (!this.#bytes) throw new DisposedError('weight')
    return this.#bytes
  }
}

/** The numbers of `bytes`, `count` of them. Throws OutOfMemoryError. */
export function unpack(type: TensorType, bytes: Uint8Array, count: number): Numbers {
  if (isBlockType(type)) return { blocks: allocate(() => unpackBlocks(type, bytes), count) }
  if (isSuperBlockType(type)) return { superBlocks: allocate(() => unpackSuperBlocks(type, bytes), count) }
  const values = allocate(() => new Float32Array(count), 4 * count)
  dequantize(type, bytes, values)
  return type === 'f32' ? { values } : { values, narrow: type }
}
