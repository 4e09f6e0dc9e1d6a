/**
 * The keys of a gateway in a file: JSON, readable by its owner alone (0600), replaced whole or not at all. A running
 * gateway sees a change within a second, so that a revoked key stops working without a restart, and the first one is needed
 * without one. Where the file exists a key is needed, also when none is left in it; without the file there are no keys.
 */
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import { MAX_LABEL } from '../call/schemas.ts'
import { type ApiKey, createKey, type NewKey } from './api-key.ts'

/** The key file cannot be used, or a key not made or found. Code `bad_keys`. */
export class KeyFileError extends Error {
  readonly code: string = 'bad_keys'
  readonly file: string

  constructor(file: string, message: string, options?: ErrorOptions) {
    super(`${file}: ${message}`, options)
    this.name = 'KeyFileError'
    this.file = file
  }
}

/** What a terminal would obey: control characters, ends of lines, and what turns the writing round. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

const printable = (max: number): z.ZodType<string> =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(max, `must be ${max} characters at most`)
    .refine((text) => text.search(UNPRINTABLE) === -1, 'must not have control characters')

/** Characters; the longest path that Linux takes. */
const MAX_PATH = 4096

const keyFile: z.ZodType<{ readonly version: 1; readonly keys: readonly ApiKey[] }> = z.strictObject({
  version: z.literal(1),
  keys: z.array(
    z.strictObject({
      id: z.string().regex(/^[0-9a-f]{12}$/),
      name: printable(MAX_LABEL),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
      created: z.string(),
      requestsPerMinute: z.int().min(1).exactOptional(),
      user: printable(MAX_LABEL).exactOptional(),
      policy: printable(MAX_PATH).exactOptional(),
    }),
  ),
})

/** How long a running gateway may go on with what it read, in ms. */
const FRESH_MS = 1000

export class KeyFile {
  readonly path: string
  #keys: readonly ApiKey[] | undefined
  /** Undefined before the first look; '' where there is no file. */
  #stamp: string | undefined
  #checked = Number.NEGATIVE_INFINITY

  constructor(path: string) {
    this.path = path
  }

  exists(): boolean {
    return statSync(this.path, { throwIfNoEntry: false }) !== undefined
  }

  /** The keys as the file has them now. @throws KeyFileError */
  read(): readonly ApiKey[] {
    const stat = statSync(this.path, { throwIfNoEntry: false })
    if (stat === undefined) return []
    if (process.platform !== 'win32' && (stat.mode & 0o022) !== 0)
      throw new KeyFileError(this.path, 'others may write to it and add keys of their own: chmod 600 it')
    let value: unknown
    try {
      value = JSON.parse(readFileSync(this.path, 'utf8'))
    } catch (error) {
      throw new KeyFileError(this.path, 'is not JSON: restore it, or delete it to begin without keys', {
        cause: error,
      })
    }
    const parsed = keyFile.safeParse(value)
    if (parsed.success) return parsed.data.keys
    const where = parsed.error.issues[0]!.path.join('.')
    throw new KeyFileError(
      this.path,
      `is no key file (at "${where}"): restore it, or delete it to begin anew`,
    )
  }

  /**
   * The keys for a running gateway; undefined until there is a file. One that has become unreadable, or is gone, leaves no key
   * that works: what was closed does not open by itself.
   */
  current(): readonly ApiKey[] | undefined {
    const now = performance.now()
    if (now - this.#checked < FRESH_MS) return this.#keys
    this.#checked = now
    const stamp = this.#stampNow()
    if (stamp === this.#stamp || (stamp === '' && this.#stamp === undefined)) return this.#keys
    this.#stamp = stamp
    try {
      this.#keys = this.read()
    } catch {
      this.#keys = []
    }
    return this.#keys
  }

  /** Makes a key; its secret is nowhere but in what is returned. @throws KeyFileError when the name is taken, or a value no good */
  add(options: NewKey): { secret: string; key: ApiKey } {
    return this.#change((keys) => {
      if (keys.some(({ name }) => name === options.name))
        throw new KeyFileError(
          this.path,
          `there is a key named ${shown(options.name)}: revoke it, or choose another name`,
        )
      const made = createKey(options)
      return { keys: [...keys, made.key], result: made }
    })
  }

  /** @param which the name or the id of a key. @throws KeyFileError when there is none */
  revoke(which: string): ApiKey {
    return this.#change((keys) => {
      const key = keys.find(({ id, name }) => id === which || name === which)
      if (key === undefined)
        throw new KeyFileError(
          this.path,
          `there is no key ${shown(which)}: see which there are with "keys list"`,
        )
      return { keys: keys.filter((other) => other !== key), result: key }
    })
  }

  /**
   * Reads, changes and replaces the file. The new file is made under a name that only one process can make, so two changes
   * at once cannot lose one another.
   */
  #change<T>(change: (keys: readonly ApiKey[]) => { keys: readonly ApiKey[]; result: T }): T {
    const draft = `${this.path}.new`
    let file: number
    try {
      file = openSync(draft, 'wx', 0o600)
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code === 'EEXIST'
      const message = why
        ? `another process is changing it; if none is, delete ${draft}`
        : `cannot be written (${(error as Error).message})`
      throw new KeyFileError(this.path, message, { cause: error })
    }
    try {
      const { keys, result } = change(this.read())
      const content = { version: 1, keys }
      this.#check(content)
      writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { flush: true })
      renameSync(draft, this.path)
      return result
    } catch (error) {
      rmSync(draft, { force: true })
      throw error
    } finally {
      closeSync(file)
    }
  }

  /** What could not be read again must not replace what can: nobody would get in. */
  #check(content: unknown): void {
    const parsed = keyFile.safeParse(content)
    if (parsed.success) return
    const { path, message } = parsed.error.issues[0]!
    throw new KeyFileError(this.path, `nothing is changed: ${String(path.at(-1))} ${message}`)
  }

  #stampNow(): string {
    const stat = statSync(this.path, { throwIfNoEntry: false, bigint: true })
    return stat === undefined ? '' : `${stat.ino} ${stat.mtimeNs} ${stat.size}`
  }
}

/** In quotes, for a terminal. */
function shown(text: string): string {
  return JSON.stringify(text).replaceAll(
    UNPRINTABLE,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
