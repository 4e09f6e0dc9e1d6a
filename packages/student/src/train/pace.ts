/** How fast it goes, over the last seconds. */

const WINDOW_SECONDS = 5

export class Pace {
  readonly #steps: { readonly tokens: number; readonly seconds: number }[] = []
  #tokens = 0
  #seconds = 0

  /** Tokens a second, after a step of so many tokens. */
  after(tokens: number, seconds: number): number {
    this.#steps.push({ tokens, seconds })
    this.#tokens += tokens
    this.#seconds += seconds
    while (this.#steps.length > 1 && this.#seconds - this.#steps[0]!.seconds >= WINDOW_SECONDS) {
      const first = this.#steps.shift()!
      this.#tokens -= first.tokens
      this.#seconds -= first.seconds
    }
    return this.#tokens / Math.max(this.#seconds, 1e-9)
  }
}
