/**
 * Keys and values of some positions as bytes, as model/cache.ts gives and takes them: planes one after another, each
 * [positions, row]. What they mean is not told here.
 */

export interface KvLayout {
  /** Parts in which positions follow one another: keys and values of every head of every layer. */
  readonly planes: number
  /** Bytes of a position in one plane. */
  readonly row: number
}

export const positionBytes = ({ planes, row }: KvLayout): number => planes * row

/** The positions [from, to) of `kv`, a copy of its own. */
export function cutPositions(kv: Uint8Array, layout: KvLayout, from: number, to: number): Uint8Array {
  const part = new Uint8Array((to - from) * positionBytes(layout))
  putPositions(part, 0, kv, from, to - from, layout)
  return part
}

/** Puts `count` positions of `kv`, from the one at `from` on, at the position `at` of `into`. */
export function putPositions(
  into: Uint8Array,
  at: number,
  kv: Uint8Array,
  from: number,
  count: number,
  { planes, row }: KvLayout,
): void {
  for (let plane = 0; plane < planes; plane++) {
    const start = (plane * kv.length) / planes + from * row
    into.set(kv.subarray(start, start + count * row), (plane * into.length) / planes + at * row)
  }
}
