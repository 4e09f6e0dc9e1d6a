/**
 * Turns of the host's event loop: long synchronous work gives way now and then, so that an abort that comes over a
 * socket or from a click is seen. Promises alone do not do that: microtasks run before any event.
 */

/** Work between two turns, in milliseconds: below a frame, above what a turn itself costs. */
export const TURN_MS = 10

/** Await it often, between pieces of work. */
export type Turn = () => Promise<void>

/** A turn gives way when TURN_MS have passed since the last one, and throws the signal's reason; so does this, at once. */
export function turns(signal?: AbortSignal): Turn {
  let last = performance.now()
  signal?.throwIfAborted()
  return async () => {
    if (performance.now() - last >= TURN_MS) {
      await macrotask()
      last = performance.now()
    }
    signal?.throwIfAborted()
  }
}

/** Resolves when all that waits now has had its turn. */
export function macrotask(): Promise<void> {
  const host = globalThis as { setImmediate?: (callback: () => void) => void }
  return new Promise((resolve) => {
    if (host.setImmediate) {
      host.setImmediate(resolve)
      return
    }
    // Not setTimeout: browsers stretch nested ones to 4 ms.
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(0)
  })
}
