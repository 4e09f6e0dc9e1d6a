/**
 * Server-sent events of an OpenAI-style stream: the data of each event, whatever its name. It reads what the WHATWG's format has
 * and servers send: lines that end in LF, CRLF or CR, cut anywhere; comments to keep the line alive; data over several lines. The
 * work is linear in what came, and a line has a limit.
 */

/** A line went on past the limit. */
export class LineTooLongError extends RangeError {
  readonly limit: number
  constructor(limit: number) {
    super(`a line of the stream is over ${limit} characters`)
    this.limit = limit
  }
}

export class EventParser {
  readonly #decoder = new TextDecoder()
  readonly #maxLine: number
  /** Of the line that has not ended. */
  #pieces: string[] = []
  #length = 0
  #data: string[] = []
  #skipsLf = false

  /** `maxLine`: UTF-16 units. */
  constructor(maxLine: number) {
    this.#maxLine = maxLine
  }

  /** The data of the events that are whole now. Throws LineTooLongError. */
  push(bytes: Uint8Array): string[] {
    return this.#read(this.#decoder.decode(bytes, { stream: true }))
  }

  /** What no empty line ended: the format drops it, but a server that closes after its last line meant it. */
  end(): string[] {
    const events = this.#read(`${this.#decoder.decode()}\n\n`)
    return events
  }

  #read(come: string): string[] {
    if (come === '') return []
    const text = this.#skipsLf && come[0] === '\n' ? come.slice(1) : come
    this.#skipsLf = come.endsWith('\r')
    const lines = text.includes('\r') ? text.split(/\r\n|\n|\r/) : text.split('\n')
    const rest = lines.pop()!
    const events: string[] = []
    for (const line of lines) {
      const data = this.#line(this.#pieces.length === 0 ? line : this.#finished(line))
      if (data !== null) events.push(data)
    }
    if (rest !== '') this.#pieces.push(rest)
    this.#length += rest.length
    if (this.#length > this.#maxLine) throw new LineTooLongError(this.#maxLine)
    return events
  }

  #finished(last: string): string {
    const line = this.#pieces.join('') + last
    this.#pieces = []
    this.#length = 0
    return line
  }

  /** The data of the event that this line ends, or null. */
  #line(line: string): string | null {
    this.#length = 0
    if (line === '') {
      if (this.#data.length === 0) return null
      const data = this.#data.length === 1 ? this.#data[0]! : this.#data.join('\n')
      this.#data = []
      return data
    }
    if (line.startsWith('data:')) this.#data.push(line.slice(line[5] === ' ' ? 6 : 5))
    else if (line === 'data') this.#data.push('')
    return null
  }
}
