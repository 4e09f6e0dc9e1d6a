/**
 * Keeps the host alive during long work: a forward pass is synchronous, so between passes the decoder lets timers,
 * input and paint run. Also the place where an abort is noticed.
 */

/** Work at most this long before the host gets a turn, milliseconds. */
const slice = 10

/** One macrotask. Not setTimeout: browsers stretch nested ones to 4 ms. */
function macrotask(): Promise<void> {
  const host = globalThis as { setImmediate?: (run: () => void) => void }
  return new Promise((resolve) => {
    if (host.setImmediate) {
      host.setImmediate(resolve)
      return
    }
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(0)
  })
}

export type Breathe = () => Promise<void>

/** A function to await between pieces of work: gives the host a turn when due, throws the signal's reason when aborted. */
export function breather(signal?: AbortSignal): Breathe {
  let since = performance.now()
  signal?.throwIfAborted()
  return async () => {
    if (performance.now() - since < slice) return
    await macrotask()
    since = performance.now()
    signal?.throwIfAborted()
  }
}
