/**
 * Writes packages/engine/src/quant/golden.json: a few blocks of each tensor type with the f32 bits that ggml reads from
 * them, so that the unit tests need no peer. Random bytes, but no scale that is NaN or infinite.
 *   cd bench && node quant-judge-golden.ts
 */
import { writeFileSync } from 'node:fs'
import { seededRandom } from '../packages/engine/src/generate/random.ts'
import { type TensorType, tensorTypes } from '../packages/engine/src/gguf/types.ts'
import { dequantizeWithGgml } from './ggml-quants.ts'

const random = seededRandom(11)
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const golden: Record<string, { bytes: string; values: string }> = {}
for (const type of Object.keys(tensorTypes) as TensorType[]) {
  const { block, bytes: size } = tensorTypes[type]
  const blocks = block === 1 ? 64 : block === 32 ? 4 : 2
  const parts: Uint8Array[] = []
  while (parts.length < blocks) {
    const bytes = Uint8Array.from({ length: size }, () => Math.floor(random() * 256))
    if (dequantizeWithGgml(type, bytes).every(Number.isFinite)) parts.push(bytes)
  }
  const bytes = new Uint8Array(Buffer.concat(parts))
  const values = dequantizeWithGgml(type, bytes)
  golden[type] = { bytes: hex(bytes), values: hex(new Uint8Array(values.buffer)) }
}
const path = new URL('../packages/engine/src/quant/golden.json', import.meta.url)
writeFileSync(path, `${JSON.stringify(golden, undefined, 2)}\n`)
console.log(`${path.pathname}: ${Object.keys(golden).length} types`)
