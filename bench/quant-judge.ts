/**
 * ggml as the judge of packages/engine/src/quant: random blocks of every tensor type, read by both. The exit status is 1
 * when a bit differs (a NaN may be another NaN).
 *   cd bench && npm install --no-save && npm run quant-judge
 */
import { seededRandom } from '../packages/engine/src/generate/random.ts'
import { byteLength, type TensorType, tensorTypes } from '../packages/engine/src/gguf/types.ts'
import { dequantize } from '../packages/engine/src/quant/quant.ts'
import { dequantizeWithGgml } from './ggml-quants.ts'

const count = 256 * 2000
const random = seededRandom(1)
let wrong = 0
console.log('| type | values read | bits that differ |\n|---|---|---|')
for (const type of Object.keys(tensorTypes) as TensorType[]) {
  const bytes = Uint8Array.from({ length: byteLength(type, count) }, () => random() * 256)
  const ours = new Float32Array(count)
  dequantize(type, bytes, ours)
  const differing = differingBits(ours, dequantizeWithGgml(type, bytes))
  wrong += differing
  console.log(`| ${type} | ${count} | ${differing} |`)
}
process.exitCode = wrong > 0 ? 1 : 0

function differingBits(ours: Float32Array, theirs: Float32Array): number {
  const [a, b] = [new Uint32Array(ours.buffer), new Uint32Array(theirs.buffer)]
  let differing = 0
  for (let i = 0; i < a.length; i++) {
    const bothNaN = Number.isNaN(ours[i]) && Number.isNaN(theirs[i])
    if (a[i] !== b[i] && !bothNaN) differing++
  }
  return differing
}
