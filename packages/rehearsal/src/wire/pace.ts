/** Seeded waiting: the same seed gives the same waits for the nth call, whatever else runs at that moment. */

/** A random number in [0, 1) a call: mulberry32 (Tommy Ettinger, public domain). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * A wait with jitter: `ms` times a factor between 1 - jitter and 1 + jitter, evenly drawn.
 * @param jitter 0 to 1
 */
export function jittered(ms: number, jitter: number, draw: () => number): number {
  return jitter === 0 ? ms : ms * (1 + jitter * (2 * draw() - 1))
}

/** Waits `ms`; no turn of the event loop for 0. Throws the signal's reason when the client is gone. */
export function wait(ms: number, signal: AbortSignal): Promise<void> | void {
  signal.throwIfAborted()
  if (ms <= 0) return
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms)
    const gone = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    function done(): void {
      signal.removeEventListener('abort', gone)
      resolve()
    }
    signal.addEventListener('abort', gone, { once: true })
  })
}
