/**
 * The backend in plain TypeScript: slow, obvious, and the definition of the right answer.
 * Matrices are in `reference/`; here are the operations on activations. Dot products of floats and softmax are summed in
 * double precision and rounded to f32 when stored. Runs on every host.
 */
import { BadOptionError, DisposedError } from '../errors.ts'
import { byteLength, type TensorType, tensorTypes } from '../gguf/types.ts'
import type { Activation } from '../model/architectures.ts'
import { dequantize } from '../quant/quant.ts'
import type {
  AttentionShape,
  Backend,
  Floats,
  HeadShape,
  LayerCache,
  Product,
  RopeShape,
  SoftmaxRow,
  Weight,
} from './backend.ts'
import { roundedGelu } from './gelu.ts'
import { allocate } from './reference/allocate.ts'
import { cachedNumber, ReferenceLayerCache } from './reference/layer-cache.ts'
import { multiply } from './reference/multiply.ts'
import { ReferenceWeight } from './reference/weight.ts'

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

export class ReferenceBackend implements Backend {
  readonly name = 'reference'
  readonly detail = 'plain TypeScript'
  readonly threads = 1
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

  layerCache(positions: number, { kvHeads, headDim }: Pick<HeadShape, 'kvHeads' | 'headDim'>): LayerCache {
    this.#alive()
    return new ReferenceLayerCache(positions, kvHeads, headDim)
  }

  embed(out: Floats, table: Weight, tokens: readonly number[]): void {
    this.#alive()
    const weight = table as ReferenceWeight
    const { cols, type } = weight
    const o = out.view()
    tokens.forEach((token, n) => {
      dequantize(type, weight.row(token), o.subarray(n * cols, (n + 1) * cols))
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
    multiply(out.view(), numbers, x.view(), rows, cols, n)
  }

  matmuls(products: readonly Product[], x: Floats, n: number): void {
    for (const { out, weight } of products) this.matmul(out, weight, x, n)
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

  remember(cache: LayerCache, keys: Floats, values: Floats, start: number, n: number): void {
    this.#alive()
    const { numbers, positions } = cache as ReferenceLayerCache
    const width = numbers.keys.length / positions
    for (const [to, from] of [
      [numbers.keys, keys.view()],
      [numbers.values, values.view()],
    ] as const) {
      for (let i = 0; i < n * width; i++) to[start * width + i] = cachedNumber(from[i]!)
    }
  }

  attention(out: Floats, q: Floats, cache: LayerCache, shape: AttentionShape): void {
    this.#alive()
    const { n, start, heads, kvHeads, headDim, scale, causal, window, softcap: cap } = shape
    const [o, qv] = [out.view(), q.view()]
    const { keys: k, values: v } = (cache as ReferenceLayerCache).numbers
    const stride = kvHeads * headDim
    const scores = new Float64Array(start + n)
    for (let i = 0; i < n; i++) {
      const seen = causal ? start + i + 1 : start + n
      const first = window > 0 ? Math.max(0, start + i + 1 - window) : 0
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
      g[i] = (activation === 'silu' ? x / (1 + Math.exp(-x)) : roundedGelu(x)) * u[i]!
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

  softmaxRows(x: Floats, n: number, width: number): SoftmaxRow[] {
    this.#alive()
    return Array.from({ length: n }, (_, row) => {
      const values = x.view().subarray(row * width, (row + 1) * width)
      let best = -1
      let second = Number.NEGATIVE_INFINITY
      values.forEach((value, i) => {
        const most = values[best] ?? Number.NEGATIVE_INFINITY
        if (value > most) best = i
        second = Math.max(second, Math.min(value, most))
      })
      const logSum =
        values[best]! + Math.log(values.reduce((sum, value) => sum + Math.exp(value - values[best]!), 0))
      return { best: Number.isFinite(logSum) ? best : -1, logSum, margin: values[best]! - second }
    })
  }

  /** There is nothing to choose from. */
  async tune(): Promise<void> {
    this.#alive()
  }

  kernels(): readonly [] {
    return []
  }

  dispose(): void {
    this.#disposed = true
  }

  #alive(): void {
    if (this.#disposed) throw new DisposedError('reference backend')
  }
}
