/** Reads the built page's files for the gateway. Only names that a build makes are served: no way out of the folder. */
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'

const folder = new URL('../../web/dist/', import.meta.url)

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.gguf': 'application/octet-stream',
}

/** The file at `path` ("/" is the page itself), or undefined. */
export async function pageFile(
  path: string,
): Promise<{ body: Uint8Array<ArrayBuffer>; type: string } | undefined> {
  const name = path === '/' ? 'index.html' : path.slice(1)
  const type = types[extname(name)]
  if (!type || !/^(assets\/)?[\w.-]+$/.test(name)) return undefined
  try {
    return { body: new Uint8Array(await readFile(new URL(name, folder))), type }
  } catch {
    return undefined
  }
}
