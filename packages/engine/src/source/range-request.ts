/**
 * One HTTP request for a part of a file, its answer checked to be that part before a byte of it is believed.
 * Failures that may pass are PassingFailure, all others SourceError; making a request again is for url-source.ts.
 * Source: RFC 9110, section 14 (range requests) and 8.8 (validators).
 */
import { SourceError } from '../errors.ts'
import { type Chunks, chunksOf } from './chunks.ts'
import { checkServer, connectionFailure, PassingFailure } from './retry.ts'

export type Fetch = (url: URL, init: RequestInit) => Promise<Response>

export interface RangeRequest {
  readonly name: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: Fetch
  readonly stallMs: number
  /** First byte, and how many. */
  readonly at: number
  readonly length: number
  readonly signal: AbortSignal | undefined
}

/** What tells one version of a file from another. */
export interface Version {
  readonly size: number
  /** ETag, or Last-Modified where there is none; undefined when the server tells neither. */
  readonly validator: string | undefined
}

/**
 * `onVersion` is called once before any byte and may throw; `onBytes` gets the bytes in order, never more than `length` in
 * all, in a buffer that is used again. It may end early without an error: the caller counts.
 */
export async function requestRange(
  request: RangeRequest,
  onVersion: (version: Version) => void,
  onBytes: (bytes: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const { signal, stallMs, at, length, name } = request
  const stalled = new AbortController()
  const all = signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal
  let timer = setTimeout(() => stalled.abort(), stallMs)
  let chunks: Chunks | undefined
  try {
    // With a range, fetch asks for bytes as they are, not compressed.
    const headers = { ...request.headers, range: `bytes=${at}-${at + length - 1}` }
    const response = await request.fetch(request.url, { headers, signal: all })
    chunks = response.body ? chunksOf(response.body) : undefined
    onVersion(checkAnswer(request, response))
    let left = length
    for (let bytes = await chunks?.next(); bytes; bytes = await chunks?.next()) {
      clearTimeout(timer)
      timer = setTimeout(() => stalled.abort(), stallMs)
      if (bytes.length > left) {
        throw new SourceError(name, 'bad_answer', `the server sent more than the ${length} bytes asked for`)
      }
      left -= bytes.length
      await onBytes(bytes)
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (stalled.signal.aborted) throw new PassingFailure(`nothing came for ${stallMs / 1000} s`)
    throw connectionFailure(error) ?? error
  } finally {
    clearTimeout(timer)
    // A body that is not read to its end would keep its connection.
    chunks?.cancel()
  }
}

function checkAnswer({ name, at, length }: RangeRequest, response: Response): Version {
  checkServer(response)
  const { status, headers } = response
  if (status === 416) {
    throw new SourceError(
      name,
      'changed',
      `the server has no bytes at ${at}: the file is empty or was replaced`,
      {
        status,
      },
    )
  }
  if (status === 200) {
    throw new SourceError(
      name,
      'no_ranges',
      'the server sends only whole files (it answered 200 to a range request): download the file and open it from disk',
      { status },
    )
  }
  if (status !== 206) {
    throw new SourceError(
      name,
      'status',
      `the server answered ${status}: check the address and your access to it`,
      {
        status,
      },
    )
  }
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity') {
    throw new SourceError(
      name,
      'no_ranges',
      `the server compresses what it sends (${headers.get('content-encoding')}): turn that off for this file`,
    )
  }
  const range = headers.get('content-range')
  if (range === null) {
    throw new SourceError(
      name,
      'no_ranges',
      'the answer shows no Content-Range: across origins the server must send ' +
        '"Access-Control-Expose-Headers: Content-Range, ETag"',
    )
  }
  const [, from, to, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range) ?? []
  const size = Number(total)
  if (Number(from) !== at || Number(to) > at + length - 1 || !(Number(to) < size)) {
    throw new SourceError(
      name,
      'bad_answer',
      `asked for bytes ${at}-${at + length - 1}, the server sent "${range}": it does not serve ranges correctly`,
    )
  }
  return { size, validator: headers.get('etag') ?? headers.get('last-modified') ?? undefined }
}
