/** The numbers kernels look up in memory: scales of the file as f32. */
import { mxfp4Scales } from '../../quant/mxfp4.ts'
import type { LinearMemory } from './memory.ts'

/** Addresses. */
export interface Tables {
  /** The f32 values of all 65,536 halves. */
  readonly f16Table: number
  /** The f32 scales of mxfp4's 256 exponents. */
  readonly mxfp4Table: number
}

export function openTables(memory: LinearMemory): Tables {
  const f16Table = memory.allocate(65_536 * 4)
  fillF16Table(memory.memory.buffer, f16Table)
  const mxfp4Table = memory.allocate(mxfp4Scales.byteLength)
  new Float32Array(memory.memory.buffer, mxfp4Table, mxfp4Scales.length).set(mxfp4Scales)
  return { f16Table, mxfp4Table }
}

/** Writes the f32 value of every IEEE 754 binary16 pattern; subnormals, infinities and NaN included. */
function fillF16Table(buffer: ArrayBuffer, address: number): void {
  const bits = new Uint32Array(buffer, address, 65_536)
  const values = new Float32Array(buffer, address, 65_536)
  for (let half = 0; half < 0x8000; half++) {
    const exponent = half >> 10
    if (exponent === 0) values[half] = half * 2 ** -24
    else if (exponent === 31) bits[half] = 0x7f800000 | ((half & 0x3ff) << 13)
    else bits[half] = (half << 13) + (112 << 23)
  }
  for (let half = 0; half < 0x8000; half++) bits[half + 0x8000] = bits[half]! | 0x80000000
}
