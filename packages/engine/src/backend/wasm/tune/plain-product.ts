/** The product in plain TypeScript, for a type of which no kernel is right on this host: slow, and right everywhere. */
import { byteLength, type TensorType } from '../../../gguf/types.ts'
import { multiply } from '../../reference/multiply.ts'
import { unpack } from '../../reference/weight.ts'
import type { LinearMemory } from '../memory.ts'
import type { Product } from '../products.ts'

/** Rows that are unpacked at once. */
const strip = 64

export function plainProduct(type: TensorType, cols: number, { memory }: LinearMemory): Product {
  const rowBytes = byteLength(type, cols)
  return {
    batchesLike: () => [],
    oneToken: undefined,
    multiply(weights, x, out, rows, n) {
      const activations = new Float32Array(memory.buffer, x, n * cols)
      const results = new Float32Array(memory.buffer, out, n * rows)
      const part = new Float32Array(n * strip)
      for (let row = 0; row < rows; row += strip) {
        const count = Math.min(strip, rows - row)
        const bytes = new Uint8Array(memory.buffer, weights + row * rowBytes, count * rowBytes)
        multiply(part, unpack(type, bytes, count * cols), activations, count, cols, n)
        for (let token = 0; token < n; token++) {
          results.set(part.subarray(token * count, (token + 1) * count), token * rows + row)
        }
      }
    },
  }
}
