/** What tests and the kernel lab need: products in a memory of their own. */
import type { Dot } from '../features.ts'
import { LinearMemory, Scratch } from '../memory.ts'
import { type MakeProduct, type ProductHost, Products } from '../products.ts'
import { openTables } from '../tables.ts'
import { ThreadPool } from '../threads/pool.ts'

export interface OpenProducts {
  readonly products: Products
  readonly host: ProductHost
  readonly memory: LinearMemory
  readonly dispose: () => void
}

export function openProducts(dot: Dot, make?: MakeProduct, threads = 1): OpenProducts {
  const memory = new LinearMemory({ shared: threads > 1 })
  const pool = new ThreadPool(memory, threads)
  const host = { memory, pool, scratch: new Scratch(memory), dot, ...openTables(memory) }
  return { products: new Products(host, make), host, memory, dispose: () => pool.dispose() }
}
