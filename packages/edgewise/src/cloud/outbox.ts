/** What one attempt sent to another machine: how many bytes and how often. Bodies are kept until the call ends, for their digest. */
export class Outbox {
  /** Times a request was sent or tried. */
  tries = 0
  /** Request bodies that left, or may have, in order. */
  readonly bodies: Uint8Array[] = []
  #estimated = 0

  /** Of request bodies that left, or may have. */
  get bytes(): number {
    return this.bodies.reduce((sum, body) => sum + body.length, this.#estimated)
  }

  add(body: Uint8Array): void {
    this.bodies.push(body)
  }

  /** It never got out: no connection stood. */
  takeBack(body: Uint8Array): void {
    const at = this.bodies.lastIndexOf(body)
    if (at !== -1) this.bodies.splice(at, 1)
  }

  /** A model that does not show its requests is about to send a call of this size. */
  estimate(bytes: number): void {
    this.#estimated = bytes
  }
}
