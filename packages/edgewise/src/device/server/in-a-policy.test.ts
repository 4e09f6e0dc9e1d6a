/** The server device where it is used: its log-probabilities reach a bar or do not, and what it is sent stands on the receipt. */
import { expect, test } from 'vitest'
import { deviceAnswer } from '../../testing/models.ts'
import { call, setup } from '../../testing/router-setup.ts'
import { serverKinds } from './quirks.ts'
import { serverDevice } from './server-device.ts'
import { scriptedServer, sse, stopChunk, textChunk } from './testing/scripted-server.ts'

const kind = { ...serverKinds.vllm, readyPath: '/v1/models' }

test.each([
  ['meanLogprob', -1, [-0.5, -0.5, -3], 'device'],
  ['meanLogprob', -1, [-2, -2, -3], 'cloud'],
  ['margin', 1, [-0.5, -0.5, -3], 'device'],
  ['margin', 1, [-0.5, -0.5, -1], 'cloud'],
] as const)(
  '%s of %d at a token of %j: the %s answers',
  async (signal, threshold, [own, first, second], place) => {
    await using server = await scriptedServer({
      chat: (response) => sse(response, textChunk('from device', [own, first, second]), stopChunk()),
    })
    const { model, receipts } = setup({
      rule: { place: 'prefer-device', escalate: [{ signal, threshold }] },
      device: await serverDevice({ baseURL: server.baseURL, kind }),
      cloud: deviceAnswer(0, 'from cloud'),
    })
    const { content } = await model.doGenerate(call())
    expect(content).toEqual([{ type: 'text', text: `from ${place}` }])
    expect(receipts[0]).toMatchObject({ place, signals: [{ name: signal, pass: place === 'device' }] })
    if (place === 'device') expect(receipts[0]!.bytesOut).toBe(0)
  },
)

test('a server on another machine: every byte it was sent is on the receipt, and none is sent under nothing-leaves', async () => {
  const sent: string[] = []
  const fetch = async (_: unknown, init?: RequestInit) => {
    if (!init?.body) return Response.json({ data: [{ id: 'm' }] })
    sent.push(init.body as string)
    return Response.json({ choices: [{ message: { content: 'from afar' }, finish_reason: 'stop' }] })
  }
  const open = () => serverDevice({ baseURL: 'http://192.0.2.1/v1', remote: true, fetch, kind })
  const allowed = setup({ rule: { place: 'prefer-device' }, device: await open(), cloud: null })
  await allowed.model.doGenerate(call())
  expect(allowed.receipts).toMatchObject([{ place: 'device', bytesOut: Buffer.byteLength(sent[0]!) }])
  const forbidden = setup({ rule: { place: 'device-only' }, device: await open(), cloud: null })
  await expect(forbidden.model.doGenerate(call())).rejects.toMatchObject({ code: 'device_unavailable' })
  expect(sent).toHaveLength(1)
})
