/**
 * The backend in plain TypeScript: slow, obvious, and the definition of the right answer.
 * Weights are unpacked once into f32, or into 8-bit integers and scales; dot products of floats and softmax are
 * summed in double precision and rounded to f32 when stored. Runs on every host.
 */
import { BadOptionError, DisposedError, OutOfMemoryError } from '../errors.ts'
import { byteLength, type TensorType, tensorTypes } from '../gguf/types.ts'
import type { Activation } from '../model/architectures.ts'
import { roundActivations } from '../quant/activations.ts'
import { type Blocks, unpackBlocks } from '../quant/blocks.ts'
import { dequantize } from '../quant/quant.ts'
import type { AttentionShape, Backend, Floats, RopeShape, Weight } from './backend.ts'

/** sqrt(2 / pi), of GELU's tanh form (Hendrycks and Gimpel, section 2). */
const GELU = Math.sqrt(2 / Math.PI)

class ReferenceFloats implements Floats {
  #values: Float32Array
  constructor(values: Float32Array) {
    this.#values = values
  }
  get length(): number {
    return this.#values.length
  }
  view(): Float32Array {
    return this.#values
  }
  at(offset: number, length: number): Floats {
    if (offset < 0 || length < 0 || offset + length > this.length) {
      throw new BadOptionError(`${offset}..${offset + length} is outside of ${this.length} floats`)
    }
    return new ReferenceFloats(this.#values.subarray(offset, offset + length))
  }
  free(): void {
    this.#values = new Float32Array(0)
  }
}

/** [rows, cols] of f32 and f16; [rows, cols / 32] scales and [rows, cols] integers of q8_0 and q4_0. */
type Unpacked =
  | { readonly values: Float32Array; readonly blocks?: never }
  | { readonly blocks: Blocks; readonly values?: never }

class ReferenceWeight implements Weight {
  readonly type: TensorType
  readonly rows: number
  readonly cols: number
  /** As the file has it until the first use, then unpacked; neither after `free`. */
  #bytes: Uint8Array | undefined
  #numbers: Unpacked | undefined
  constructor(type: TensorType, rows: number, cols: number, bytes: Uint8Array) {
    this.type = type
    this.rows = rows
    this.cols = cols
    this.#bytes = bytes
  }
  get numbers(): Unpacked {
    if (this.#numbers) return this.#numbers
    this.#numbers = unpack(this.type, this.#alive(), this.rows * this.cols)
    this.#bytes = undefined
    return this.#numbers
  }
  write(offset: number, bytes: Uint8Array): void {
    const place = this.#alive()
    if (!(offset >= 0 && offset + bytes.length <= place.length)) {
      throw new BadOptionError(
        `${bytes.length} bytes at ${offset} are not within the ${place.length} of the matrix`,
      )
    }
    place.set(bytes, offset)
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

export class ReferenceBackend implements Backend {
  readonly name = 'reference'
  readonly detail = 'plain TypeScript'
  #disposed = false

  /** Every shape can be run. */
  refusal(): undefined {
    return undefined
  }

  floats(length: number): Floats {
    this.#alive()
    return new ReferenceFloats(allocate(() => new Float32Array(length), 4 * length))
  }

  weight(type: TensorType, rows: number, cols: number): Weight {
    this.#alive()
    const { block } = tensorTypes[type]
    if (cols % block !== 0) {
      throw new BadOptionError(`a ${type} matrix has rows of ${block} values or a multiple, not of ${cols}`)
    }
    const size = byteLength(type, rows * cols)
    return new ReferenceWeight(
      type,
      rows,
      cols,
      allocate(() => new Uint8Array(size), size),
    )
  }

  embed(out: Floats, table: Weight, tokens: readonly number[]): void {
    this.#alive()
    const { cols, numbers } = table as ReferenceWeight
    const { values, blocks } = numbers
    const o = out.view()
    tokens.forEach((token, n) => {
      const row = token * cols
      if (values) o.set(values.subarray(row, row + cols), n * cols)
      if (!blocks) return
      for (let i = 0; i < cols; i++)
        o[n * cols + i] = blocks.scales[(row + i) >>> 5]! * blocks.quants[row + i]!
    })
  }

  rmsNorm(out: Floats, x: Floats, gain: Floats, n: number, eps: number): void {
    this.#alive()
    const [o, v, g] = [out.view(), x.view(), gain.view()]
    const width = g.length
    for (let row = 0; row < n * width; row += width) {
      let squares = 0
      for (let i = 0; i < width; i++) squares += v[row + i]! * v[row + i]!
      const scale = 1 / Math.sqrt(squares / width + eps)
      for (let i = 0; i < width; i++) o[row + i] = v[row + i]! * scale * g[i]!
    }
  }

  matmul(out: Floats, w: Weight, x: Floats, n: number): void {
    this.#alive()
    const { rows, cols, numbers } = w as ReferenceWeight
    const { values, blocks } = numbers
    const o = out.view()
    const v = x.view()
    const rounded = { scales: new Float32Array(cols / 32), quants: new Int8Array(cols) }
    for (let i = 0; i < n; i++) {
      const row = v.subarray(i * cols, (i + 1) * cols)
      if (blocks) roundActivations(row, rounded)
      for (let r = 0; r < rows; r++) {
        o[i * rows + r] = blocks ? dotBlocks(blocks, r * cols, rounded) : dot(values!, r * cols, row)
      }
    }
  }

  rope(x: Floats, table: Floats, start: number, n: number, shape: RopeShape): void {
    this.#alive()
    const { heads, headDim, pairs } = shape
    const v = x.view()
    const t = table.view()
    const [step, apart] = pairs === 'neighbours' ? [2, 1] : [1, headDim / 2]
    for (let i = 0; i < n; i++) {
      for (let h = 0; h < heads; h++) {
        const head = (i * heads + h) * headDim
        for (let pair = 0; pair < headDim / 2; pair++) {
          const cos = t[(start + i) * headDim + 2 * pair]!
          const sin = t[(start + i) * headDim + 2 * pair + 1]!
          const at = head + pair * step
          const a = v[at]!
          const b = v[at + apart]!
          v[at] = a * cos - b * sin
          v[at + apart] = a * sin + b * cos
        }
      }
    }
  }

  attention(out: Floats, q: Floats, keys: Floats, values: Floats, shape: AttentionShape): void {
    this.#alive()
    const { n, start, heads, kvHeads, headDim, scale, window, softcap: cap } = shape
    const [o, qv, k, v] = [out.view(), q.view(), keys.view(), values.view()]
    const stride = kvHeads * headDim
    const scores = new Float64Array(start + n)
    for (let i = 0; i < n; i++) {
      const seen = start + i + 1
      const first = window > 0 ? Math.max(0, seen - window) : 0
      for (let h = 0; h < heads; h++) {
        const query = (i * heads + h) * headDim
        const kvHead = Math.floor(h / (heads / kvHeads)) * headDim
        let top = Number.NEGATIVE_INFINITY
        for (let p = first; p < seen; p++) {
          const key = p * stride + kvHead
          let sum = 0
          for (let d = 0; d < headDim; d++) sum += qv[query + d]! * k[key + d]!
          scores[p] = cap > 0 ? cap * Math.tanh((sum * scale) / cap) : sum * scale
          top = Math.max(top, scores[p]!)
        }
        let total = 0
        for (let p = first; p < seen; p++) total += scores[p] = Math.exp(scores[p]! - top)
        for (let d = 0; d < headDim; d++) {
          let sum = 0
          for (let p = first; p < seen; p++) sum += scores[p]! * v[p * stride + kvHead + d]!
          o[query + d] = sum / total
        }
      }
    }
  }

  glu(gate: Floats, up: Floats, count: number, activation: Activation): void {
    this.#alive()
    const [g, u] = [gate.view(), up.view()]
    for (let i = 0; i < count; i++) {
      const x = g[i]!
      // 0.5 x (1 + tanh z) = x sigmoid(2 z).
      const z = activation === 'silu' ? x : 2 * GELU * (x + 0.044715 * x ** 3)
      g[i] = (x / (1 + Math.exp(-z))) * u[i]!
    }
  }

  add(x: Floats, y: Floats, count: number): void {
    this.#alive()
    const [a, b] = [x.view(), y.view()]
    for (let i = 0; i < count; i++) a[i] = a[i]! + b[i]!
  }

  scale(x: Floats, factor: number, count: number): void {
    this.#alive()
    const v = x.view()
    const rounded = Math.fround(factor)
    for (let i = 0; i < count; i++) v[i] = v[i]! * rounded
  }

  softcap(x: Floats, cap: number, count: number): void {
    this.#alive()
    const v = x.view()
    for (let i = 0; i < count; i++) v[i] = cap * Math.tanh(v[i]! / cap)
  }

  dispose(): void {
    this.#disposed = true
  }

  #alive(): void {
    if (this.#disposed) throw new DisposedError('reference backend')
  }
}

function unpack(type: TensorType, bytes: Uint8Array, count: number): Unpacked {
  if (type === 'q8_0' || type === 'q4_0') return { blocks: allocate(() => unpackBlocks(type, bytes), count) }
  const values = allocate(() => new Float32Array(count), 4 * count)
  dequantize(type, bytes, values)
  return { values }
}

function dot(w: Float32Array, at: number, x: Float32Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += w[at + i]! * x[i]!
  return sum
}

/** Integers exactly within a block of 32, blocks in f32. */
function dotBlocks(w: Blocks, at: number, x: Blocks): number {
  let sum = 0
  for (let i = 0; i < x.quants.length; i += 32) {
    let integer = 0
    for (let j = i; j < i + 32; j++) integer += w.quants[at + j]! * x.quants[j]!
    sum = Math.fround(sum + w.scales[(at + i) >>> 5]! * x.scales[i >>> 5]! * integer)
  }
  return sum
}

function allocate<T>(make: () => T, bytes: number): T {
  try {
    return make()
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new OutOfMemoryError(`${bytes} bytes were refused by the host: use a smaller model or context`, {
      cause,
    })
  }
}
