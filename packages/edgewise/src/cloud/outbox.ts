/** What one attempt sent to another machine: how many bytes and how often. Bodies are kept until the call ends, for their digest. */
export class Outbox {
  /** Times a request was sent, or tried to be. */
  tries = 0
  /** Request bodies that left, or may have, in order. */
  readonly bodies: Uint8Array[] = []
  #estimated = 0
  #refused = 0

  /** Of request bodies that left, or may have. */
  get bytes(): number {
    return this.bodies.reduce((sum, body) => sum + body.length, this.#estimated)
  }

  /** Without those that were refused with an HTTP error: nobody bills them. */
  get billableBytes(): number {
    return Math.max(0, this.bytes - this.#refused)
  }

  /** A request goes out. */
  send(body: Uint8Array): void {
    this.tries++
    this.bodies.push(body)
  }

  /** It never got out: no connection stood. */
  takeBack(body: Uint8Array): void {
    const at = this.bodies.lastIndexOf(body)
    if (at !== -1) this.bodies.splice(at, 1)
  }

  /** A model that does not show its requests sends one of about this size. */
  sendUnseen(bytes: number): void {
    this.tries++
    this.#estimated += bytes
  }

  /** It was this one. */
  shown(bytes: number, body: Uint8Array): void {
    this.#estimated -= bytes
    this.bodies.push(body)
  }

  /** The cloud answered a request of this size with an HTTP error. */
  refused(bytes: number): void {
    this.#refused += bytes
  }
}
