/** A device-only task opens no connection, whatever the device does. Counted at a real server. */
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { DeviceModel } from '../device/device-model.ts'
import { answers } from '../testing/cloud-server.ts'
import { deviceAnswer, finish, scripted, text } from '../testing/models.ts'
import { call, setup } from '../testing/router-http-setup.ts'

describe('a device-only task', () => {
  const devices: [string, DeviceModel][] = [
    ['answers', deviceAnswer(-9, 'from device')],
    ['fails to open', scripted({ opening: [{ fail: new Error('x') }], steps: [] })],
    ['fails in the stream', scripted({ steps: [{ fail: new Error('x') }] })],
    ['breaks off', scripted({ steps: [...text('half').slice(0, 2), { fail: new Error('x') }] })],
    ['ends without a finish', scripted({ steps: text('half') })],
    ['is silent', scripted({ steps: [finish({ reason: 'error' })] })],
    [
      'has no room',
      {
        ...scripted({
          opening: [{ fail: Object.assign(new Error('x'), { code: 'context_length_exceeded' }) }],
          steps: [],
        }),
        facts: { contextLength: 1, countTokens: () => 9, lacks: () => ['tools'] },
      },
    ],
  ]
  test.each(devices)('opens no connection when the device %s', async (_, device) => {
    const { model, ledger, server } = await setup(answers('from cloud'), {
      rule: { place: 'device-only' },
      device,
    })
    await Promise.allSettled([model.doGenerate(call)])
    const results = await Promise.allSettled([
      model.doStream(call),
      model.doStream({ ...call, providerOptions: {} }),
    ])
    for (const result of results) {
      if (result.status === 'fulfilled') for await (const _ of result.value.stream);
    }
    // Longer than a connection to this machine takes.
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(server.connections()).toBe(0)
    const receipts = await ledger.recent(10)
    expect(receipts).toHaveLength(3)
    for (const receipt of receipts) expect(receipt).toMatchObject({ bytesOut: 0, costUsd: 0 })
  })

  test('the counter counts', async () => {
    const { server } = await setup(answers('x'), { rule: { place: 'device-only' } })
    const { port } = new URL(server.baseURL)
    const socket = connect(Number(port), '127.0.0.1')
    await new Promise((resolve) => socket.on('connect', resolve))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(server.connections()).toBe(1)
    socket.destroy()
  })
})
