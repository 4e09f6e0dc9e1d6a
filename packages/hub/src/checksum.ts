/** sha256 of a file, read from its beginning to its end. */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

const STEP = 2 ** 22

export async function sha256(
  path: string,
  options: { signal?: AbortSignal | undefined; onBytes?: ((count: number) => void) | undefined } = {},
): Promise<string> {
  await using file = await open(path)
  const hash = createHash('sha256')
  const buffer = new Uint8Array(STEP)
  for (;;) {
    options.signal?.throwIfAborted()
    const { bytesRead } = await file.read(buffer, 0, STEP)
    if (bytesRead === 0) return hash.digest('hex')
    hash.update(buffer.subarray(0, bytesRead))
    options.onBytes?.(bytesRead)
  }
}
