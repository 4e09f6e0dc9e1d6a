/** What the tests of this folder need: products in a memory of their own, with one thread. */
import type { Dot } from '../features.ts'
import { LinearMemory, Scratch } from '../memory.ts'
import { type MakeProduct, Products } from '../products.ts'
import { openTables } from '../tables.ts'
import { ThreadPool } from '../threads/pool.ts'

export interface OpenProducts {
  readonly products: Products
  readonly memory: LinearMemory
  readonly dispose: () => void
}

export function openProducts(dot: Dot, make?: MakeProduct): OpenProducts {
  const memory = new LinearMemory()
  const pool = new ThreadPool(memory, 1)
  const host = { memory, pool, scratch: new Scratch(memory), dot, ...openTables(memory) }
  return { products: new Products(host, make), memory, dispose: () => pool.dispose() }
}
