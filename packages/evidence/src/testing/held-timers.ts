/** Timers that ring when a test says so, not when their time has passed. Disposing gives the real ones back. */
export interface HeldTimers extends Disposable {
  /** Of the timers that are set, what they were asked to wait, ms, in order. */
  readonly waits: () => readonly number[]
  /** Rings those that are set now. */
  readonly ring: () => void
}

export function heldTimers(): HeldTimers {
  const { setTimeout: realSet, clearTimeout: realClear } = globalThis
  const held = new Map<unknown, { readonly call: () => void; readonly ms: number }>()
  globalThis.setTimeout = ((call: () => void, ms: number) => {
    const timer = { unref() {} }
    held.set(timer, { call, ms })
    return timer
  }) as unknown as typeof setTimeout
  globalThis.clearTimeout = ((timer: unknown) => void held.delete(timer)) as typeof clearTimeout
  return {
    waits: () => [...held.values()].map(({ ms }) => ms),
    ring() {
      const now = [...held.values()]
      held.clear()
      for (const { call } of now) call()
    },
    [Symbol.dispose]() {
      globalThis.setTimeout = realSet
      globalThis.clearTimeout = realClear
    },
  }
}
