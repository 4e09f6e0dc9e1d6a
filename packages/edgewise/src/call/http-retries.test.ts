/** A real cloud that fails for a while: what is sent again, what is waited for, and when the cloud is left alone. */
import { describe, expect, test } from 'vitest'
import { answers, type Handler, startStream } from '../testing/cloud-server.ts'
import { call, onlyReceipt, setup, textOf } from '../testing/router-http-setup.ts'

/** Fails so many times, then answers. */
function failsFirst(times: number, fail: Handler): Handler {
  let calls = 0
  return (...args) => (++calls <= times ? fail(...args) : answers('at last')(...args))
}

const status =
  (code: number, headers: Record<string, string> = {}): Handler =>
  (response) =>
    response
      .writeHead(code, { 'content-type': 'application/json', ...headers })
      .end('{"error":{"message":"no"}}')

describe('sent again', () => {
  test.each<[string, Handler]>([
    ['500', status(500)],
    ['503', status(503)],
    ['408', status(408)],
    ['429 with a wait it can keep', status(429, { 'retry-after-ms': '5' })],
    ['a reset before the headers', (_, __, request) => void request.socket.resetAndDestroy()],
    [
      'an error frame before any text',
      (response) =>
        response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .end('data: {"error":{"message":"x"}}\n\n'),
    ],
    [
      'the end before any text',
      (response) => {
        startStream(response)
        response.end()
      },
    ],
  ])('%s', async (_, fail) => {
    const { model, ledger, server } = await setup(failsFirst(2, fail), {
      rule: { place: 'cloud-only' },
      cloud: { retries: 2 },
    })
    expect(await textOf(model)).toBe('at last')
    const receipt = await onlyReceipt(ledger)
    expect(receipt).toMatchObject({ place: 'cloud', attempts: [{ outcome: 'answered', tries: 3 }] })
    // Each time it was sent, it left.
    expect(receipt.bytesOut).toBe(server.bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0))
  })

  test('no more often than the policy says', async () => {
    const { model, ledger, server } = await setup(failsFirst(9, status(500)), {
      rule: { place: 'prefer-cloud' },
      cloud: { retries: 1 },
    })
    expect(await textOf(model)).toBe('from device')
    expect(server.bodies).toHaveLength(2)
    expect(await onlyReceipt(ledger)).toMatchObject({ attempts: [{ tries: 2, code: 'cloud_failed' }, {}] })
  })

  test.each<[string, Handler]>([
    ['400', status(400)],
    ['401', status(401)],
    ['403', status(403)],
    ['404', status(404)],
    ['422', status(422)],
    ['429 with a wait that is too long', status(429, { 'retry-after': '3600' })],
    [
      '503 until a day that is too far',
      status(503, { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }),
    ],
  ])('not after %s', async (_, fail) => {
    const { model, server } = await setup(fail, { rule: { place: 'prefer-cloud' }, cloud: { retries: 3 } })
    expect(await textOf(model)).toBe('from device')
    expect(server.bodies).toHaveLength(1)
  })

  test('never after the first word', async () => {
    const half: Handler = (response) => {
      startStream(response)
      response.write('data: {"id":"1","choices":[{"index":0,"delta":{"content":"half"}}]}\n\n')
      setTimeout(() => response.socket!.resetAndDestroy(), 50)
    }
    const { model, server } = await setup(half, { rule: { place: 'cloud-only' }, cloud: { retries: 3 } })
    const { stream } = await model.doStream(call)
    const types: string[] = []
    for await (const part of stream) types.push(part.type)
    expect(types).toContain('error')
    expect(server.bodies).toHaveLength(1)
  })

  test('not when the caller has left while it waits', async () => {
    const { model, server, ledger } = await setup(status(429, { 'retry-after-ms': '60' }), {
      rule: { place: 'cloud-only' },
      cloud: { retries: 3 },
    })
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('left')), 30)
    await expect(model.doGenerate({ ...call, abortSignal: stop.signal })).rejects.toThrow('left')
    await new Promise((resolve) => setTimeout(resolve, 80))
    expect(server.bodies).toHaveLength(1)
    expect(await onlyReceipt(ledger)).toMatchObject({ error: 'aborted' })
  })
})

describe('the breaker', () => {
  test('after five failures in a row the cloud is left alone; nothing is sent, and the receipt says so', async () => {
    const { model, ledger, server } = await setup(status(500), { rule: { place: 'prefer-cloud' } })
    for (let calls = 0; calls < 8; calls++) expect(await textOf(model)).toBe('from device')
    expect(server.bodies).toHaveLength(5)
    const [last] = await ledger.recent(1)
    expect(last).toMatchObject({
      place: 'device',
      bytesOut: 0,
      costUsd: 0,
      attempts: [
        { place: 'cloud', outcome: 'failed', code: 'breaker_open', tries: 0 },
        { outcome: 'answered' },
      ],
    })
  })

  test('a cloud-only task hears of it by its code', async () => {
    const { model } = await setup(status(500), { rule: { place: 'cloud-only' } })
    for (let calls = 0; calls < 5; calls++) await textOf(model).catch(() => {})
    await expect(model.doGenerate(call)).rejects.toMatchObject({ code: 'breaker_open' })
  })

  test('calls that are themselves at fault do not open it', async () => {
    const { model, server } = await setup(status(400), { rule: { place: 'prefer-cloud' } })
    for (let calls = 0; calls < 8; calls++) await textOf(model)
    expect(server.bodies).toHaveLength(8)
  })

  test('nor do callers who leave', async () => {
    let hang = true
    const handler: Handler = (...args) => {
      if (!hang) answers('here')(...args)
    }
    const { model } = await setup(handler, { rule: { place: 'cloud-only' } })
    for (let calls = 0; calls < 6; calls++) {
      const stop = new AbortController()
      setTimeout(() => stop.abort(), 10)
      await Promise.resolve(model.doGenerate({ ...call, abortSignal: stop.signal })).catch(() => {})
    }
    hang = false
    expect(await textOf(model)).toBe('here')
  })
})
