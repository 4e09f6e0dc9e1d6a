/** A real cloud that fails, before its first output and after it: who answers, and what the receipt says. */
import { describe, expect, test } from 'vitest'
import type { Rule } from '../policy/index.ts'
import { cloudFaults, limitsFor } from '../testing/cloud-faults.ts'
import { answers, breaksAfter, closedPort, type Handler } from '../testing/cloud-server.ts'
import { deviceAnswer } from '../testing/models.ts'
import { call, onlyReceipt, setup, textOf } from '../testing/router-http-setup.ts'

/** What the cloud is sent for `call`. */
const requestBody = JSON.stringify({
  model: 'cloud-model',
  messages: [{ role: 'user', content: 'the secret prompt' }],
  stream: true,
  stream_options: { include_usage: true },
})

describe('a cloud that fails before its first output', () => {
  test.each(cloudFaults)(
    '%s: the device answers and the receipt says so',
    async (_, handler, note, costUsd) => {
      const { model, ledger } = await setup(handler, {
        rule: { place: 'prefer-cloud' },
        cloud: limitsFor(note),
      })
      expect(await textOf(model)).toBe('from device')
      const receipt = await onlyReceipt(ledger)
      expect(receipt).toMatchObject({
        place: 'device',
        error: null,
        attempts: [
          {
            place: 'cloud',
            model: 'cloud-model',
            outcome: 'failed',
            note: expect.stringMatching(note),
            // null: nobody says what it cost, so its input is estimated.
            costUsd: costUsd ?? expect.closeTo(Math.ceil(Buffer.byteLength(requestBody) / 4) / 1e6, 12),
            estimated: costUsd === null,
          },
          { place: 'device', outcome: 'answered' },
        ],
      })
      // What was sent was sent, even when nothing came back.
      expect(receipt.bytesOut).toBe(Buffer.byteLength(requestBody))
      expect(JSON.stringify(receipt)).not.toMatch(/secret|sk-test/)
    },
  )

  test.each(cloudFaults)('%s: a cloud-only task fails with one receipt', async (_, handler, note) => {
    const { model, ledger } = await setup(handler, { rule: { place: 'cloud-only' }, cloud: limitsFor(note) })
    await expect(model.doStream(call)).rejects.toMatchObject({ code: 'cloud_failed' })
    expect(await onlyReceipt(ledger)).toMatchObject({ place: null, error: 'cloud_failed' })
  })

  test.each(cloudFaults)("%s: after an escalation the device's answer stands", async (_, handler, note) => {
    const rule: Rule = { place: 'prefer-device', escalate: [{ signal: 'meanLogprob', threshold: -0.5 }] }
    const { model, ledger } = await setup(handler, {
      rule,
      device: deviceAnswer(-2, 'doubtful'),
      cloud: limitsFor(note),
    })
    expect(await textOf(model)).toBe('doubtful')
    expect(await onlyReceipt(ledger)).toMatchObject({ place: 'device', error: null })
  })

  test('a port where nobody listens: nothing left the device, and nothing was paid', async () => {
    const baseURL = await closedPort()
    const { model, ledger } = await setup(answers('x'), {
      rule: { place: 'prefer-cloud' },
      cloud: { baseURL },
    })
    expect(await textOf(model)).toBe('from device')
    expect(await onlyReceipt(ledger)).toMatchObject({
      place: 'device',
      costUsd: 0,
      bytesOut: 0,
      attempts: [{ note: 'the connection failed (ECONNREFUSED)', bytesOut: 0 }, {}],
    })
  })
})

describe('a cloud that breaks in the middle', () => {
  const broken: [string, Handler][] = [
    ['resets', breaksAfter('half', (response) => response.socket!.resetAndDestroy())],
    ['ends', breaksAfter('half', (response) => response.end())],
    ['sends garbage', breaksAfter('half', (response) => response.end('data: {{{\n\n'))],
    [
      'sends an error frame',
      breaksAfter('half', (response) => response.end('data: {"error":{"message":"x"}}\n\n')),
    ],
    ['stalls', breaksAfter('half', () => {})],
  ]
  test.each(broken)('%s: what was seen stays, an error follows, no second text', async (name, handler) => {
    const { model, ledger } = await setup(handler, {
      rule: { place: 'prefer-cloud' },
      cloud: name === 'stalls' ? { idleMs: 150 } : {},
    })
    let seen = ''
    let error: unknown
    for await (const part of (await model.doStream(call)).stream) {
      if (part.type === 'text-delta') seen += part.delta
      if (part.type === 'error') error = part.error
    }
    expect(seen).toBe('half')
    expect(error).toMatchObject({ code: 'cloud_broken' })
    expect(await onlyReceipt(ledger)).toMatchObject({
      place: 'cloud',
      error: 'cloud_broken',
      // What had come is billed: one part of output.
      costUsd: expect.closeTo((Math.ceil(Buffer.byteLength(requestBody) / 4) + 10) / 1e6, 12),
      attempts: [{ outcome: 'failed', estimated: true, outputTokens: 1 }],
    })
  })
})
