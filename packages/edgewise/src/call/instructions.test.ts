/** A rule's instructions go to every place that reads system messages, unless the caller sent one. */
import { expect, test } from 'vitest'
import type { DeviceModel } from '../device/device-model.ts'
import { edgewise } from '../edgewise.ts'
import type { Policy } from '../policy/index.ts'
import { deviceAnswer, prompt } from '../testing/models.ts'
import { collect, partsOf } from './collect.ts'

const policy: Policy = {
  version: 1,
  tasks: { fix: { place: 'prefer-device', instructions: 'Correct it.' }, keep: { place: 'device-only' } },
  default: { place: 'prefer-device' },
}
const system = { role: 'system', content: 'Correct it.' }

async function asked(followsInstructions: boolean, task: string, text = prompt('teh')) {
  const device = deviceAnswer(-0.1, 'the')
  const counted: unknown[] = []
  const facts = {
    contextLength: 100,
    followsInstructions,
    countTokens: (_: string, call: { prompt: unknown }) => counted.push(call.prompt),
    lacks: () => [],
  }
  const model = edgewise({ policy, device: { ...device, facts } as DeviceModel, cloud: null })()
  const { stream } = await model.doStream({ prompt: text, providerOptions: { edgewise: { task } } })
  await collect(partsOf(stream))
  return { read: device.calls[0]!.prompt, counted: counted[0] }
}

test('a device that reads system messages gets them, and they are counted', async () => {
  expect(await asked(true, 'fix')).toEqual({
    read: [system, ...prompt('teh')],
    counted: [system, ...prompt('teh')],
  })
})

test('one that does not, a rule without any, and a caller’s own stay as they are', async () => {
  expect((await asked(false, 'fix')).read).toEqual(prompt('teh'))
  expect((await asked(true, 'keep')).read).toEqual(prompt('teh'))
  const own = [{ role: 'system' as const, content: 'Mine.' }, ...prompt('teh')]
  expect((await asked(true, 'fix', own)).read).toBe(own)
})
