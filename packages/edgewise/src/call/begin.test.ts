/** What a host leaves out or gets wrong when a call comes in. */
import { expect, test, vi } from 'vitest'
import { edgewise } from '../edgewise.ts'
import type { EdgewiseOptions } from '../host.ts'
import { call, cloudAnswer, policyOf, setup } from '../testing/router-setup.ts'

test('without a device, as plain JavaScript may have it, there is none', async () => {
  const options: Omit<EdgewiseOptions, 'device'> = {
    policy: policyOf({ place: 'prefer-device' }),
    cloud: cloudAnswer(),
  }
  const { providerMetadata } = await edgewise(options as EdgewiseOptions)().doGenerate(call())
  expect(providerMetadata!.edgewise).toMatchObject({
    place: 'cloud',
    why: 'the policy prefers the device, but no device model is ready',
  })
})

test('an `online` that throws is a host without a network', async () => {
  const online = (): boolean => {
    throw new Error('broken')
  }
  const { model, receipts } = setup({ rule: { place: 'prefer-cloud' }, options: { online } })
  const abort = new AbortController()
  const add = vi.spyOn(abort.signal, 'addEventListener')
  const remove = vi.spyOn(abort.signal, 'removeEventListener')
  await model.doGenerate(call({ abortSignal: abort.signal }))
  expect(receipts).toMatchObject([
    {
      place: 'device',
      why: 'the policy prefers the cloud, but this host could not say whether it is online',
    },
  ])
  expect(remove.mock.calls.length).toBeGreaterThanOrEqual(add.mock.calls.length)
  const alone = setup({ rule: { place: 'cloud-only' }, options: { online } })
  await expect(alone.model.doGenerate(call())).rejects.toMatchObject({ code: 'offline' })
  expect(alone.receipts).toMatchObject([{ error: 'offline' }])
})
