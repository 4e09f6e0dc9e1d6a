/** A clock that is ahead and stands there, so that a test need not wait for a time to be up. Disposing sets it right again. */
export function movedClock(aheadMs: number): Disposable {
  const { Date: real } = globalThis
  const now = real.now() + aheadMs
  globalThis.Date = class extends real {
    constructor(time: number | string = now) {
      super(time)
    }
    static override now(): number {
      return now
    }
  } as DateConstructor
  return {
    [Symbol.dispose]() {
      globalThis.Date = real
    },
  }
}
