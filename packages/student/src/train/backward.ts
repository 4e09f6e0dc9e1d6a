/**
 * The way back through a piece that forward.ts has run: from the gradient of the last states, in `network.gradients.normed`, to those of
 * everything that is trained, which are added to. The gate and up of a layer give way to their gradients.
 */
import { type Call, COUNT, perItem, perThread } from '@edgewise/engine/wasm'
import { ITEM_BYTES } from '../kernels/attention.ts'
import type { Matrix } from '../kernels/multiply.ts'
import { TOKENS } from './forward.ts'
import type { Network } from './network.ts'
import type { Gain } from './weights.ts'

export function backward(network: Network, n: number, items: number): void {
  const { model, room, weights, linears, layers } = network
  const { kernels, pool, scratch } = room
  const { dim, heads, kvHeads, headDim, hiddenDim } = model.shape
  const d = network.gradients!
  const each = (kernel: keyof typeof kernels, args: Call['args']): void =>
    pool.each(n, TOKENS, [{ kernel: kernels[kernel], args }])
  /** d.x += the gradient through a norm, whose own is in d.normed. */
  const norm = (x: Matrix, r: number, { at, gradient }: Gain): void => {
    if (gradient !== undefined) {
      pool.each(dim / 4, 8, [
        {
          kernel: kernels.gainGradient,
          args: [perItem(gradient, 16), perItem(d.normed.at, 16), perItem(x.at, 16), r, n, 4 * dim, COUNT],
        },
      ])
    }
    each('normGradient', [
      perItem(d.x.at, 4 * dim),
      perItem(d.normed.at, 4 * dim),
      perItem(x.at, 4 * dim),
      at,
      perItem(r, 4),
      COUNT,
      dim,
    ])
  }

  pool.each((n * dim) / 4, 16_384, [{ kernel: kernels.zero, args: [perItem(d.x.at, 16), COUNT] }])
  norm(network.last, network.r, weights.norm)
  for (let l = layers.length - 1; l >= 0; l--) {
    const layer = weights.layers[l]!
    const { x, middle, normed, middleNormed, r, middleR, qkv, attended, gateUp, hidden } = layers[l]!
    // Feed-forward.
    linears.backward(d.hidden, d.x, hidden, layer.down, n)
    each('swigluGradient', [
      perItem(gateUp.at, 8 * hiddenDim),
      perItem(d.hidden.at, 4 * hiddenDim),
      COUNT,
      hiddenDim,
    ])
    linears.backward(d.normed, gateUp, middleNormed, layer.gateUp, n)
    norm(middle, middleR, layer.feedForwardNorm)

    // Attention.
    linears.backward(d.attended, d.x, attended, layer.attentionOut, n)
    pool.each(items, kvHeads, [
      {
        kernel: kernels.attendGradient,
        args: [
          ...[perItem(network.items, ITEM_BYTES), COUNT, qkv.at, attended.at, d.attended.at, d.qkv.at],
          perThread(scratch.at, scratch.bytes),
        ],
      },
    ])
    each('rope', [
      perItem(d.qkv.at, 4 * qkv.ld),
      4 * qkv.ld,
      perItem(network.positions, 4),
      network.angles,
      COUNT,
      heads + kvHeads,
      headDim / 4,
      -1,
    ])
    // Adapters of the first layer need nothing of what lies before it.
    const isLast = l === 0 && !weights.embedding.gradient
    linears.backward(isLast ? undefined : d.normed, d.qkv, normed, layer.qkv, n)
    if (!isLast) norm(x, r, layer.attentionNorm)
  }
  const { gradient } = weights.embedding
  if (!gradient) return
  pool.each(dim / 4, 8, [
    {
      kernel: kernels.scatter,
      args: [perItem(gradient.at, 16), perItem(d.x.at, 16), network.ids, n, 4 * dim, COUNT],
    },
  ])
}
