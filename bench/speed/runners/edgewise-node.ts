/** Edgewise in a process of Node. */
import { open, readFile } from 'node:fs/promises'
import { handleSource } from '../../../packages/engine/src/index.ts'
import { serveParent } from './child.ts'
import { edgewise } from './edgewise.ts'
import type { Destination } from './runner.ts'

const BUFFER = 2 ** 22

serveParent(edgewise(async (path) => handleSource(await open(path), path), read))

async function read(path: string, into: Destination): Promise<void> {
  if (into === 'memory') {
    await readFile(path)
    return
  }
  await using file = await open(path)
  const buffer = new Uint8Array(BUFFER)
  while ((await file.read(buffer, 0, BUFFER)).bytesRead > 0);
}
