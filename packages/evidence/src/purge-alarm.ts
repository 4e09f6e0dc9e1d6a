/**
 * Wakes a store when the first of its contents is over: one timer, and none when there is nothing to wait for. It goes by the
 * clock, not by the time waited: timers stand still while a machine sleeps, and somebody may set the clock. It keeps no
 * process alive.
 */

/** The longest wait between two looks at the clock, ms: how late it is after a sleep, and when a purge that failed is tried again. */
const LOOK_MS = 60_000

export class PurgeAlarm {
  readonly #ring: () => void
  /** ms since 1970. */
  #at = Number.POSITIVE_INFINITY
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = false

  /** `ring`: called once for each time that was set; it sets the next. It must not throw. */
  constructor(ring: () => void) {
    this.#ring = ring
  }

  /** For that time (ISO 8601) instead of any other; null: for none. */
  set(until: string | null): void {
    clearTimeout(this.#timer)
    this.#at = until === null ? Number.POSITIVE_INFINITY : Date.parse(until)
    if (until !== null && !this.#stopped) this.#wait()
  }

  /** For that time, when it is the earlier one. */
  noLaterThan(until: string): void {
    if (Date.parse(until) < this.#at) this.set(until)
  }

  /** For another try of what failed. */
  later(): void {
    this.noLaterThan(new Date(Date.now() + LOOK_MS).toISOString())
  }

  /** For good. */
  stop(): void {
    this.#stopped = true
    this.set(null)
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.#look(), Math.min(Math.max(this.#at - Date.now(), 0), LOOK_MS))
    // Node's; a browser's is a number and keeps nothing alive.
    ;(this.#timer as { unref?: () => void }).unref?.()
  }

  #look(): void {
    if (Date.now() < this.#at) this.#wait()
    else {
      this.#at = Number.POSITIVE_INFINITY
      this.#ring()
    }
  }
}
