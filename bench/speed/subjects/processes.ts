/** Child processes that end with this one, and their folders, however it ends. */
import type { ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'

const running = new Map<ChildProcess, string | undefined>()

process.on('exit', () => {
  for (const [child, folder] of running) {
    killTree(child)
    if (folder !== undefined) remove(folder)
  }
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))

/** The child was started with `detached`, so that it leads a group of its own; `folder` is removed when it is ended. */
export function hold(child: ChildProcess, folder?: string): void {
  running.set(child, folder)
}

export async function end(child: ChildProcess): Promise<void> {
  const folder = running.get(child)
  if (child.exitCode === null && child.signalCode === null) {
    const exit = new Promise((resolve) => child.once('exit', resolve))
    killTree(child)
    await exit
  }
  running.delete(child)
  if (folder !== undefined) remove(folder)
}

/** A killed browser may still be writing. */
function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
}

function killTree(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}
