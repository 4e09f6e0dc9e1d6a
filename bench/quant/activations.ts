/**
 * ggml as the judge of packages/engine/src/quant/activations.ts. q8_0 and q8_1 are rounded by the CPU backend's SIMD code
 * (nearest even, 127 / amax), not by the reference in ggml-base, so the functions are those of the backend's library.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import koffi from 'koffi'
import {
  roundActivations,
  roundActivations256,
  roundActivationsWithSums,
} from '../../packages/engine/src/quant/activations.ts'
import { halfToFloat } from '../../packages/engine/src/quant/half.ts'
import { loadLlama } from '../peers/llama-library.ts'

const bins = fileURLToPath(
  new URL('../node_modules/@node-llama-cpp/linux-x64/bins/linux-x64', import.meta.url),
)

/** How many blocks of `kinds` of values differ in a step, a sum or (unless the step is zero) an integer. */
export function differingActivations(kinds: readonly Float32Array[]): Record<string, number> {
  const cpu = koffi.load(join(bins, loadLlama().cpuLibrary))
  const rounded = (name: string, bytes: number, values: Float32Array): DataView => {
    const out = new Uint8Array(bytes)
    cpu.func(`void quantize_row_${name}(const void *, void *, int64_t)`)(values, out, values.length)
    return new DataView(out.buffer)
  }
  const differ = { q8_0: 0, q8_1: 0, q8_k: 0 }
  for (const values of kinds) {
    const count = values.length
    const scales = new Float32Array(count / 32)
    const sums = new Float32Array(count / 32)
    const quants = new Int8Array(count)
    const half = (view: DataView, at: number): number => halfToFloat(view.getUint16(at, true))
    const sameInts = (view: DataView, at: number, from: number, n: number): boolean => {
      for (let i = 0; i < n; i++) if (view.getInt8(at + i) !== quants[from + i]) return false
      return true
    }

    roundActivations(values, { scales, quants })
    const q8 = rounded('q8_0', (count / 32) * 34, values)
    scales.forEach((scale, b) => {
      const same = half(q8, 34 * b) === scale && (scale === 0 || sameInts(q8, 34 * b + 2, 32 * b, 32))
      if (!same) differ.q8_0++
    })

    roundActivationsWithSums(values, { scales, quants, sums })
    const q81 = rounded('q8_1', (count / 32) * 36, values)
    scales.forEach((scale, b) => {
      const steps = half(q81, 36 * b) === scale && half(q81, 36 * b + 2) === sums[b]
      if (!steps || (scale !== 0 && !sameInts(q81, 36 * b + 4, 32 * b, 32))) differ.q8_1++
    })

    const groups = new Int16Array(count / 16)
    roundActivations256(values, { scales, quants, sums: groups })
    const q8k = rounded('q8_K', (count / 256) * 292, values)
    for (let b = 0; b < count / 256; b++) {
      const at = 292 * b
      let same = q8k.getFloat32(at, true) === scales[b] && sameInts(q8k, at + 4, 256 * b, 256)
      // ggml leaves the sums of a block of zeros as they were.
      if (scales[b] !== 0) {
        for (let g = 0; g < 16; g++)
          if (q8k.getInt16(at + 260 + 2 * g, true) !== groups[16 * b + g]) same = false
      }
      if (!same) differ.q8_k++
    }
  }
  return differ
}
