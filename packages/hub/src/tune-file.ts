/**
 * A file that keeps which kernels won on this machine, one text a host (engine, runtime and processor). It is advice: where it
 * cannot be read or written the choice is made again, and no call fails for it.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { TuneStore } from '@edgewise/engine'

/** Hosts that are kept: an old engine's or runtime's texts leave with time. */
const MOST = 20

export function tuneFile(path: string): TuneStore {
  return {
    get: async (host) => (await texts(path)).get(host),
    async set(host, text) {
      const all = await texts(path)
      all.delete(host)
      all.set(host, text)
      const next = `${path}.${randomUUID()}`
      try {
        await mkdir(dirname(path), { recursive: true })
        await writeFile(next, JSON.stringify(Object.fromEntries([...all].slice(-MOST))))
        await rename(next, path)
      } catch {
        await rm(next, { force: true }).catch(() => {})
      }
    },
  }
}

async function texts(path: string): Promise<Map<string, string>> {
  try {
    const entries = Object.entries(JSON.parse(await readFile(path, 'utf8')) as object)
    return new Map(entries.filter(([, text]) => typeof text === 'string'))
  } catch {
    return new Map()
  }
}
