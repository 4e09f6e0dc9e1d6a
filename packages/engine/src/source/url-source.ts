/**
 * A file on an HTTP server that serves ranges. It is the same file from the first byte to the last: an answer with another
 * size or ETag ends the reading. Dropped connections and busy servers are tried again from the byte they stopped at.
 */
import { BadOptionError, SourceError } from '../errors.ts'
import { type Fetch, requestRange, type Version } from './range-request.ts'
import { defaultPatience, PassingFailure, type Patience, persist } from './retry.ts'
import { type ByteSource, checkRange } from './source.ts'

export interface UrlOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** In place of the host's own. What it throws, a failed connection's TypeError aside, ends the reading as it is. */
  readonly fetch?: Fetch
  readonly patience?: Partial<Patience> | undefined
  /** Ends the opening; a read has its own. */
  readonly signal?: AbortSignal | undefined
}

export interface UrlSource extends ByteSource {
  /**
   * Bytes `at` to `at` + `length` as they come, in order, in a buffer that is used again; the next ones are fetched when
   * `onBytes` is through. Throws as `read`.
   */
  stream(
    at: number,
    length: number,
    onBytes: (bytes: Uint8Array) => void | Promise<void>,
    signal?: AbortSignal,
  ): Promise<void>
}

/** Asks for the first byte to learn the size. Throws SourceError, BadOptionError, or the signal's reason. */
export async function urlSource(url: URL | string, options: UrlOptions = {}): Promise<UrlSource> {
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
  const stream: UrlSource['stream'] = async (at, length, onBytes, signal) => {
    let done = 0
    let before = 0
    const goOn = async (): Promise<void> => {
      before = done
      const part = { at: at + done, length: length - done, stallMs: patience.stallMs, signal }
      await requestRange({ name, url: address, headers, fetch, ...part }, check, async (bytes) => {
        await onBytes(bytes)
        done += bytes.length
      })
      if (done < length) throw new PassingFailure('the connection ended early')
    }
    try {
      if (length > 0) await persist(goOn, patience, signal, () => done > before)
    } catch (error) {
      if (!(error instanceof PassingFailure)) throw error
      const { status } = error
      throw new SourceError(name, status === undefined ? 'unreachable' : 'status', error.advice(), {
        cause: error,
        ...(status !== undefined && { status }),
      })
    }
  }
  await stream(0, 1, () => {}, options.signal)
  const { size } = opened!
  const within: UrlSource['stream'] = async (at, length, onBytes, signal) => {
    signal?.throwIfAborted()
    checkRange({ name, size }, at, length)
    await stream(at, length, onBytes, signal)
  }
  const read: UrlSource['read'] = async (into, at, signal) => {
    let done = 0
    const put = (bytes: Uint8Array): void => {
      into.set(bytes, done)
      done += bytes.length
    }
    await within(at, into.length, put, signal)
  }
  return { name, size, read, stream: within }
}
