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
  const { planes, row } = layout
  const all = kv.length / planes
  const size = (to - from) * row
  const part = new Uint8Array(planes * size)
  for (let plane = 0; plane < planes; plane++) {
    const at = plane * all + from * row
    part.set(kv.subarray(at, at + size), plane * size)
  }
  return part
}
