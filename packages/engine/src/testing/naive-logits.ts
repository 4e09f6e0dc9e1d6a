/**
 * The forward pass once more, written as formulas over plain arrays in double precision, one position and one head at a
 * time: what the engine's is checked against. It reads the file's metadata for itself and shares no code with model/.
 * Head width, norm epsilon and RoPE base are those of testing/random-model.ts.
 */
import { findNumber, findString } from '../gguf/metadata.ts'
import { readGguf, tensorBytes } from '../gguf/read.ts'
import { roundToHalf } from '../quant/half.ts'
import { dequantize } from '../quant/quant.ts'

export interface NaiveResult {
  /** The last states of all tokens, normalised: [tokens, dim]. */
  readonly states: readonly number[][]
  /** Those of the token at a place: [vocab]. */
  readonly logits: (at: number) => number[]
}

/** The logits after the last of `tokens`, by a file of the types f32, f16, q8_0 or q4_0. */
export function naiveLogits(bytes: Uint8Array, tokens: number[]): number[] {
  return naivePass(bytes, tokens).logits(tokens.length - 1)
}

/** As `naiveLogits`, of all tokens, with the states that logits are made of; each token sees all of them unless it is `causal`. */
export function naivePass(bytes: Uint8Array, tokens: number[], causal = true): NaiveResult {
  const { metadata, tensors } = readGguf(bytes)
  const architecture = findString(metadata, 'general.architecture')!
  const key = (name: string): number => findNumber(metadata, `${architecture}.${name}`) ?? 0
  const isGemma = architecture === 'gemma3'
  const heads = key('attention.head_count')
  const headDim = key('attention.key_length') || key('embedding_length') / heads
  const group = heads / key('attention.head_count_kv')
  const rows = (name: string): number[][] => {
    const tensor = tensors.get(name)!
    const values = new Float32Array(tensor.rows * tensor.cols)
    dequantize(tensor.type, tensorBytes(bytes, tensor), values)
    return Array.from({ length: tensor.rows }, (_, r) => [
      ...values.subarray(r * tensor.cols, (r + 1) * tensor.cols),
    ])
  }
  const vector = (name: string): number[] | undefined => (tensors.has(name) ? rows(name)[0]! : undefined)
  const embedding = rows('token_embd.weight')
  const { type } = tensors.get('token_embd.weight')!
  const times = (name: string, x: number[]): number[] => {
    const seen = type === 'f32' ? x : type === 'f16' ? x.map(roundToHalf) : rounded(x)
    const bias = vector(`${name}.bias`)
    return rows(`${name}.weight`).map((row, i) => dot(row, seen) + (bias?.[i] ?? 0))
  }
  const norm = (x: number[], name: string): number[] => {
    const gain = vector(`${name}.weight`)
    const scale = 1 / Math.sqrt(dot(x, x) / x.length + 1e-5)
    return gain ? x.map((value, i) => value * scale * gain[i]!) : x
  }
  const factors = vector('rope_freqs.weight')
  const rotate = (head: number[], position: number, isLocal: boolean): number[] => {
    const half = head.length / 2
    const out = [...head]
    for (let pair = 0; pair < half; pair++) {
      const [i, j] = architecture === 'llama' ? [2 * pair, 2 * pair + 1] : [pair, pair + half]
      const angle = position / 10_000 ** (pair / half) / (isLocal ? 1 : (factors?.[pair] ?? 1))
      out[i] = head[i]! * Math.cos(angle) - head[j]! * Math.sin(angle)
      out[j] = head[i]! * Math.sin(angle) + head[j]! * Math.cos(angle)
    }
    return out
  }
  const split = (x: number[]): number[][] =>
    Array.from({ length: x.length / headDim }, (_, h) => x.slice(h * headDim, (h + 1) * headDim))
  const activation = (x: number): number =>
    isGemma ? roundToHalf(gelu(roundToHalf(x))) : x / (1 + Math.exp(-x))

  let states = tokens.map((token) =>
    embedding[token]!.map((v) => v * (isGemma ? Math.sqrt(key('embedding_length')) : 1)),
  )
  for (let layer = 0; layer < key('block_count'); layer++) {
    const block = `blk.${layer}.`
    const isLocal = isGemma && layer % 6 < 5
    const window = isLocal ? key('attention.sliding_window') : tokens.length
    const inputs = states.map((x) => norm(x, `${block}attn_norm`))
    const project = (part: string): number[][][] => inputs.map((x) => split(times(`${block}attn_${part}`, x)))
    const turn = (all: number[][][], part: string): number[][][] =>
      all.map((of, position) =>
        of.map((head) => rotate(norm(head, `${block}attn_${part}_norm`), position, isLocal)),
      )
    // Keys and values are kept as halves, those below the normal ones as zero.
    const kept = (all: number[][][]): number[][][] =>
      all.map((of) => of.map((head) => head.map((v) => (Math.abs(v) < 2 ** -14 ? 0 : roundToHalf(v)))))
    const queries = turn(project('q'), 'q')
    const [keys, values] = [kept(turn(project('k'), 'k')), kept(project('v'))]
    states = states.map((x, position) => {
      const first = Math.max(0, position + 1 - window)
      const attended = queries[position]!.flatMap((query, h) => {
        const kv = Math.floor(h / group)
        const seen = keys.slice(first, causal ? position + 1 : tokens.length)
        const cap = key('attn_logit_softcapping')
        const weights = seen.map((heads) => {
          const score = dot(query, heads[kv]!) / Math.sqrt(headDim)
          return Math.exp(cap > 0 ? cap * Math.tanh(score / cap) : score)
        })
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        return query.map(
          (_, d) => weights.reduce((sum, w, p) => sum + w * values[first + p]![kv]![d]!, 0) / total,
        )
      })
      const middle = plus(x, norm(times(`${block}attn_output`, attended), `${block}post_attention_norm`))
      const y = norm(middle, `${block}ffn_norm`)
      const up = times(`${block}ffn_up`, y)
      const hidden = times(`${block}ffn_gate`, y).map((g, i) => activation(g) * up[i]!)
      return plus(middle, norm(times(`${block}ffn_down`, hidden), `${block}post_ffw_norm`))
    })
  }
  const head = tensors.has('output.weight') ? 'output' : 'token_embd'
  states = states.map((x) => norm(x, 'output_norm'))
  const cap = key('final_logit_softcapping')
  const capped = (v: number): number => (cap > 0 ? cap * Math.tanh(v / cap) : v)
  return { states, logits: (at) => times(head, states[at]!).map(capped) }
}

function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
}

/** To 8 bits per 32 values, as the backend's contract has it. */
function rounded(x: number[]): number[] {
  return x.map((value, i) => {
    const amax = Math.max(...x.slice(i - (i % 32), i - (i % 32) + 32).map(Math.abs))
    return roundToHalf(amax / 127) * Math.round((value * 127) / amax)
  })
}

function plus(a: number[], b: number[]): number[] {
  return a.map((value, i) => value + b[i]!)
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0)
}
