/** A clock that is ahead, so that a test need not wait for a time to be up. Disposing sets it right again. */
export function movedClock(aheadMs: number): Disposable {
  const { Date: real } = globalThis
  globalThis.Date = class extends real {
    constructor(time: number | string = real.now() + aheadMs) {
      super(time)
    }
    static override now(): number {
      return real.now() + aheadMs
    }
  } as DateConstructor
  return {
    [Symbol.dispose]() {
      globalThis.Date = real
    },
  }
}
