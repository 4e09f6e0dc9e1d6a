/** Files of a test in a folder that is gone when it is disposed of, and bytes as a stream in chunks of any size. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TraceError } from '../trace-error.ts'

export interface Files extends Disposable {
  readonly folder: string
  /** Writes it and returns its path. */
  readonly write: (name: string, content: string | Uint8Array) => string
}

export function testFiles(): Files {
  const folder = mkdtempSync(join(tmpdir(), 'edgewise-traces-'))
  return {
    folder,
    write(name, content) {
      const path = join(folder, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
      return path
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export async function* chunks(content: string | Uint8Array, size = 1e9): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content as string)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** The items up to the end, or up to the error, and that. */
export async function outcome<T>(
  items: AsyncIterable<T>,
): Promise<{ items: T[]; code: string | undefined; message: string | undefined }> {
  const got: T[] = []
  try {
    for await (const item of items) got.push(item)
  } catch (error) {
    if ((error as Error).name !== 'TraceError') throw error
    const { code, message } = error as TraceError
    return { items: got, code, message }
  }
  return { items: got, code: undefined, message: undefined }
}
