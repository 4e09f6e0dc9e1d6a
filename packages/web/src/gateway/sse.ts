/**
 * Server-sent events out of a byte stream. The contract is the WHATWG parsing rule for `data` fields: lines end with
 * LF, CRLF or CR, an empty line ends an event, several data lines join with LF, an unfinished last event is dropped.
 * Event names and ids are read over: the gateway sends none.
 */

/** A parser that takes text in pieces of any size and gives, for each piece, the data of the events it completed. */
function sseParser(): (piece: string) => string[] {
  /** The line that is not whole yet, as it came: put together once, however many pieces it is in. */
  let line: string[] = []
  let data: string[] = []
  let started = false
  // A CR ends its line at once; an LF that follows it, perhaps in the next piece, belongs to it.
  let afterReturn = false
  return (piece) => {
    const events: string[] = []
    if (piece === '') return events
    let start = (afterReturn && piece.startsWith('\n')) || (!started && piece.startsWith('\uFEFF')) ? 1 : 0
    started = true
    afterReturn = false
    for (const { 0: end, index } of piece.matchAll(/\r\n?|\n/g)) {
      if (index < start) continue
      line.push(piece.slice(start, index))
      start = index + end.length
      endLine(line.join(''), events)
      line = []
    }
    line.push(piece.slice(start))
    afterReturn = piece.endsWith('\r')
    return events
  }

  function endLine(text: string, events: string[]): void {
    if (text === '') {
      if (data.length > 0) events.push(data.join('\n'))
      data = []
    } else if (text === 'data' || text.startsWith('data:')) {
      data.push(text.slice(5).replace(/^ /, ''))
    }
  }
}

/** The data of each event of a response body (UTF-8), as it arrives. Cancels the body when the reader stops early. */
export async function* sseData(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const parse = sseParser()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      yield* parse(decoder.decode(value, { stream: !done }))
      if (done) return
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}
