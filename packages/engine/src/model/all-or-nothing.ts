/**
 * Several allocations as one: when a later one fails, those before it are given back. A backend may be its caller's,
 * who goes on using it after a model or a cache did not fit.
 */

import type { Backend } from '../backend/backend.ts'

/** What of a backend gives memory. */
export type Allocator = Pick<Backend, 'floats' | 'weight' | 'layerCache'>

interface Part {
  free(): void
}

/** What `make` returns; when it throws, every part it passed through `keep` is freed and the error goes on. */
export function allOrNothing<T>(make: (keep: <P extends Part>(part: P) => P) => T): T {
  const parts: Part[] = []
  try {
    return make((part) => {
      parts.push(part)
      return part
    })
  } catch (error) {
    for (const part of parts) part.free()
    throw error
  }
}
