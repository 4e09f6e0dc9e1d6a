/** A folder for the files of a test, gone when it is disposed of. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface Folder extends Disposable {
  /** A path in it that no other call gave. */
  readonly newFile: () => string
}

export function testFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'edgewise-ledger-'))
  let files = 0
  return {
    newFile: () => join(path, `${++files}`, 'ledger.db'),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** The bytes of the file and of what lies beside it, as text of one character a byte. */
export function rawBytes(path: string): string {
  const folder = dirname(path)
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n')
}
