/**
 * The data of server-sent events, as text arrives in any cuts; each character is looked at once. Lines of other fields and
 * comments are passed over. Lines end with LF or CRLF, as those of servers of this protocol do.
 */

/** The longest event that is kept, characters. A recorded answer that holds a longer one is not whole. */
const EVENT_LIMIT = 4 * 2 ** 20

export class SseReader {
  /** The line that is not whole yet. */
  #line: string[] = []
  /** The data lines of the event that is not whole yet. */
  #data: string[] = []
  /** Characters of that event up to here, of lines that are passed over too. */
  #held = 0
  #isOver = false

  /** The data of each event that is whole now; none any more after one that was longer than 4 Mi characters. */
  push(text: string): string[] {
    const events: string[] = []
    if (this.#isOver) return events
    let start = 0
    while (start < text.length) {
      const end = text.indexOf('\n', start)
      const piece = end < 0 ? text.slice(start) : text.slice(start, end + 1)
      this.#held += piece.length
      if (this.#held > EVENT_LIMIT) {
        this.#isOver = true
        this.#line = []
        this.#data = []
        return events
      }
      this.#line.push(piece)
      if (end < 0) return events
      this.#endLine(events)
      start = end + 1
    }
    return events
  }

  #endLine(events: string[]): void {
    const line = this.#line.join('').replace(/\r?\n$/, '')
    this.#line = []
    if (line.startsWith('data:')) this.#data.push(line.slice(5).trimStart())
    if (line !== '') return
    if (this.#data.length > 0) events.push(this.#data.join('\n'))
    this.#data = []
    this.#held = 0
  }
}
