/** A model server on this machine as the device of the command. */
import { startRehearsal } from '@edgewise/rehearsal'
import { expect, test } from 'vitest'
import { ask } from './ask.ts'
import { openSystem } from './system.ts'

test('--model with an address: the server there is the device', async () => {
  await using server = await startRehearsal({
    script: { version: 1, rules: [{ answer: 'from the server' }] },
  })
  using system = await openSystem({ model: server.baseURL })
  const { text, receipt } = await ask(system.model, 'chat', 'hello')
  expect(text).toBe('from the server')
  expect(receipt).toMatchObject({ place: 'device', model: 'cloud-rehearsal', bytesOut: 0 })
  expect(system.device.backend).toContain(server.baseURL)
})

test.each([
  ['http://model.example/v1', 'not_loopback'],
  ['http://127.0.0.1:1/v1', 'server_unreachable'],
])('%s is refused', async (model, code) => {
  await expect(openSystem({ model })).rejects.toMatchObject({ code })
})
