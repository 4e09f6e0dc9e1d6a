/** Each kernel against the plain operation in double precision, and its gradient against central differences of that. */
import { seededRandom } from '@edgewise/engine'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { BLOCK } from './adam.ts'
import { openRoom, type Room } from './room.ts'
import * as plain from './testing/reference.ts'

const heads = { heads: 4, kvHeads: 2, headDim: 12 }
const longest = 19
const rooms = (['best', 'plain'] as const).map((dot) => ({
  dot,
  room: openRoom({ ...heads, scale: 1 / Math.sqrt(heads.headDim), longest }, 1, dot),
}))
afterAll(() => {
  for (const { room } of rooms) room[Symbol.dispose]()
})

const random = seededRandom(23)
/** Rounded to f32, so that kernels and references read the same. */
const noise = (count: number, scale = 1): Float64Array =>
  Float64Array.from({ length: count }, () => Math.fround(scale * (2 * random() - 1)))

describe.each(rooms)('$dot instructions', ({ room }) => {
  const { kernels } = room
  const put = (values: ArrayLike<number>): number => {
    const at = room.place(values.length + 64)
    room.floats(at, values.length).set(values)
    return at
  }
  const near = (at: number, wanted: ArrayLike<number>, tolerance = 2e-5): void => {
    const got = room.floats(at, wanted.length)
    const scale = Math.max(1, ...Array.from(wanted, Math.abs))
    for (let i = 0; i < wanted.length; i++) {
      if (!(Math.abs(got[i]! - wanted[i]!) < tolerance * scale)) {
        throw new Error(`number ${i} is ${got[i]}, not ${wanted[i]}`)
      }
    }
  }

  test('RMSNorm, of its input and of its gain', () => {
    const [n, width, eps] = [7, 20, 1e-5]
    const [x, g, dy] = [noise(n * width, 3), noise(width), noise(n * width)]
    const [out, r, xs, gs, dys] = [room.place(n * width), room.place(n), put(x), put(g), put(dy)]
    kernels.norm(out, xs, gs, r, n, width, eps)
    near(out, plain.norm(x, g, eps))
    const before = noise(n * width)
    const dx = put(before)
    kernels.normGradient(dx, dys, xs, gs, r, n, width)
    const wanted = plain.differences((at) => plain.norm(at, g, eps), x, dy)
    near(
      dx,
      wanted.map((value, i) => value + before[i]!),
    )
    const dg = put(noise(width).fill(2))
    kernels.gainGradient(dg, dys, xs, r, n, 4 * width, width / 4)
    near(
      dg,
      plain.differences((at) => plain.norm(x, at, eps), g, dy).map((value) => value + 2),
    )
  })

  test('SwiGLU, where gates are large, too', () => {
    const [n, width] = [5, 12]
    const x = noise(2 * n * width, 4)
    x.set([-200, -90, -30, 30, 90, 200], 0)
    const dy = noise(n * width)
    const [out, gateUp, dOut] = [room.place(n * width), put(x), put(dy)]
    kernels.swiglu(out, gateUp, n, width)
    near(out, plain.swiglu(x, width))
    kernels.swigluGradient(gateUp, dOut, n, width)
    near(
      gateUp,
      plain.differences((at) => plain.swiglu(at, width), x, dy),
    )
  })

  test('RoPE, which its gradient turns back', () => {
    const { headDim } = heads
    const ld = 5 * headDim
    const positions = [0, 1, 2, 0, 18, 7]
    const [x, dy] = [noise(positions.length * ld), noise(positions.length * ld)]
    const table = room.place(longest * headDim)
    const angles = room.floats(table, longest * headDim)
    for (let i = 0; i < angles.length; i += 2) {
      const angle = Math.floor(i / headDim) * 10_000 ** (-(i % headDim) / headDim)
      angles.set([Math.cos(angle), Math.sin(angle)], i)
    }
    const at = room.place(positions.length)
    room.ints(at, positions.length).set(positions)
    const [xs, dys] = [put(x), put(dy)]
    const turned = (values: Float64Array): Float64Array => plain.rope(values, ld, positions, 3, headDim)
    kernels.rope(xs, 4 * ld, at, table, positions.length, 3, headDim / 4, 1)
    near(xs, turned(x))
    kernels.rope(dys, 4 * ld, at, table, positions.length, 3, headDim / 4, -1)
    near(dys, plain.differences(turned, x, dy))
  })

  test('attention over packed sequences', () => {
    const lengths = [1, 6, longest, 8, 13, 2]
    const n = lengths.reduce((a, b) => a + b)
    const [ld, width] = [(heads.heads + 2 * heads.kvHeads) * heads.headDim, heads.heads * heads.headDim]
    const [x, dy] = [noise(n * ld), noise(n * width)]
    // What lies around the sequences is read by edges and must not show.
    const around = (values: Float64Array, row: number): number =>
      put([...values, ...new Array<number>(8 * row).fill(Number.NaN)])
    const [qkv, dOut] = [around(x, ld), around(dy, width)]
    const out = around(new Float64Array(n * width), width)
    const dQkv = room.place(n * ld)
    const items = place(room, lengths)
    kernels.attend(items.at, items.count, qkv, out, room.scratch.at)
    near(out, plain.attention(x, lengths, heads))
    // Scratch memory may hold anything.
    room.floats(room.scratch.at, room.scratch.bytes / 4).fill(Number.NaN)
    kernels.attendGradient(items.at, items.count, qkv, out, dOut, dQkv, room.scratch.at)
    near(dQkv, attentionDifferences(x, lengths, dy))
  })

  test('softmax and loss rows, of any width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 5 }), (count, n) => {
        const ld = 8 * Math.ceil(count / 8)
        const x = noise(n * ld, 30)
        const [at, parts, stats] = [
          put(x.map((value, i) => (i % ld < count ? value : Number.NaN))),
          put(noise(n).fill(0.5)),
          room.place(2 * n),
        ]
        kernels.lossRows(at, 4 * ld, stats, parts, n, count, ld / 4)
        const rows = Array.from({ length: n }, (_, i) => Array.from(x.subarray(i * ld, i * ld + count)))
        near(
          at,
          rows.flatMap((row) => [
            ...plain.softmax(row).map((p) => p / 2),
            ...new Array<number>(ld - count).fill(0),
          ]),
        )
        for (const [i, row] of rows.entries()) {
          const [most, sum] = room.floats(stats + 8 * i, 2)
          const wanted = Math.log(row.reduce((total, value) => total + Math.exp(value - 30), 0)) + 30
          expect(most! + Math.log(sum!)).toBeCloseTo(wanted, 4)
        }
      }),
      { numRuns: 50, seed: 3 },
    )
  })

  test('rows taken and added, one of them twice', () => {
    const [table, x] = [noise(5 * 8), noise(4 * 8)]
    const numbers = [3, 0, 3, 4]
    const at = room.place(4)
    room.ints(at, 4).set(numbers)
    const [out, from, rows] = [room.place(4 * 8), put(table), put(x)]
    kernels.gather(out, from, at, 4, 8)
    near(
      out,
      numbers.flatMap((number) => Array.from(table.subarray(8 * number, 8 * number + 8))),
      1e-9,
    )
    kernels.scatter(from, rows, at, 4, 32, 2)
    const wanted = table.slice()
    for (const [i, number] of numbers.entries()) {
      for (let j = 0; j < 8; j++) wanted[8 * number + j]! += x[8 * i + j]!
    }
    near(from, wanted, 1e-6)
  })

  test('squares, and AdamW over three steps', () => {
    const x = noise(2 * BLOCK)
    const [at, sums] = [put(x), room.place(2)]
    kernels.squares(sums, at, 2)
    near(
      sums,
      [0, 1].map((b) => x.subarray(b * BLOCK, (b + 1) * BLOCK).reduce((sum, v) => sum + v * v, 0)),
    )
    const [w, m, v] = [noise(16), new Float64Array(16), new Float64Array(16)]
    const [ws, ms, vs] = [put(w), put(m), put(v)]
    const [rate, beta1, beta2, decay, eps, clip] = [0.01, 0.9, 0.98, 0.05, 1e-8, 0.5]
    for (let t = 1; t <= 3; t++) {
      const g = noise(16)
      kernels.adam(
        ws,
        put(g),
        ms,
        vs,
        4,
        clip,
        beta1,
        beta2,
        1 - rate * decay,
        rate / (1 - beta1 ** t),
        1 / Math.sqrt(1 - beta2 ** t),
        eps,
      )
      for (let i = 0; i < 16; i++) {
        m[i] = beta1 * m[i]! + (1 - beta1) * clip * g[i]!
        v[i] = beta2 * v[i]! + (1 - beta2) * (clip * g[i]!) ** 2
        const root = Math.sqrt(v[i]! / (1 - beta2 ** t)) + eps
        w[i] = w[i]! * (1 - rate * decay) - (rate * (m[i]! / (1 - beta1 ** t))) / root
      }
    }
    near(ws, w, 2e-6)
  })
})

/** Items of attention, for all heads of keys. */
function place(room: Room, lengths: readonly number[]): { at: number; count: number } {
  const values: number[] = []
  let start = 0
  for (const length of lengths) {
    for (let head = 0; head < heads.kvHeads; head++) values.push(start, length, head, 0)
    start += length
  }
  const at = room.place(values.length)
  room.ints(at, values.length).set(values)
  return { at, count: values.length / 4 }
}

/** Sequences do not see each other, so each is differentiated alone. */
function attentionDifferences(x: Float64Array, lengths: readonly number[], dy: Float64Array): Float64Array {
  const { headDim } = heads
  const [ld, width] = [(heads.heads + 2 * heads.kvHeads) * headDim, heads.heads * headDim]
  let start = 0
  const parts = lengths.map((length) => {
    const own = x.slice(start * ld, (start + length) * ld)
    const weights = dy.slice(start * width, (start + length) * width)
    start += length
    return plain.differences((at) => plain.attention(at, [length], heads), own, weights)
  })
  return Float64Array.from(parts.flatMap((part) => [...part]))
}
