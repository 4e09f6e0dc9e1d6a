/**
 * Conformance of the operations on activations alone, each against its formula in double precision.
 */
import { expect } from 'vitest'
import { seededRandom } from '../generate/random.ts'
import type { Activation, RopePairs } from '../model/architectures.ts'
import { roundToHalf } from '../quant/half.ts'
import type { AttentionShape, Backend } from './backend.ts'
import { near, normal, put, ULP } from './conformance-tools.test-suite.ts'

export function rmsNormCase(backend: Backend): void {
  const random = seededRandom(2)
  for (const [n, width] of [
    [1, 32],
    [2, 7],
    [3, 20],
    [5, 33],
    [9, 288],
  ] as const) {
    const x = Float32Array.from({ length: n * width }, () => normal(random))
    const gain = Float32Array.from({ length: width }, () => normal(random))
    const out = backend.floats(n * width)
    const inPlace = put(backend, x)
    const gains = put(backend, gain)
    backend.rmsNorm(out, inPlace, gains, n, 1e-5)
    backend.rmsNorm(inPlace, inPlace, gains, n, 1e-5)
    for (let i = 0; i < n * width; i++) {
      const row = x.subarray(i - (i % width), i - (i % width) + width)
      const mean = row.reduce((sum, v) => sum + v * v, 0) / width
      const expected = (x[i]! / Math.sqrt(mean + 1e-5)) * gain[i % width]!
      near(out.view()[i]!, expected, (width + 8) * ULP * Math.abs(expected), `rmsNorm width ${width}`)
      near(inPlace.view()[i]!, expected, (width + 8) * ULP * Math.abs(expected), `rmsNorm in place ${width}`)
    }
  }
}

export function ropeCase(backend: Backend, pairs: RopePairs): void {
  const random = seededRandom(3)
  for (const [n, start, heads, headDim] of [
    [1, 0, 1, 32],
    [3, 4, 2, 24],
    [5, 11, 3, 64],
    [2, 1, 9, 128],
  ] as const) {
    const angles = Float64Array.from({ length: (20 * headDim) / 2 }, () => random() * 6.28)
    const table = put(
      backend,
      Float32Array.from({ length: 20 * headDim }, (_, i) => (i % 2 ? Math.sin : Math.cos)(angles[i >> 1]!)),
    )
    const x = Float32Array.from({ length: n * heads * headDim }, () => normal(random))
    const turned = put(backend, x)
    backend.rope(turned, table, start, n, { heads, headDim, pairs })
    for (let pair = 0; pair < x.length / 2; pair++) {
      const [head, at] = [Math.floor(pair / (headDim / 2)), pair % (headDim / 2)]
      const angle = angles[((start + Math.floor(head / heads)) * headDim) / 2 + at]!
      const i = head * headDim + (pairs === 'halves' ? at : 2 * at)
      const j = pairs === 'halves' ? i + headDim / 2 : i + 1
      const [a, b] = [x[i]!, x[j]!]
      const bound = 4 * ULP * (Math.abs(a) + Math.abs(b))
      near(turned.view()[i]!, a * Math.cos(angle) - b * Math.sin(angle), bound, `rope ${pairs}, first`)
      near(turned.view()[j]!, a * Math.sin(angle) + b * Math.cos(angle), bound, `rope ${pairs}, second`)
    }
  }
}

export function attentionCase(backend: Backend, shape: AttentionShape, size = 1): void {
  const { n, start, heads, kvHeads, headDim, scale, causal, window, softcap } = shape
  const random = seededRandom(start * 100 + n * 10 + headDim)
  const positions = start + n + 3
  const q = Float32Array.from({ length: n * heads * headDim }, () => size * normal(random))
  const half = (factor: number): number => roundToHalf(factor * normal(random))
  const k = Float32Array.from({ length: positions * kvHeads * headDim }, () => half(size))
  const v = Float32Array.from({ length: positions * kvHeads * headDim }, () => half(1))
  // What lies behind the last position must not be read.
  k.fill(Number.POSITIVE_INFINITY, (start + n) * kvHeads * headDim)
  v.fill(Number.POSITIVE_INFINITY, (start + n) * kvHeads * headDim)
  const cache = backend.layerCache(positions, shape)
  backend.remember(cache, put(backend, k), put(backend, v), 0, positions)
  const out = backend.floats(q.length)
  backend.attention(out, put(backend, q), cache, shape)
  for (let i = 0; i < n; i++) {
    for (let h = 0; h < heads; h++) {
      const group = Math.floor((h * kvHeads) / heads)
      const at = (i * heads + h) * headDim
      const scores: number[] = []
      let wobble = 0
      const first = window > 0 ? Math.max(0, start + i + 1 - window) : 0
      for (let p = first; p < (causal ? start + i + 1 : start + n); p++) {
        let sum = 0
        let magnitude = 0
        for (let d = 0; d < headDim; d++) {
          const product = q[at + d]! * k[(p * kvHeads + group) * headDim + d]!
          sum += product
          magnitude += Math.abs(product)
        }
        scores.push(softcap > 0 ? softcap * Math.tanh((sum * scale) / softcap) : sum * scale)
        // The slope of a cap is 1 at most; tanh itself may be 4e-7 off.
        wobble = Math.max(wobble, (headDim + 6) * ULP * magnitude * scale + 4e-7 * softcap)
      }
      const top = Math.max(...scores)
      const weights = scores.map((score) => Math.exp(score - top))
      const total = weights.reduce((sum, w) => sum + w, 0)
      for (let d = 0; d < headDim; d++) {
        let sum = 0
        let magnitude = 0
        weights.forEach((w, p) => {
          const term = (w / total) * v[((first + p) * kvHeads + group) * headDim + d]!
          sum += term
          magnitude += Math.abs(term)
        })
        // An error `wobble` of a score is a relative error of its weight, above and below the fraction; exp gets 8 units.
        const bound = (2 * wobble + (2 * weights.length + 16) * ULP) * magnitude * 1.01
        near(out.view()[at + d]!, sum, bound, `attention head ${h} at ${start + i}`)
      }
    }
  }
}

/** The usual scale, causal, no window, no cap. */
export function whole(
  headDim: number,
): Pick<AttentionShape, 'headDim' | 'scale' | 'causal' | 'window' | 'softcap'> {
  return { headDim, scale: 1 / Math.sqrt(headDim), causal: true, window: 0, softcap: 0 }
}

export function steepAttentionCase(backend: Backend): void {
  attentionCase(backend, { ...whole(32), n: 3, start: 6, heads: 2, kvHeads: 1 }, 12)
}

export function gluCase(backend: Backend, activation: Activation): void {
  const random = seededRandom(4)
  const ends = [0, -0, 1e-30, -1e-30, 20, -20, 87, -87, 90, -90, 200, -200, 3e38, -3e38]
  for (const count of [1, 3, 8, 21, 288]) {
    const g = Float32Array.from({ length: count }, (_, i) =>
      count === 21 ? (ends[i] ?? 1) : 4 * normal(random),
    )
    const u = Float32Array.from({ length: count }, () => random() - 0.5)
    const gate = put(backend, g)
    backend.glu(gate, put(backend, u), count, activation)
    for (let i = 0; i < count; i++) {
      const x = activation === 'silu' || g[i]! >= 10 ? g[i]! : roundToHalf(g[i]!)
      const z = activation === 'silu' ? x : 1.5957691216057308 * (x + 0.044715 * x ** 3)
      const isGone = activation === 'gelu' && x <= -10
      const expected = isGone ? 0 : (x / (1 + Math.exp(-z))) * u[i]!
      // GELU's result is a half, made with f32 steps whose 1 + tanh loses what is below 2^-24.
      const rounding =
        activation === 'silu' ? 16 * ULP * Math.abs(expected) : 2 ** -11 * Math.abs(expected) + 1e-6
      const bound = isGone ? 1e-6 : rounding
      near(gate.view()[i]!, expected, bound, `${activation} of ${g[i]}`)
    }
  }
}

export function scaleCase(backend: Backend): void {
  for (const count of [1, 5, 8, 33]) {
    const x = Float32Array.from({ length: count + 2 }, (_, i) => Math.sin(i + 1))
    const scaled = put(backend, x)
    backend.scale(scaled, 25.298221, count)
    const factor = Math.fround(25.298221)
    expect([...scaled.view()]).toEqual([...x].map((v, i) => (i < count ? Math.fround(v * factor) : v)))
  }
}

export function softcapCase(backend: Backend): void {
  const x = Float32Array.of(0, -0, 1e-6, -0.3, 0.3, 5, -29, 31, 200, -1e4, 3e38, 7, 8)
  const capped = put(backend, x)
  backend.softcap(capped, 30, 11)
  x.forEach((value, i) => {
    const expected = i < 11 ? 30 * Math.tanh(value / 30) : value
    near(capped.view()[i]!, expected, 30 * 4e-7, `softcap of ${value}`)
  })
}

export function addCase(backend: Backend): void {
  const random = seededRandom(6)
  for (const count of [1, 5, 8, 33]) {
    const x = Float32Array.from({ length: count + 2 }, () => normal(random))
    const y = Float32Array.from({ length: count + 2 }, () => normal(random))
    const sum = put(backend, x)
    backend.add(sum, put(backend, y), count)
    expect([...sum.view()]).toEqual([...x].map((v, i) => (i < count ? Math.fround(v + y[i]!) : v)))
  }
}

export function softmaxRowsCase(backend: Backend): void {
  const random = seededRandom(9)
  for (const [n, width] of [
    [1, 1],
    [3, 7],
    [2, 8192],
    [2, 8193],
    [1, 50_001],
  ] as const) {
    for (const spread of [0, 1, 30]) {
      const x = Float32Array.from({ length: n * width }, () => spread * normal(random) - 20)
      if (width > 7 && spread > 0) x[3] = Number.NEGATIVE_INFINITY
      const rows = backend.softmaxRows(put(backend, x), n, width)
      expect(rows).toHaveLength(n)
      rows.forEach(({ best, logSum, margin }, row) => {
        const values = x.subarray(row * width, (row + 1) * width)
        const [first, second = Number.NEGATIVE_INFINITY] = values.toSorted((a, b) => b - a)
        expect(margin).toBe(first! - second)
        expect(best).toBe(values.indexOf(values.reduce((a, b) => Math.max(a, b))))
        const sum = values.reduce((total, value) => total + Math.exp(value - values[best]!), 0)
        near(logSum, values[best]! + Math.log(sum), 1e-5 + ULP * Math.abs(logSum), `softmax over ${width}`)
      })
    }
  }
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
    for (const place of [0, 8191, 9000]) {
      const x = new Float32Array(9001)
      x[place] = wrong
      expect(backend.softmaxRows(put(backend, x), 1, x.length)[0]!.best).toBe(-1)
    }
  }
  const nothing = new Float32Array(5).fill(Number.NEGATIVE_INFINITY)
  expect(backend.softmaxRows(put(backend, nothing), 1, 5)[0]!.best).toBe(-1)
}
