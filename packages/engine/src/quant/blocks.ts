/**
 * Block types taken apart into integers and scales, the form in which integer dot products are defined.
 * Two shapes: blocks of 32 values under one scale, and super-blocks of 256 values whose 16 sub-scales are integers
 * themselves. How the bits of each type lie is told in legacy.ts, iq4.ts, mxfp4.ts and k-quants.ts, one file a family.
 * Any bytes of the right length can be taken apart: a damaged scale comes out as NaN or infinity, nothing is thrown.
 */
import { BadOptionError } from '../errors.ts'
import { type TensorType, tensorTypes } from '../gguf/types.ts'
import { unpackIq4Nl, unpackIq4Xs } from './iq4.ts'
import { unpackQ2K, unpackQ3K, unpackQ4K, unpackQ5K, unpackQ6K } from './k-quants.ts'
import { unpackQ4_0, unpackQ4_1, unpackQ5_0, unpackQ5_1, unpackQ8_0 } from './legacy.ts'
import { unpackMxfp4 } from './mxfp4.ts'

/** Value i = scales[i / 32] * quants[i] + mins[i / 32], each step rounded to f32; `mins` only for q4_1 and q5_1. */
export interface Blocks {
  /** [count / 32] */
  readonly scales: Float32Array
  /** [count] */
  readonly quants: Int8Array
  /** [count / 32] */
  readonly mins?: Float32Array
}

/**
 * Value i = (scales[i / 256] * subScales[i / 16]) * quants[i] - mins[i / 256] * subMins[i / 16], each step rounded to f32.
 * The mins only for q2_k, q4_k and q5_k. Types that keep a sub-scale per 32 values have each of them here twice.
 */
export interface SuperBlocks {
  /** [count / 256] */
  readonly scales: Float32Array
  /** [count / 16], -128..127 */
  readonly subScales: Int8Array
  /** [count] */
  readonly quants: Int8Array
  /** [count / 256] */
  readonly mins?: Float32Array
  /** [count / 16], 0..63 */
  readonly subMins?: Uint8Array
}

/** Takes the block at `bytes[at]` apart as block number `b` of `out`. */
type Unpack<Shape> = (bytes: Uint8Array, at: number, out: Shape, b: number) => void

/** The types of 32 values a block. */
export type BlockType = 'q4_0' | 'q4_1' | 'q5_0' | 'q5_1' | 'q8_0' | 'iq4_nl' | 'mxfp4'
/** The types of 256 values a block. */
export type SuperBlockType = 'q2_k' | 'q3_k' | 'q4_k' | 'q5_k' | 'q6_k' | 'iq4_xs'

const blockTypes: Record<BlockType, Unpack<Blocks>> = {
  q4_0: unpackQ4_0,
  q4_1: unpackQ4_1,
  q5_0: unpackQ5_0,
  q5_1: unpackQ5_1,
  q8_0: unpackQ8_0,
  iq4_nl: unpackIq4Nl,
  mxfp4: unpackMxfp4,
}

const superBlockTypes: Record<SuperBlockType, Unpack<SuperBlocks>> = {
  q2_k: unpackQ2K,
  q3_k: unpackQ3K,
  q4_k: unpackQ4K,
  q5_k: unpackQ5K,
  q6_k: unpackQ6K,
  iq4_xs: unpackIq4Xs,
}

export function isBlockType(type: TensorType): type is BlockType {
  return type in blockTypes
}

export function isSuperBlockType(type: TensorType): type is SuperBlockType {
  return type in superBlockTypes
}

/** Room for `count` blocks of `type`, zeroed. */
export function emptyBlocks(type: BlockType, count: number): Blocks {
  const blocks = { scales: new Float32Array(count), quants: new Int8Array(32 * count) }
  return type === 'q4_1' || type === 'q5_1' ? { ...blocks, mins: new Float32Array(count) } : blocks
}

/** Room for `count` super-blocks of `type`, zeroed. */
export function emptySuperBlocks(type: SuperBlockType, count: number): SuperBlocks {
  const blocks = {
    scales: new Float32Array(count),
    subScales: new Int8Array(16 * count),
    quants: new Int8Array(256 * count),
  }
  const hasMins = type === 'q2_k' || type === 'q4_k' || type === 'q5_k'
  return hasMins ? { ...blocks, mins: new Float32Array(count), subMins: new Uint8Array(16 * count) } : blocks
}

/** Takes whole blocks of 32 apart. Throws BadOptionError when `bytes` does not hold whole blocks. */
export function unpackBlocks(type: BlockType, bytes: Uint8Array): Blocks {
  const count = wholeBlocks(type, bytes)
  const out = emptyBlocks(type, count)
  for (let b = 0; b < count; b++) unpackBlock(type, bytes, b * tensorTypes[type].bytes, out, b)
  return out
}

/** Takes whole blocks of 256 apart. Throws BadOptionError when `bytes` does not hold whole blocks. */
export function unpackSuperBlocks(type: SuperBlockType, bytes: Uint8Array): SuperBlocks {
  const count = wholeBlocks(type, bytes)
  const out = emptySuperBlocks(type, count)
  for (let b = 0; b < count; b++) unpackSuperBlock(type, bytes, b * tensorTypes[type].bytes, out, b)
  return out
}

/** The one block at `bytes[at]`, as block number `b` of `out`. */
export function unpackBlock(type: BlockType, bytes: Uint8Array, at: number, out: Blocks, b: number): void {
  blockTypes[type](bytes, at, out, b)
}

/** The one super-block at `bytes[at]`, as super-block number `b` of `out`. */
export function unpackSuperBlock(
  type: SuperBlockType,
  bytes: Uint8Array,
  at: number,
  out: SuperBlocks,
  b: number,
): void {
  superBlockTypes[type](bytes, at, out, b)
}

function wholeBlocks(type: TensorType, bytes: Uint8Array): number {
  const count = bytes.length / tensorTypes[type].bytes
  if (Number.isInteger(count)) return count
  throw new BadOptionError(
    `${bytes.length} bytes are no whole number of ${type} blocks of ${tensorTypes[type].bytes}: pass whole rows`,
  )
}
