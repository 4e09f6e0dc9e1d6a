/**
 * ggml as the judge of packages/engine/src/quant: random blocks of every tensor type read by both, and values of many
 * kinds written by both (ggml's side is what llama.cpp's quantiser calls, without an importance matrix). RMSE is that of
 * the normally distributed values, relative to their own root mean square; the speed is ours, on one thread.
 * Then activations as a product rounds them (activations.ts).
 * The exit status is 1 when a bit differs (a NaN may be another NaN).
 *   cd bench && npm install --no-save && npm run judge:quant
 */
import { seededRandom } from '../../packages/engine/src/generate/random.ts'
import { byteLength, type TensorType, tensorTypes } from '../../packages/engine/src/gguf/types.ts'
import { dequantize, quantize } from '../../packages/engine/src/quant/quant.ts'
import { dequantizeWithGgml, quantizeWithGgml } from '../peers/ggml-quants.ts'
import { differingActivations } from './activations.ts'

const count = 256 * 1024
const random = seededRandom(1)

/** Box and Muller. */
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const signed = (): number => 2 * random() - 1
const eachBlock = (make: () => () => number): Float32Array => {
  const values = new Float32Array(count)
  for (let at = 0; at < count; at += 256) {
    const next = make()
    for (let i = at; i < at + 256; i++) values[i] = next()
  }
  return values
}

const kinds: Record<string, Float32Array> = {
  normal: eachBlock(() => () => 0.02 * normal()),
  uniform: eachBlock(() => signed),
  outliers: eachBlock(() => () => normal() * (random() < 0.01 ? 100 : 0.02)),
  sparse: eachBlock(() => () => (random() < 0.95 ? 0 : normal())),
  zeros: eachBlock(() => () => (random() < 0.5 ? 0 : -0)),
  constant: eachBlock(() => {
    const value = normal()
    return () => value
  }),
  'one sign': eachBlock(() => {
    const sign = Math.sign(signed())
    return () => sign * (3 + random())
  }),
  'small integers': eachBlock(() => () => Math.round(8 * signed())),
  'powers of two': eachBlock(() => {
    const power = Math.round(20 * signed())
    return () => 2 ** power * (1 - 2 ** -24 * Math.floor(4 * random())) * Math.sign(signed())
  }),
  'groups apart': eachBlock(() => {
    let i = 0
    let scale = 1
    return () => normal() * (scale = i++ % 16 === 0 ? 10 ** (4 * signed()) : scale)
  }),
  'subnormal half scales': eachBlock(() => {
    const scale = 10 ** (-5 + 3 * signed())
    return () => scale * normal()
  }),
  'any magnitude': eachBlock(() => {
    const scale = 10 ** (38 * signed())
    return () => Math.max(-3e38, Math.min(3e38, scale * normal()))
  }),
  'any bits': eachBlock(() => anyFloat),
}

function anyFloat(): number {
  const bits = new Uint32Array([Math.floor(random() * 2 ** 32)])
  const [value] = new Float32Array(bits.buffer)
  return Number.isFinite(value) ? value! : 0
}

let wrong = 0
console.log(
  '| type | values read | bits differ | values written | bytes differ | RMSE ours | RMSE ggml | M/s |',
)
console.log('|---|---|---|---|---|---|---|---|')
for (const type of Object.keys(tensorTypes) as TensorType[]) {
  const bytes = Uint8Array.from({ length: byteLength(type, count) }, () => random() * 256)
  const read = differingFloats(readOurs(type, bytes), dequantizeWithGgml(type, bytes))
  let written = 0
  const differing: string[] = []
  for (const [kind, values] of Object.entries(kinds)) {
    const differ = differingBytes(quantize(type, values), quantizeWithGgml(type, values))
    written += values.length
    if (differ > 0) differing.push(`${differ} (${kind})`)
  }
  const values = kinds.normal!
  const began = performance.now()
  const ours = quantize(type, values)
  const speed = count / (performance.now() - began) / 1000
  const errors = [ours, quantizeWithGgml(type, values)].map((bytes) => rmse(values, readOurs(type, bytes)))
  if (read > 0 || differing.length > 0) wrong++
  console.log(
    `| ${[
      type,
      count,
      read,
      written,
      differing.join(', ') || 0,
      ...errors.map((error) => error.toPrecision(4)),
      speed.toFixed(1),
    ].join(' | ')} |`,
  )
}
console.log('\n| activations | values | blocks that differ |\n|---|---|---|')
for (const [name, differ] of Object.entries(differingActivations(Object.values(kinds)))) {
  if (differ > 0) wrong++
  console.log(`| ${name} | ${count * Object.keys(kinds).length} | ${differ} |`)
}
process.exitCode = wrong > 0 ? 1 : 0

function readOurs(type: TensorType, bytes: Uint8Array): Float32Array {
  const values = new Float32Array(count)
  dequantize(type, bytes, values)
  return values
}

function differingFloats(ours: Float32Array, theirs: Float32Array): number {
  const [a, b] = [new Uint32Array(ours.buffer), new Uint32Array(theirs.buffer)]
  let differing = 0
  for (let i = 0; i < a.length; i++) {
    const bothNaN = Number.isNaN(ours[i]) && Number.isNaN(theirs[i])
    if (a[i] !== b[i] && !bothNaN) differing++
  }
  return differing
}

function differingBytes(ours: Uint8Array, theirs: Uint8Array): number {
  let differing = 0
  for (let i = 0; i < ours.length; i++) if (ours[i] !== theirs[i]) differing++
  return differing
}

function rmse(values: Float32Array, back: Float32Array): number {
  let errors = 0
  let squares = 0
  for (let i = 0; i < values.length; i++) {
    errors += (values[i]! - back[i]!) ** 2
    squares += values[i]! ** 2
  }
  return Math.sqrt(errors / squares)
}
