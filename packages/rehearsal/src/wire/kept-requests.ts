/** The last things that came in, bounded in number and in the size of their bodies. */

export class KeptRequests<T extends { readonly body: string }> {
  /** Oldest first. */
  readonly list: T[] = []
  readonly #most: number
  readonly #mostText: number
  #text = 0

  /** @param mostText UTF-16 units of all bodies; the newest is kept, however large it is */
  constructor(most: number, mostText: number) {
    this.#most = most
    this.#mostText = mostText
  }

  add(request: T): void {
    this.list.push(request)
    this.#text += request.body.length
    while (this.list.length > this.#most || (this.#text > this.#mostText && this.list.length > 1))
      this.#text -= this.list.shift()!.body.length
  }
}
