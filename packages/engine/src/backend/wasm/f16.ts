/** Half-precision numbers of the file as f32: the table of all 65,536 in which the kernels look scales up. */

export const f16TableBytes: number = 65_536 * 4

/** Writes the f32 value of every IEEE 754 binary16 pattern; subnormals, infinities and NaN included. */
export function fillF16Table(buffer: ArrayBuffer, address: number): void {
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
