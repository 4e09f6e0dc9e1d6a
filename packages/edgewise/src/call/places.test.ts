/** Which places are there to ask: none, a device that knows its limits, a cloud with or without its key. */
import { memoryLedger } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import type { DeviceModel } from '../device/device-model.ts'
import { edgewise } from '../edgewise.ts'
import type { Policy, Rule } from '../policy/index.ts'
import { deviceAnswer, type ScriptedModel } from '../testing/models.ts'
import { call, failing, policyOf, setup } from '../testing/router-setup.ts'

describe('nowhere to go', () => {
  test.each<[Rule, string]>([
    [{ place: 'cloud-only' }, 'cloud_unavailable'],
    [{ place: 'device-only' }, 'device_unavailable'],
    [{ place: 'prefer-device' }, 'device_unavailable'],
    [{ place: 'prefer-cloud' }, 'device_unavailable'],
  ])('%j', async (rule, code) => {
    const { model, receipts } = setup({ rule, device: null, cloud: null })
    await expect(model.doStream(call())).rejects.toMatchObject({ code, receiptId: expect.any(String) })
    expect(receipts).toMatchObject([{ place: null, attempts: [], error: code }])
  })

  test('a device that is loaded later is found', async () => {
    let device: DeviceModel | null = null
    const model = edgewise({
      policy: policyOf({ place: 'device-only' }),
      cloud: null,
      get device() {
        return device
      },
    })()
    await expect(model.doGenerate(call())).rejects.toMatchObject({ code: 'device_unavailable' })
    device = deviceAnswer(0, 'here')
    expect((await model.doGenerate(call())).content).toEqual([{ type: 'text', text: 'here' }])
  })
})

describe('what the device says of itself', () => {
  const withFacts = (facts: Partial<NonNullable<DeviceModel['facts']>>): DeviceModel => ({
    ...deviceAnswer(-0.1, 'from device'),
    facts: { contextLength: 100, countTokens: () => 10, lacks: () => [], ...facts },
  })

  test('a prompt that does not fit goes to the cloud at once', async () => {
    const { model, receipts } = setup({
      rule: { place: 'prefer-device' },
      device: withFacts({ countTokens: () => 101 }),
    })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ place: 'cloud', attempts: [{ place: 'cloud' }] }])
  })

  test('tools go to the cloud; when it fails, the device answers', async () => {
    const device = withFacts({ lacks: () => ['tools'] })
    const { model, receipts } = setup({ rule: { place: 'prefer-device' }, device, cloud: failing() })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ place: 'device', attempts: [{ place: 'cloud' }, { place: 'device' }] }])
  })

  test('tools without a cloud are an error where the policy takes no answer in its place', async () => {
    const device = withFacts({ lacks: () => ['tools'] })
    const { model, receipts } = setup({
      rule: { place: 'prefer-device', offline: 'fail' },
      device,
      cloud: null,
    })
    await expect(model.doGenerate(call())).rejects.toMatchObject({ code: 'cloud_unavailable' })
    expect(receipts).toMatchObject([{ place: null, attempts: [], error: 'cloud_unavailable' }])
  })

  test('facts that throw change nothing', async () => {
    const device = withFacts({
      countTokens: () => {
        throw new Error('unknown task')
      },
    })
    const { model, receipts } = setup({ rule: { place: 'prefer-device' }, device })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ place: 'device' }])
  })

  test('are not asked for a device-only task', async () => {
    const device = withFacts({ countTokens: () => 101, lacks: () => ['tools'] })
    const { model, receipts } = setup({ rule: { place: 'device-only' }, device })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ place: 'device' }])
  })
})

describe('the cloud of the policy', () => {
  const withKey = policyOf(
    { place: 'prefer-cloud' },
    {
      cloud: { baseURL: 'http://127.0.0.1:9/v1', model: 'm', apiKeyEnv: 'EDGEWISE_TEST_KEY' },
    },
  )
  test('without its key the calls stay on the device, and the receipt names the variable', async () => {
    const ledger = memoryLedger()
    const model = edgewise({ policy: withKey, device: deviceAnswer(0, 'x'), env: {}, ledger })
    expect(model.cloudStatus).toEqual({
      ready: false,
      why: "the cloud's key is missing (EDGEWISE_TEST_KEY is not set)",
    })
    await model().doGenerate(call())
    expect(await ledger.recent(1)).toMatchObject([
      {
        place: 'device',
        why: "the policy prefers the cloud, but the cloud's key is missing (EDGEWISE_TEST_KEY is not set)",
      },
    ])
  })
  test('with its key it is ready; null switches it off', () => {
    const device = deviceAnswer(0, 'x')
    const env = { EDGEWISE_TEST_KEY: 'k' }
    expect(edgewise({ policy: withKey, device, env }).cloudStatus).toEqual({ ready: true, model: 'm' })
    expect(edgewise({ policy: withKey, device, env, cloud: null }).cloudStatus.ready).toBe(false)
  })
  test('a policy that is none is refused', () => {
    const policy = { ...withKey, default: { place: 'device_only' } } as unknown as Policy
    expect(() => edgewise({ policy, device: null })).toThrow('policy default.place')
  })
})

describe('a device on another machine', () => {
  const remote = (): DeviceModel => ({
    ...deviceAnswer(-0.1, 'from afar'),
    facts: { contextLength: 100, countTokens: () => 10, lacks: () => [], leavesDevice: true },
  })

  test('what it is sent has left, and stands on the receipt', async () => {
    const { model, receipts } = setup({ rule: { place: 'prefer-device' }, device: remote() })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ place: 'device', costUsd: 0 }])
    expect(receipts[0]!.bytesOut).toBeGreaterThan('the secret prompt'.length)
  })

  test('is not asked where something must not leave', async () => {
    const rules: Rule[] = [{ place: 'device-only' }, { place: 'prefer-device', privacy: 'structured-only' }]
    for (const rule of rules) {
      const device = remote()
      const { model, receipts } = setup({ rule, device, cloud: null })
      await expect(model.doGenerate(call())).rejects.toMatchObject({ code: 'device_unavailable' })
      expect(receipts).toMatchObject([{ bytesOut: 0 }])
      expect(receipts[0]!.why).toContain('the device model is on another machine')
      expect((device as ScriptedModel).calls).toHaveLength(0)
    }
  })
})

describe('a task with a device model of its own', () => {
  const rule: Rule = { place: 'prefer-device', deviceModel: 'student.gguf' }
  const student: DeviceModel = { ...deviceAnswer(-0.1, 'from student'), modelId: 'student' }

  test('it answers, under its own name', async () => {
    const { model, receipts } = setup({ rule, options: { deviceModels: { 'student.gguf': student } } })
    expect((await model.doGenerate(call())).content).toEqual([{ type: 'text', text: 'from student' }])
    expect(receipts).toMatchObject([{ place: 'device', model: 'student' }])
  })

  test('where it is not there, no other device answers in its place', async () => {
    const { model, receipts } = setup({ rule, options: { deviceModels: {} } })
    expect((await model.doGenerate(call())).content).toEqual([{ type: 'text', text: 'from cloud' }])
    expect(receipts).toMatchObject([
      { place: 'cloud', why: expect.stringContaining('"student.gguf" is not loaded') },
    ])
    const alone = setup({ rule: { ...rule, place: 'device-only' } })
    await expect(alone.model.doGenerate(call())).rejects.toMatchObject({ code: 'device_unavailable' })
  })
})
