/** Edgewise in a browser, in a worker as a page would have it. */
import { edgewise } from './edgewise.ts'
import { servePage } from './page.ts'
import type { Destination } from './runner.ts'

await servePage(edgewise(async (path) => new URL(path, location.href), read))

async function read(address: string, into: Destination): Promise<void> {
  const response = await fetch(address)
  if (into === 'memory') {
    await response.arrayBuffer()
    return
  }
  const reader = response.body!.getReader()
  while (!(await reader.read()).done);
}
