/** A recording on disk: a script that only its owner can read, whole after every answer. */
import { rename, writeFile } from 'node:fs/promises'
import { RehearsalError } from '../errors.ts'
import type { ScriptRule } from '../script/types.ts'

export class ScriptFile {
  readonly path: string
  readonly #rules: ScriptRule[] = []
  #written: Promise<void> = Promise.resolve()

  private constructor(path: string) {
    this.path = path
  }

  /** Makes the file. Throws RehearsalError `record_file_exists` or `record_failed`. */
  static async create(path: string): Promise<ScriptFile> {
    const file = new ScriptFile(path)
    try {
      await writeFile(path, file.#text(), { flag: 'wx', mode: 0o600 })
      return file
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST')
        throw new RehearsalError(
          'record_file_exists',
          `${path} exists, and a recording writes over nothing: name another file, or move that one`,
          { cause },
        )
      throw failed(path, cause)
    }
  }

  /** Resolves when the rule is in the file. Throws RehearsalError `record_failed`. */
  add(rule: ScriptRule): Promise<void> {
    this.#rules.push(rule)
    // One write after the other: each writes all rules, so a later one may never be overtaken by an earlier one.
    return (this.#written = this.#written.catch(() => {}).then(() => this.#write()))
  }

  async #write(): Promise<void> {
    const part = `${this.path}.part`
    try {
      await writeFile(part, this.#text(), { mode: 0o600 })
      await rename(part, this.path)
    } catch (cause) {
      throw failed(this.path, cause)
    }
  }

  #text(): string {
    return `${JSON.stringify({ version: 1, rules: this.#rules }, null, 2)}\n`
  }
}

function failed(path: string, cause: unknown): RehearsalError {
  const { code } = cause as NodeJS.ErrnoException
  return new RehearsalError(
    'record_failed',
    `${path} cannot be written (${code}): check the folder and its room`,
    {
      cause,
    },
  )
}
