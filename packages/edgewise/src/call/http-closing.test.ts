/** What is closed when a call ends: the connection to the cloud, and every timer. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { Rule } from '../policy/index.ts'
import { cloudFaults } from '../testing/cloud-faults.ts'
import {
  answers,
  breaksAfter,
  type CloudServer,
  type Handler,
  startStream,
  writeText,
} from '../testing/cloud-server.ts'
import { call, onlyReceipt, setup, textOf } from '../testing/router-http-setup.ts'

describe('giving up', () => {
  const endless: Handler = (response) => {
    startStream(response)
    const timer = setInterval(() => writeText(response, 'more '), 5)
    response.on('close', () => clearInterval(timer))
  }
  const closed = async (server: CloudServer) => {
    for (let round = 0; round < 100 && server.abandoned() === 0; round++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(server.abandoned()).toBe(1)
  }

  test('an abort closes the connection', async () => {
    const { model, ledger, server } = await setup(endless, { rule: { place: 'prefer-cloud' } })
    const stop = new AbortController()
    const { stream } = await model.doStream({ ...call, abortSignal: stop.signal })
    const reader = stream.getReader()
    while ((await reader.read()).value?.type !== 'text-delta');
    stop.abort('enough')
    await expect(reader.read()).rejects.toBe('enough')
    await closed(server)
    expect(await onlyReceipt(ledger)).toMatchObject({
      place: 'cloud',
      error: 'aborted',
      bytesOut: Buffer.byteLength(server.bodies[0]!),
    })
  })

  test('a reader that cancels closes the connection', async () => {
    const { model, ledger, server } = await setup(endless, { rule: { place: 'prefer-cloud' } })
    for await (const part of (await model.doStream(call)).stream) if (part.type === 'text-delta') break
    await closed(server)
    expect(await onlyReceipt(ledger)).toMatchObject({ place: 'cloud', error: 'aborted' })
  })

  test('so does a cloud that took too long', async () => {
    const { model, server } = await setup(() => {}, {
      rule: { place: 'prefer-cloud' },
      cloud: { firstTokenMs: 600 },
    })
    await textOf(model)
    await closed(server)
  })
})

describe('nothing is left behind', () => {
  const before = { count: 0 }
  beforeEach(() => {
    before.count = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  })
  test('no timer after any kind of end', async () => {
    const rule: Rule = { place: 'prefer-cloud' }
    for (const handler of [
      answers('x'),
      cloudFaults[0]![1],
      breaksAfter('half', (response) => response.end()),
    ]) {
      const { model, server } = await setup(handler, {
        rule,
        cloud: { firstTokenMs: 60_000, idleMs: 60_000 },
      })
      await Promise.allSettled([model.doGenerate(call)])
      await server[Symbol.asyncDispose]()
    }
    const long = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    expect(long).toBeLessThanOrEqual(before.count + 1)
  })
})
