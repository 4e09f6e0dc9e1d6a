/**
 * Server-sent events out of a byte stream. The contract is the WHATWG parsing rule for `data` fields: lines end with
 * LF, CRLF or CR, an empty line ends an event, several data lines join with LF, an unfinished last event is dropped.
 * Event names and ids are read over: the gateway sends none.
 */

/** A parser that takes text in pieces of any size and gives, for each piece, the data of the events it completed. */
export function sseParser(): (piece: string) => string[] {
  let rest = ''
  let data: string[] = []
  let started = false
  // A CR ends its line at once; an LF that follows it, perhaps in the next piece, belongs to it.
  let afterReturn = false
  return (piece) => {
    rest += piece
    if (!started && rest !== '') {
      started = true
      if (rest.startsWith('\uFEFF')) rest = rest.slice(1)
    }
    const events: string[] = []
    for (;;) {
      if (afterReturn && rest.startsWith('\n')) rest = rest.slice(1)
      if (rest !== '') afterReturn = false
      const end = rest.search(/[\r\n]/)
      if (end < 0) return events
      const line = rest.slice(0, end)
      afterReturn = rest[end] === '\r'
      rest = rest.slice(end + 1)
      if (line === '') {
        if (data.length > 0) events.push(data.join('\n'))
        data = []
      } else if (line === 'data' || line.startsWith('data:')) {
        data.push(line.slice(5).replace(/^ /, ''))
      }
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
