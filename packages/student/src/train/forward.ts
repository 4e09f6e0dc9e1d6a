/** The forward pass over a piece, top to bottom: afterwards `network.normed` holds the last states, [n, dim]. */
import { type Call, COUNT, perItem, perThread } from '@edgewise/engine/wasm'
import { ITEM_BYTES } from '../kernels/attention.ts'
import type { Matrix } from '../kernels/multiply.ts'
import type { Network } from './network.ts'
import type { Gain } from './weights.ts'

/** Tokens that a thread takes at once of what is done for each alone. */
export const TOKENS = 32

/** `items`: those of attention, as `network.place` made them. */
export function forward(network: Network, n: number, items: number): void {
  const { model, room, weights, linears, layers } = network
  const { kernels, pool, scratch } = room
  const { dim, heads, kvHeads, headDim, hiddenDim } = model.shape
  const each = (kernel: keyof typeof kernels, args: Call['args']): void =>
    pool.each(n, TOKENS, [{ kernel: kernels[kernel], args }])
  const norm = (out: Matrix, x: Matrix, { at }: Gain, r: number): void =>
    each('norm', [
      perItem(out.at, 4 * dim),
      perItem(x.at, 4 * dim),
      at,
      perItem(r, 4),
      COUNT,
      dim,
      model.config.normEps,
    ])

  each('gather', [
    perItem(layers[0]!.x.at, 4 * dim),
    weights.embedding.weight.at,
    perItem(network.ids, 4),
    COUNT,
    dim,
  ])
  for (const [l, layer] of weights.layers.entries()) {
    const { x, middle, normed, middleNormed, r, middleR, qkv, attended, gateUp, hidden } = layers[l]!
    // Attention.
    norm(normed, x, layer.attentionNorm, r)
    linears.forward(qkv, normed, layer.qkv, n, false)
    each('rope', [
      perItem(qkv.at, 4 * qkv.ld),
      4 * qkv.ld,
      perItem(network.positions, 4),
      network.angles,
      COUNT,
      heads + kvHeads,
      headDim / 4,
      1,
    ])
    pool.each(items, kvHeads, [
      {
        kernel: kernels.attend,
        args: [
          perItem(network.items, ITEM_BYTES),
          COUNT,
          qkv.at,
          attended.at,
          perThread(scratch.at, scratch.bytes),
        ],
      },
    ])
    copy(network, middle, x, n)
    linears.forward(middle, attended, layer.attentionOut, n, true)

    // Feed-forward.
    norm(middleNormed, middle, layer.feedForwardNorm, middleR)
    linears.forward(gateUp, middleNormed, layer.gateUp, n, false)
    each('swiglu', [perItem(hidden.at, 4 * hiddenDim), perItem(gateUp.at, 8 * hiddenDim), COUNT, hiddenDim])
    const next = layers[l + 1]?.x ?? network.last
    copy(network, next, middle, n)
    linears.forward(next, hidden, layer.down, n, true)
  }
  norm(network.normed, network.last, weights.norm, network.r)
}

function copy({ room }: Network, out: Matrix, x: Matrix, n: number): void {
  room.pool.each((n * out.ld) / 4, 16_384, [
    { kernel: room.kernels.copy, args: [perItem(out.at, 16), perItem(x.at, 16), COUNT] },
  ])
}
