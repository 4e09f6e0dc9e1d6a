/**
 * A file on an HTTP server that serves ranges. It is the same file from the first byte to the last: an answer with another
 * size or ETag ends the reading. Dropped connections and busy servers are tried again from the byte they stopped at.
 */
import { BadOptionError, SourceError } from '../errors.ts'
import { type Fetch, requestRange, type Version } from './range-request.ts'
import { defaultPatience, PassingFailure, type Patience, wait, waitBefore } from './retry.ts'
import { type ByteSource, checkRange } from './source.ts'

export interface UrlOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** In place of the host's own. What it throws, a failed connection's TypeError aside, ends the reading as it is. */
  readonly fetch?: Fetch
  readonly patience?: Partial<Patience>
  /** Ends the opening; a read has its own. */
  readonly signal?: AbortSignal | undefined
}

/** Asks for the first byte to learn the size. Throws SourceError, BadOptionError, or the signal's reason. */
export async function urlSource(url: URL | string, options: UrlOptions = {}): Promise<ByteSource> {
  const address = new URL(url)
  if (address.protocol !== 'https:' && address.protocol !== 'http:') {
    throw new BadOptionError(
      `${address.protocol} is not read by URL: give the file's bytes, a Blob or an open file`,
    )
  }
  // Not the query: it may hold a signature, and names are printed.
  const name = `${address.origin}${address.pathname}`
  const patience = { ...defaultPatience, ...options.patience }
  const { headers = {}, fetch = (target, init) => globalThis.fetch(target, init) } = options
  let opened: Version | undefined
  const check = (version: Version): void => {
    opened ??= version
    if (version.size === opened.size && version.validator === opened.validator) return
    throw new SourceError(
      name,
      'changed',
      'the file on the server was replaced while it was read: open it again',
    )
  }
  const read = async (into: Uint8Array, at: number, signal?: AbortSignal): Promise<void> => {
    let done = 0
    for (let failures = 0; done < into.length; ) {
      const before = done
      const rest = { at: at + done, length: into.length - done }
      let failure = new PassingFailure('the connection ended early')
      try {
        await requestRange(
          { name, url: address, headers, fetch, stallMs: patience.stallMs, signal, ...rest },
          check,
          (bytes) => {
            into.set(bytes, done)
            done += bytes.length
          },
        )
      } catch (error) {
        if (!(error instanceof PassingFailure)) throw error
        failure = error
      }
      if (done === into.length) return
      failures = done > before ? 1 : failures + 1
      const ms = waitBefore(failures, failure, patience)
      if (ms === undefined) throw finalFailure(name, failure, failures)
      await wait(ms, signal)
    }
  }
  await read(new Uint8Array(1), 0, options.signal)
  const { size } = opened!
  return {
    name,
    size,
    async read(into, at, signal) {
      signal?.throwIfAborted()
      checkRange({ name, size }, at, into.length)
      await read(into, at, signal)
    },
  }
}

function finalFailure(name: string, failure: PassingFailure, tries: number): SourceError {
  const { status, askedMs, message } = failure
  if (status === undefined) {
    return new SourceError(
      name,
      'unreachable',
      `cannot be reached (${message}; tried ${tries} times): check the connection and try again`,
      { cause: failure },
    )
  }
  const later = askedMs === undefined ? 'later' : `in ${Math.ceil(askedMs / 1000)} s`
  return new SourceError(name, 'status', `${message} (tried ${tries} times): try again ${later}`, {
    cause: failure,
    status,
  })
}
