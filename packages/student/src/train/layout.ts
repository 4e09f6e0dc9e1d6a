/**
 * Where each tensor of a model lies in one row of floats, which weights, gradients and the optimiser's moments share: matrices first, as
 * only they decay, then gains. Queries, keys and values of a layer lie one behind the other, and so do gate and up, so that each is one
 * product. Names are the file's.
 */
import type { Config } from '@edgewise/engine'
import { BLOCK } from '../kernels/adam.ts'

export interface ModelShape
  extends Pick<Config, 'layers' | 'dim' | 'hiddenDim' | 'heads' | 'kvHeads' | 'headDim'> {
  readonly vocab: number
  /** Whether the head is the embedding. */
  readonly tied: boolean
}

export interface Entry {
  readonly name: string
  readonly rows: number
  readonly cols: number
  /** In floats. */
  readonly offset: number
}

export interface Layout {
  readonly entries: ReadonlyMap<string, Entry>
  /** Floats of all matrices, and of everything: multiples of BLOCK, padded with zeros. */
  readonly matrices: number
  readonly size: number
  /** Numbers in all tensors. */
  readonly parameters: number
}

/** Numbers in all tensors of a shape, without laying them out: a header may ask for any number of layers. */
export function parametersOf(shape: ModelShape): number {
  const { layers, dim, hiddenDim, heads, kvHeads, headDim, vocab, tied } = shape
  const layer = dim * (2 * heads + 2 * kvHeads) * headDim + 3 * dim * hiddenDim + 2 * dim
  return (tied ? 1 : 2) * vocab * dim + layers * layer + dim
}

export function layoutOf({
  layers,
  dim,
  hiddenDim,
  heads,
  kvHeads,
  headDim,
  vocab,
  tied,
}: ModelShape): Layout {
  const entries = new Map<string, Entry>()
  let offset = 0
  let parameters = 0
  const add = (name: string, rows: number, cols: number): void => {
    entries.set(name, { name, rows, cols, offset })
    offset += rows * cols
    parameters += rows * cols
  }
  const pad = (): number => (offset = BLOCK * Math.ceil(offset / BLOCK))
  add('token_embd.weight', vocab, dim)
  if (!tied) add('output.weight', vocab, dim)
  for (let l = 0; l < layers; l++) {
    const matrix = (part: string, rows: number, cols: number): void =>
      add(`blk.${l}.${part}.weight`, rows, cols)
    matrix('attn_q', heads * headDim, dim)
    matrix('attn_k', kvHeads * headDim, dim)
    matrix('attn_v', kvHeads * headDim, dim)
    matrix('attn_output', dim, heads * headDim)
    matrix('ffn_gate', hiddenDim, dim)
    matrix('ffn_up', hiddenDim, dim)
    matrix('ffn_down', dim, hiddenDim)
  }
  const matrices = pad()
  for (let l = 0; l < layers; l++) {
    add(`blk.${l}.attn_norm.weight`, 1, dim)
    add(`blk.${l}.ffn_norm.weight`, 1, dim)
  }
  add('output_norm.weight', 1, dim)
  return { entries, matrices, size: pad(), parameters }
}

/** Throws RangeError for a name that the layout does not have, which is a mistake of this package. */
export function entryOf(layout: Layout, name: string): Entry {
  const entry = layout.entries.get(name)
  if (!entry) throw new RangeError(`no tensor ${name}`)
  return entry
}
