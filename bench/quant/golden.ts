/**
 * Writes packages/engine/src/quant/golden.json, so that the unit tests need no peer: a few blocks of each tensor type with
 * the f32 bits that ggml reads from them (random bytes, but no scale that is NaN or infinite), and 512 values with the
 * bytes that ggml makes of them in each type.
 *   cd bench && node quant/golden.ts
 */
import { writeFileSync } from 'node:fs'
import { seededRandom } from '../../packages/engine/src/generate/random.ts'
import { type TensorType, tensorTypes } from '../../packages/engine/src/gguf/types.ts'
import { dequantizeWithGgml, quantizeWithGgml } from '../peers/ggml-quants.ts'

const random = seededRandom(11)
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const types = Object.keys(tensorTypes) as TensorType[]

const read = types.map((type) => {
  const { block, bytes: size } = tensorTypes[type]
  const blocks = block === 1 ? 64 : block === 32 ? 4 : 2
  const parts: Uint8Array[] = []
  while (parts.length < blocks) {
    const bytes = Uint8Array.from({ length: size }, () => Math.floor(random() * 256))
    if (dequantizeWithGgml(type, bytes).every(Number.isFinite)) parts.push(bytes)
  }
  const bytes = new Uint8Array(Buffer.concat(parts))
  const values = dequantizeWithGgml(type, bytes)
  return [type, { bytes: hex(bytes), values: hex(new Uint8Array(values.buffer)) }]
})

/** Bell-shaped with outliers; then groups of 32 and 16 each of its own kind. */
const values = new Float32Array(512)
const bell = (): number => random() + random() + random() - 1.5
for (let i = 0; i < 256; i++) values[i] = bell() * (i % 64 === 5 ? 20 : 0.1)
for (let i = 288; i < 320; i++) values[i] = -0.75
for (let i = 320; i < 352; i++) values[i] = bell() * 1e-6
for (let i = 352; i < 384; i++) values[i] = 2 + random()
for (let i = 384; i < 416; i++) values[i] = Math.round(bell() * 4)
for (let i = 416; i < 448; i++) values[i] = i % 7 === 0 ? bell() : 0
for (let i = 448; i < 512; i++) values[i] = bell() * 10 ** ((i >> 4) % 4)

const golden = {
  read: Object.fromEntries(read),
  values: hex(new Uint8Array(values.buffer)),
  written: Object.fromEntries(types.map((type) => [type, hex(quantizeWithGgml(type, values))])),
}
const path = new URL('../../packages/engine/src/quant/golden.json', import.meta.url)
writeFileSync(path, `${JSON.stringify(golden, undefined, 2)}\n`)
console.log(`${path.pathname}: ${types.length} types`)
