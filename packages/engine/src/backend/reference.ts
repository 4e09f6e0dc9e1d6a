/**
 * The backend in plain TypeScript: slow, obvious, and the definition of the right answer.
 * Weights are unpacked once into f32, or into 8-bit integers and scales; dot products of floats and softmax are
 * summed in double precision and rounded to f32 when stored. Runs on every host.
 */
import { BadOptionError, DisposedError, OutOfMemoryError } from '../errors.ts'
import { byteLength, type TensorType, tensorTypes } from '../gguf/types.ts'
import { roundActivations } from '../quant/activations.ts'
import { type Blocks, dequantize, unpackBlocks } from '../quant/quant.ts'
import type { AttentionShape, Backend, Floats, Weight } from './backend.ts'

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
  #numbers: Unpacked | undefined
  constructor(type: TensorType, rows: number, cols: number, numbers: Unpacked) {
    this.type = type
    this.rows = rows
    this.cols = cols
    this.#numbers = numbers
  }
  get numbers(): Unpacked {
    if (!this.#numbers) throw new DisposedError('weight')
    return this.#numbers
  }
  free(): void {
    this.#numbers = undefined
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

  weight(type: TensorType, rows: number, cols: number, bytes: Uint8Array): Weight {
    this.#alive()
    const size = byteLength(type, rows * cols)
    if (cols % tensorTypes[type].block !== 0 || bytes.length !== size) {
      throw new BadOptionError(`a ${type} matrix [${rows}, ${cols}] takes ${size} bytes, not ${bytes.length}`)
    }
    if (type === 'q8_0' || type === 'q4_0') {
      const blocks = allocate(() => unpackBlocks(type, bytes), rows * cols)
      return new ReferenceWeight(type, rows, cols, { blocks })
    }
    const values = allocate(() => new Float32Array(rows * cols), 4 * rows * cols)
    dequantize(type, bytes, values)
    return new ReferenceWeight(type, rows, cols, { values })
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

  rope(x: Floats, table: Floats, start: number, n: number, heads: number, headDim: number): void {
    this.#alive()
    const v = x.view()
    const t = table.view()
    for (let i = 0; i < n; i++) {
      for (let h = 0; h < heads; h++) {
        const at = (i * heads + h) * headDim
        for (let d = 0; d < headDim; d += 2) {
          const cos = t[(start + i) * headDim + d]!
          const sin = t[(start + i) * headDim + d + 1]!
          const a = v[at + d]!
          const b = v[at + d + 1]!
          v[at + d] = a * cos - b * sin
          v[at + d + 1] = a * sin + b * cos
        }
      }
    }
  }

  attention(out: Floats, q: Floats, keys: Floats, values: Floats, shape: AttentionShape): void {
    this.#alive()
    const { n, start, heads, kvHeads, headDim } = shape
    const [o, qv, k, v] = [out.view(), q.view(), keys.view(), values.view()]
    const stride = kvHeads * headDim
    const scale = 1 / Math.sqrt(headDim)
    const scores = new Float64Array(start + n)
    for (let i = 0; i < n; i++) {
      const seen = start + i + 1
      for (let h = 0; h < heads; h++) {
        const query = (i * heads + h) * headDim
        const kvHead = Math.floor(h / (heads / kvHeads)) * headDim
        let top = Number.NEGATIVE_INFINITY
        for (let p = 0; p < seen; p++) {
          const key = p * stride + kvHead
          let sum = 0
          for (let d = 0; d < headDim; d++) sum += qv[query + d]! * k[key + d]!
          scores[p] = sum * scale
          top = Math.max(top, scores[p]!)
        }
        let total = 0
        for (let p = 0; p < seen; p++) total += scores[p] = Math.exp(scores[p]! - top)
        for (let d = 0; d < headDim; d++) {
          let sum = 0
          for (let p = 0; p < seen; p++) sum += scores[p]! * v[p * stride + kvHead + d]!
          o[query + d] = sum / total
        }
      }
    }
  }

  swiglu(gate: Floats, up: Floats, count: number): void {
    this.#alive()
    const [g, u] = [gate.view(), up.view()]
    for (let i = 0; i < count; i++) g[i] = (g[i]! / (1 + Math.exp(-g[i]!))) * u[i]!
  }

  add(x: Floats, y: Floats, count: number): void {
    this.#alive()
    const [a, b] = [x.view(), y.view()]
    for (let i = 0; i < count; i++) a[i] = a[i]! + b[i]!
  }

  dispose(): void {
    this.#disposed = true
  }

  #alive(): void {
    if (this.#disposed) throw new DisposedError('reference backend')
  }
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
