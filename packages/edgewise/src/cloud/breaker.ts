/**
 * A circuit breaker: after so many failures in a row a cloud is left alone for a while, then one call tries it and the others are
 * refused at once until that one knows. The pause doubles each time the try fails. A try that tells nothing (its caller left,
 * another place was first) leaves things as they were.
 */

/** Failures in a row that open it. */
const FAILURES = 5
/** The first pause, and the longest, ms. */
const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 60_000

/** One try that was let through. Told once how it ended. */
export interface Passage {
  succeeded(): void
  failed(): void
  toldNothing(): void
}

export class Breaker {
  readonly #now: () => number
  #failures = 0
  #pauseMs = FIRST_PAUSE_MS
  /** null: closed. */
  #openUntil: number | null = null
  #isProbing = false

  /** `now`: milliseconds of a clock that does not go back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** null when the cloud is left alone now. */
  enter(): Passage | null {
    if (this.#openUntil === null) return this.#passage(() => this.#countFailure())
    if (this.#isProbing || this.#now() < this.#openUntil) return null
    this.#isProbing = true
    return this.#passage(() => this.#open(Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2)))
  }

  #passage(onFailure: () => void): Passage {
    let isTold = false
    const tell = (outcome: () => void) => (): void => {
      if (isTold) return
      isTold = true
      outcome()
    }
    return {
      succeeded: tell(() => {
        this.#failures = 0
        this.#pauseMs = FIRST_PAUSE_MS
        this.#openUntil = null
        this.#isProbing = false
      }),
      failed: tell(onFailure),
      toldNothing: tell(() => {
        this.#isProbing = false
      }),
    }
  }

  #countFailure(): void {
    // A try that was let through before it opened changes nothing.
    if (this.#openUntil === null && ++this.#failures >= FAILURES) this.#open(FIRST_PAUSE_MS)
  }

  #open(pauseMs: number): void {
    this.#pauseMs = pauseMs
    this.#openUntil = this.#now() + pauseMs
    this.#isProbing = false
  }
}
