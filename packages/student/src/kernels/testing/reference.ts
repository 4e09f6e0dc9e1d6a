/**
 * Every operation once more, in plain TypeScript and double precision, forward only: what kernels are held against, and what central
 * differences are taken of.
 */

export type Numbers = Float64Array

/** x r g, r = 1 / sqrt(mean(x^2) + eps); rows of g.length. */
export function norm(x: Numbers, g: Numbers, eps: number): Numbers {
  const width = g.length
  const out = new Float64Array(x.length)
  for (let row = 0; row < x.length; row += width) {
    let squares = 0
    for (let i = 0; i < width; i++) squares += x[row + i]! ** 2
    const r = 1 / Math.sqrt(squares / width + eps)
    for (let i = 0; i < width; i++) out[row + i] = x[row + i]! * r * g[i]!
  }
  return out
}

/** Rows [gate | up]. */
export function swiglu(gateUp: Numbers, width: number): Numbers {
  const out = new Float64Array(gateUp.length / 2)
  for (let i = 0; i < out.length; i++) {
    const at = Math.floor(i / width) * 2 * width + (i % width)
    const gate = gateUp[at]!
    out[i] = (gate / (1 + Math.exp(-gate))) * gateUp[at + width]!
  }
  return out
}

/** Turns pairs of neighbours of the first `heads` heads of rows of `ld` numbers. */
export function rope(
  x: Numbers,
  ld: number,
  positions: readonly number[],
  heads: number,
  headDim: number,
): Numbers {
  const out = x.slice()
  for (const [row, position] of positions.entries()) {
    for (let i = 0; i < heads * headDim; i += 2) {
      const angle = position * 10_000 ** (-(i % headDim) / headDim)
      const [a, b] = [x[row * ld + i]!, x[row * ld + i + 1]!]
      out[row * ld + i] = a * Math.cos(angle) - b * Math.sin(angle)
      out[row * ld + i + 1] = a * Math.sin(angle) + b * Math.cos(angle)
    }
  }
  return out
}

export interface Heads {
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
}

/** Rows [queries | keys | values] of sequences one behind the other, `lengths` tokens each, to [n, heads * headDim]. */
export function attention(
  qkv: Numbers,
  lengths: readonly number[],
  { heads, kvHeads, headDim }: Heads,
): Numbers {
  const ld = (heads + 2 * kvHeads) * headDim
  const n = qkv.length / ld
  const out = new Float64Array(n * heads * headDim)
  let start = 0
  for (const length of lengths) {
    for (let h = 0; h < heads; h++) {
      const key = (heads + Math.floor(h / (heads / kvHeads))) * headDim
      for (let i = start; i < start + length; i++) {
        const scores: number[] = []
        for (let j = start; j <= i; j++) {
          let sum = 0
          for (let d = 0; d < headDim; d++) sum += qkv[i * ld + h * headDim + d]! * qkv[j * ld + key + d]!
          scores.push(sum / Math.sqrt(headDim))
        }
        const weights = softmax(scores)
        for (let d = 0; d < headDim; d++) {
          let sum = 0
          for (const [j, weight] of weights.entries()) {
            sum += weight * qkv[(start + j) * ld + key + kvHeads * headDim + d]!
          }
          out[i * heads * headDim + h * headDim + d] = sum
        }
      }
    }
    start += length
  }
  return out
}

export function softmax(x: readonly number[]): number[] {
  const most = Math.max(...x)
  const e = x.map((value) => Math.exp(value - most))
  const sum = e.reduce((a, b) => a + b, 0)
  return e.map((value) => value / sum)
}

/** y [n, rows] = x [n, cols] w^T, w [rows, cols]. */
export function linear(x: Numbers, w: Numbers, rows: number, cols: number): Numbers {
  const n = x.length / cols
  const out = new Float64Array(n * rows)
  for (let i = 0; i < n; i++) {
    for (let row = 0; row < rows; row++) {
      let sum = 0
      for (let k = 0; k < cols; k++) sum += x[i * cols + k]! * w[row * cols + k]!
      out[i * rows + row] = sum
    }
  }
  return out
}

/** Gradient of sum(weights * f(x)) by central differences. */
export function differences(f: (x: Numbers) => Numbers, x: Numbers, weights: Numbers): Numbers {
  const step = 1e-5
  const value = (): number => f(x).reduce((sum, y, i) => sum + y * weights[i]!, 0)
  return Float64Array.from(x, (kept, i) => {
    x[i] = kept + step
    const above = value()
    x[i] = kept - step
    const below = value()
    x[i] = kept
    return (above - below) / (2 * step)
  })
}
