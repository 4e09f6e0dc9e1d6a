import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { BadOptionError, SourceError, type SourceProblem } from '../errors.ts'
import { type Fault, rangeServer, sendRange } from '../testing/range-server.ts'
import { type UrlOptions, urlSource } from './url-source.ts'

const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) >> 5)
const quick: UrlOptions = { patience: { waitMs: 5, tries: 3, stallMs: 200 } }
/** A fault of the requests after the opening one. */
const after =
  (fault: Fault): Fault =>
  (request, response, count) =>
    count > 1 && fault(request, response, count)

async function failure(promise: Promise<unknown>): Promise<SourceError> {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(SourceError)
  return error as SourceError
}

/** Serves with `fault`, reads all, and gives what came of it. */
async function readAll(fault?: Fault): Promise<{ read: Uint8Array; ranges: (string | undefined)[] }> {
  await using server = await rangeServer({ bytes, etag: '"v1"' }, fault)
  const source = await urlSource(server.url, quick)
  expect(source.size).toBe(bytes.length)
  const read = new Uint8Array(bytes.length)
  await source.read(read, 0)
  return { read, ranges: server.ranges }
}

test('reads exactly the ranges asked for, side by side, with the headers given', async () => {
  await using server = await rangeServer({ bytes, etag: '"v1"' })
  const source = await urlSource(new URL(`${server.url}?signature=secret`), { headers: { 'x-key': 'k' } })
  expect(source.name).toBe(server.url.href)
  const parts = [0, 1, 77_777, 299_999].map((at) => ({
    at,
    into: new Uint8Array(Math.min(1000, 300_000 - at)),
  }))
  await Promise.all(parts.map(({ at, into }) => source.read(into, at)))
  for (const { at, into } of parts) expect(into).toEqual(bytes.subarray(at, at + into.length))
  expect(server.ranges.slice(1).sort()).toEqual([
    'bytes=0-999',
    'bytes=1-1000',
    'bytes=299999-299999',
    'bytes=77777-78776',
  ])
  for (const { headers } of server.requests) {
    expect(headers).toMatchObject({ 'x-key': 'k', 'accept-encoding': 'identity' })
  }
})

test('a dropped connection goes on from the byte it stopped at', async () => {
  const { read, ranges } = await readAll(
    after((request, response, count) => {
      if (count < 7) sendRange({ bytes, etag: '"v1"' }, request, response, 40_000)
      return count < 7
    }),
  )
  expect(read).toEqual(bytes)
  expect(ranges.length).toBeGreaterThan(3)
  const starts = ranges.map((range) => Number(/\d+/.exec(range!)![0]))
  expect(starts).toEqual(starts.toSorted((a, b) => a - b))
  expect(starts.at(-1)).toBeGreaterThan(0)
})

test('busy and failing servers are tried again, as late as they ask', async () => {
  for (const status of [429, 500, 503]) {
    const times: number[] = []
    const { read } = await readAll(
      after((_, response, count) => {
        times.push(performance.now())
        if (count === 2) response.writeHead(status, { 'retry-after': status === 429 ? '1' : '0' }).end()
        return count === 2
      }),
    )
    expect(read).toEqual(bytes)
    if (status === 429) expect(times[1]! - times[0]!).toBeGreaterThan(900)
  }
})

test('a connection that brings nothing is given up and made again', async () => {
  const { read } = await readAll(after((_request, _response, count) => count === 2))
  expect(read).toEqual(bytes)
})

test.each<[string, SourceProblem, RegExp, Fault]>([
  [
    'no ranges',
    'no_ranges',
    /only whole files.*download the file and open it from disk/,
    (_, response) => !!response.end('all of it'),
  ],
  [
    'another range than asked for',
    'bad_answer',
    /the server sent "bytes 5-9\/300000"/,
    (_, response) => !!response.writeHead(206, { 'content-range': 'bytes 5-9/300000' }).end('12345'),
  ],
  [
    'more bytes than asked for',
    'bad_answer',
    /more than the \d+ bytes/,
    (request, response) => {
      const [, from, to] = /(\d+)-(\d+)/.exec(request.headers.range!)!
      response.writeHead(206, { etag: '"v1"', 'content-range': `bytes ${from}-${to}/300000` })
      return !!response.end(new Uint8Array(300_001))
    },
  ],
  [
    'a range without a name',
    'no_ranges',
    /Access-Control-Expose-Headers/,
    (_, r) => !!r.writeHead(206).end('1'),
  ],
  [
    'compressed',
    'no_ranges',
    /compresses what it sends \(br\)/,
    (_, r) => !!r.writeHead(206, { 'content-encoding': 'br', 'content-range': 'bytes 0-0/300000' }).end(),
  ],
  ['missing', 'status', /answered 404: check the address/, (_, response) => !!response.writeHead(404).end()],
  ['empty', 'changed', /no bytes at/, (_, response) => !!response.writeHead(416).end()],
  ['busy for ever', 'status', /429; tried 3 times: try again later/, (_, r) => !!r.writeHead(429).end()],
  [
    'busy for long',
    'status',
    /503; tried 1 times: try again in 3600 s/,
    (_, r) => !!r.writeHead(503, { 'retry-after': '3600' }).end(),
  ],
  ['silent for ever', 'unreachable', /nothing came for 0.2 s; tried 3 times/, () => true],
  ['dropped for ever', 'unreachable', /tried 3 times/, (_, response) => !!response.destroy()],
])('%s is a typed error, at the opening and later', async (_, problem, message, fault) => {
  for (const placed of [fault, after(fault)]) {
    const error = await failure(readAll(placed))
    expect(error).toMatchObject({ code: 'source_failed', problem })
    expect(error.message).toMatch(message)
    expect(error.message).toContain('/model.gguf')
  }
})

test('a file replaced while it is read ends the reading', async () => {
  const changes: ((file: { bytes: Uint8Array; etag?: string }) => void)[] = [
    (file) => (file.etag = '"v2"'),
    (file) => (file.bytes = bytes.subarray(0, 299_000)),
  ]
  for (const change of changes) {
    await using server = await rangeServer({ bytes, etag: '"v1"' })
    const source = await urlSource(server.url, quick)
    change(server.file)
    const into = new Uint8Array(10)
    const error = await failure(source.read(into, 5))
    expect(error.problem).toBe('changed')
    expect(error.message).toContain('replaced while it was read: open it again')
    expect(into).toEqual(new Uint8Array(10))
  }
})

test('an abort ends opening, reading and waiting with its reason', async () => {
  const reason = new Error('enough')
  const hangs =
    (count: number): Fault =>
    (_request, _response, n) =>
      n >= count
  await using server = await rangeServer({ bytes }, hangs(2))
  await expect(urlSource(server.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  const source = await urlSource(server.url)
  const stop = new AbortController()
  setTimeout(() => stop.abort(reason), 30)
  await expect(source.read(new Uint8Array(9), 0, stop.signal)).rejects.toBe(reason)

  await using busy = await rangeServer({ bytes }, (_, r) => !!r.writeHead(503, { 'retry-after': '60' }).end())
  const opening = new AbortController()
  setTimeout(() => opening.abort(reason), 30)
  await expect(urlSource(busy.url, { signal: opening.signal })).rejects.toBe(reason)
})

test('nobody there is told as such; other schemes and ranges outside are refused', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.on('listening', resolve))
  const { port } = taken.address() as AddressInfo
  await new Promise((resolve) => taken.close(resolve))
  const error = await failure(urlSource(`http://127.0.0.1:${port}/x`, quick))
  expect(error.problem).toBe('unreachable')
  expect(error.message).toMatch(/ECONNREFUSED.*check the connection/)
  await expect(urlSource('file:///etc/hosts')).rejects.toThrow(BadOptionError)

  await using server = await rangeServer({ bytes })
  const source = await urlSource(server.url)
  for (const at of [-1, 0.5, 299_999]) await failure(source.read(new Uint8Array(2), at))
})

test("an error of the caller's own fetch passes as it is", async () => {
  const own = new Error('no licence')
  await expect(urlSource('https://model.test/x', { fetch: () => Promise.reject(own) })).rejects.toBe(own)
})
