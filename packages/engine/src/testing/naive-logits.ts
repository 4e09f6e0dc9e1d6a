/** The forward pass once more, written as formulas over plain arrays: what the engine's is checked against. */
import { readGguf } from '../gguf/read.ts'
import { roundToHalf } from '../quant/half.ts'
import { dequantize } from '../quant/quant.ts'

/** A Llama of one layer written as formulas over plain arrays, one position and one head at a time. */
export function naiveLogits(bytes: Uint8Array, tokens: number[]): number[] {
  const { tensors } = readGguf(bytes)
  const rows = (name: string): number[][] => {
    const tensor = tensors.get(`${name}.weight`)!
    const values = new Float32Array(tensor.rows * tensor.cols)
    dequantize(tensor.type, tensor.bytes, values)
    return Array.from({ length: tensor.rows }, (_, r) => [
      ...values.subarray(r * tensor.cols, (r + 1) * tensor.cols),
    ])
  }
  const isBlock = tensors.get('output.weight')!.type.startsWith('q')
  const times = (matrix: number[][], x: number[]): number[] => {
    const seen = isBlock ? rounded(x) : x
    return matrix.map((row) => dot(row, seen))
  }
  const norm = (x: number[], gain: number[]): number[] => {
    const scale = 1 / Math.sqrt(dot(x, x) / x.length + 1e-5)
    return x.map((value, i) => value * scale * gain[i]!)
  }
  const plus = (a: number[], b: number[]): number[] => a.map((value, i) => value + b[i]!)
  const rotate = (head: number[], position: number): number[] =>
    head.map((value, i) => {
      const angle = position / 10_000 ** ((i - (i % 2)) / head.length)
      const other = head[i ^ 1]!
      return value * Math.cos(angle) + (i % 2 ? other : -other) * Math.sin(angle)
    })
  const heads = (x: number[]): number[][] => [x.slice(0, 32), x.slice(32)].filter((head) => head.length > 0)
  const embedding = rows('token_embd')
  const states = tokens.map((token) => embedding[token]!)
  const inputs = states.map((x) => norm(x, rows('blk.0.attn_norm')[0]!))
  const keys = inputs.map((x, position) => rotate(times(rows('blk.0.attn_k'), x), position))
  const values = inputs.map((x) => times(rows('blk.0.attn_v'), x))
  const position = tokens.length - 1
  const attended = heads(times(rows('blk.0.attn_q'), inputs[position]!)).flatMap((head) => {
    const turned = rotate(head, position)
    const weights = keys.map((key) => Math.exp(dot(turned, key) / Math.sqrt(32)))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    return head.map(
      (_, d) =>
        dot(
          weights,
          values.map((value) => value[d]!),
        ) / total,
    )
  })
  const middle = plus(states[position]!, times(rows('blk.0.attn_output'), attended))
  const y = norm(middle, rows('blk.0.ffn_norm')[0]!)
  const up = times(rows('blk.0.ffn_up'), y)
  const hidden = times(rows('blk.0.ffn_gate'), y).map((g, i) => (g / (1 + Math.exp(-g))) * up[i]!)
  const out = plus(middle, times(rows('blk.0.ffn_down'), hidden))
  return times(rows('output'), norm(out, rows('output_norm')[0]!))
}

/** To 8 bits per 32 values, as the backend's contract has it. */
function rounded(x: number[]): number[] {
  return x.map((value, i) => {
    const amax = Math.max(...x.slice(i - (i % 32), i - (i % 32) + 32).map(Math.abs))
    return roundToHalf(amax / 127) * Math.round((value * 127) / amax)
  })
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0)
}
