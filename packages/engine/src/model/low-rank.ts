/**
 * Adapters beside the matrices they change: y = W x, then y += b (a x), with what it is scaled by in b. Several adapters of a matrix are one of
 * the sum of their ranks. W stays as it is, of any type; a and b are f32, and x goes to a as it is. Loaded with the first adapter.
 */
import { type Adapter, checkFit, type LowRank } from '../adapter/adapter.ts'
import type { Weight } from '../backend/backend.ts'
import type { Allocator } from './all-or-nothing.ts'
import type { Config } from './config.ts'

export interface Beside {
  /** [rank, cols] */
  readonly a: Weight
  /** [rows, rank] */
  readonly b: Weight
}

/** What a pass needs for them, beyond the model's own scratch. */
export interface BesideShape {
  /** The largest rank, and the most rows. */
  readonly rank: number
  readonly rows: number
}

export class Besides {
  readonly #adapters: readonly Adapter[]

  /** Throws BadAdapterError where one is for another model. */
  constructor(adapters: readonly Adapter[], config: Config) {
    for (const adapter of adapters) checkFit(adapter, config)
    this.#adapters = adapters
  }

  /** What scratch there must be. */
  get shape(): BesideShape {
    const ranks = new Map<string, BesideShape>()
    for (const { parts } of this.#adapters) {
      for (const [name, { rank, rows }] of parts)
        ranks.set(name, { rank: rank + (ranks.get(name)?.rank ?? 0), rows })
    }
    const all = [...ranks.values()]
    return { rank: Math.max(...all.map(({ rank }) => rank)), rows: Math.max(...all.map(({ rows }) => rows)) }
  }

  /** Puts what changes the matrix `name` into the backend's memory; undefined where nothing does. Throws OutOfMemoryError. */
  place(name: string, backend: Allocator, keep: <W extends Weight>(weight: W) => W): Beside | undefined {
    const parts = this.#adapters.flatMap((adapter) => adapter.parts.get(name) ?? [])
    if (parts.length === 0) return undefined
    const { rows, cols } = parts[0]!
    const rank = parts.reduce((sum, part) => sum + part.rank, 0)
    const a = keep(backend.weight('f32', rank, cols))
    const b = keep(backend.weight('f32', rows, rank))
    a.write(0, bytesOf(parts.map((part) => part.a)))
    b.write(0, bytesOf([sideBySide(parts, rows, rank)]))
    return { a, b }
  }

  /** A number that tells these adapters from others (FNV-1a). */
  get sum(): number {
    let hash = 0x811c9dc5
    for (const { parts } of this.#adapters) {
      for (const [name, { scale, a, b }] of parts) {
        for (const bytes of [new TextEncoder().encode(`${name} ${scale}`), bytesOf([a, b])]) {
          for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
        }
      }
    }
    return hash >>> 0
  }
}

/** [rows, rank] every part's b times its scale, side by side. */
function sideBySide(parts: readonly LowRank[], rows: number, rank: number): Float32Array {
  const all = new Float32Array(rows * rank)
  let from = 0
  for (const part of parts) {
    part.b.forEach((value, i) => {
      all[Math.floor(i / part.rank) * rank + from + (i % part.rank)] = value * part.scale
    })
    from += part.rank
  }
  return all
}

function bytesOf(all: readonly Float32Array[]): Uint8Array {
  const bytes = new Uint8Array(all.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const { buffer, byteOffset, byteLength } of all) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at)
    at += byteLength
  }
  return bytes
}
