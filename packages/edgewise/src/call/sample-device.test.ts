/** Samples of a device: what they send to another machine is counted, and they end with their attempt. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { DeviceModel } from '../device/device-model.ts'
import type { Rule } from '../policy/index.ts'
import { deviceAnswer, finish, scripted, text } from '../testing/models.ts'
import { call, policyOf, setup } from '../testing/router-setup.ts'

test('of a device on another machine have left: bytes and digest are on the receipt', async () => {
  const bodies: string[] = []
  const inner = deviceAnswer(-0.1, 'from device')
  const sent = () => {
    const body = 'x'.repeat(1000 + bodies.length)
    bodies.push(body)
    return { request: { body } }
  }
  const facts = { contextLength: 1000, leavesDevice: true, countTokens: () => 1, lacks: () => [] } as const
  const device: DeviceModel = {
    ...inner,
    facts,
    doStream: async (options) => ({ ...(await inner.doStream(options)), ...sent() }),
    doGenerate: async (options) => ({ ...(await inner.doGenerate(options)), ...sent() }),
  }
  const rule: Rule = {
    place: 'prefer-device',
    escalate: [{ signal: 'agreement', threshold: 0.5, samples: 3 }],
  }
  const { model, receipts } = setup({ rule, device })
  await model.doGenerate(call())
  expect(bodies).toHaveLength(4)
  expect(receipts).toMatchObject([
    {
      place: 'device',
      bytesOut: bodies.join('').length,
      sentDigest: createHash('sha256').update(bodies.join('')).digest('hex'),
    },
  ])
})

test('end when another place has answered', async () => {
  const signals: (AbortSignal | undefined)[] = []
  const device: DeviceModel = {
    ...deviceAnswer(-0.1, 'from device'),
    doGenerate: ({ abortSignal }) => {
      signals.push(abortSignal)
      return new Promise(() => {})
    },
  }
  const rule: Rule = { place: 'race', escalate: [{ signal: 'agreement', threshold: 0.5 }] }
  const policy = policyOf(rule)
  const { model, receipts } = setup({
    rule,
    device,
    cloud: scripted({ steps: [{ wait: 40 }, ...text('from cloud'), finish()] }),
    options: { policy: { ...policy, cloud: { ...policy.cloud!, firstTokenMs: 2000 } } },
  })
  await model.doGenerate(call())
  expect(receipts).toMatchObject([{ place: 'cloud' }])
  expect(signals.map((signal) => signal?.aborted)).toEqual([true, true, true])
})
