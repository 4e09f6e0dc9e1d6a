/**
 * One process at a time for one file, among processes that may be killed at any moment. The lock is a file that names its
 * owner and that the owner touches while it lives; one whose process is gone, or that was not touched for long (another
 * machine, a process id that was given away again), is taken over.
 * Two owners at once would still do no harm: both write the same bytes to the same places, and only whole files are renamed.
 */
import { randomUUID } from 'node:crypto'
import { open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

interface Owner {
  readonly id: string
  readonly pid: number
  readonly host: string
}

export interface LockOptions {
  readonly signal?: AbortSignal | undefined
  /** Called again and again while another process has it. */
  readonly onWait?: (() => Promise<void>) | undefined
  /** Time without a touch after which a lock is nobody's, ms. */
  readonly staleMs?: number | undefined
}

const TOUCH_MS = 2000
const STALE_MS = 30_000
const POLL_MS = 200

/** Waits until it is ours; disposing gives it back. Throws the signal's reason, or what the file system throws. */
export async function lock(path: string, options: LockOptions = {}): Promise<AsyncDisposable> {
  const { signal, onWait, staleMs = STALE_MS } = options
  const me: Owner = { id: randomUUID(), pid: process.pid, host: hostname() }
  const text = JSON.stringify(me)
  for (;;) {
    signal?.throwIfAborted()
    if ((await create(path, text)) || (await takeOver(path, text, me.id, staleMs)))
      return hold(path, me, staleMs)
    await onWait?.()
    await sleep(POLL_MS, undefined, { signal }).catch(() => {})
  }
}

async function create(path: string, text: string): Promise<boolean> {
  try {
    await using file = await open(path, 'wx')
    await file.writeFile(text)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function hold(path: string, me: Owner, staleMs: number): AsyncDisposable {
  const timer = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => {})
  }, TOUCH_MS)
  timer.unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      // Not somebody else's, who took ours for a dead one.
      if ((await readOwner(path))?.id !== me.id) return
      await sweep(path, staleMs)
      await rm(path, { force: true })
    },
  }
}

/** Removes what processes left beside the lock that were killed while they took one over: nobody looks for it again. */
async function sweep(path: string, staleMs: number): Promise<void> {
  const start = `${basename(path)}.`
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(start)) continue
    const left = join(dirname(path), name)
    // One that names nobody was left in the moment between its making and its writing.
    const limit = (await readOwner(left)) ? staleMs : TOUCH_MS
    if (await staleOwner(left, limit)) await rm(left, { force: true })
  }
}

/**
 * Of all that find a lock stale one may replace it: the one that makes the guard, a file named after the lock it replaces.
 * A guard whose maker died before it was through is as stale as a lock.
 */
async function takeOver(path: string, text: string, id: string, staleMs: number): Promise<boolean> {
  const stale = await staleOwner(path, staleMs)
  if (stale === undefined) return false
  const guard = `${path}.${stale.id.replace(/[^\w-]/g, '').slice(0, 40)}`
  if (!(await create(guard, text))) {
    if ((await ageOf(guard)) > staleMs) await rm(guard, { force: true })
    return false
  }
  const next = `${path}.${id}.next`
  try {
    // Another one may have been through between our look and our guard.
    if ((await staleOwner(path, staleMs))?.id !== stale.id) return false
    await writeFile(next, text)
    await rename(next, path)
    return true
  } finally {
    await rm(next, { force: true })
    await rm(guard, { force: true })
  }
}

/** The owner of a lock that nobody holds any more; one that cannot be read is given time to be written. */
async function staleOwner(path: string, staleMs: number): Promise<Owner | undefined> {
  const age = await ageOf(path)
  const owner = (await readOwner(path)) ?? { id: 'unreadable', pid: 0, host: '' }
  if (age > staleMs) return owner
  return owner.host === hostname() && !isAlive(owner.pid) ? owner : undefined
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const { id, pid, host } = JSON.parse(await readFile(path, 'utf8')) as Partial<Owner>
    if (typeof id !== 'string' || typeof pid !== 'number' || typeof host !== 'string') return undefined
    return { id, pid, host }
  } catch {
    return undefined
  }
}

/** ms since it was touched; -Infinity when it is not there. */
async function ageOf(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs
  } catch {
    return Number.NEGATIVE_INFINITY
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there and somebody else's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
