/** Certificates at runtime: in force, they let the device answer; not in force, the rule sends its calls to the cloud first. */
import { type Certificate, memoryLedger, type Receipt } from '@edgewise/evidence'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DeviceFacts, DeviceModel } from '../device/device-model.ts'
import { edgewise } from '../edgewise.ts'
import type { EdgewiseOptions } from '../host.ts'
import { decide } from '../place/place.ts'
import { type Policy, type Rule, resolveRule, safeRule } from '../policy/index.ts'
import { certificateOf } from '../testing/certificates.ts'
import { deviceAnswer, finish, scripted } from '../testing/models.ts'
import { randomRule } from '../testing/random-policy.ts'
import { boom, call, cloudAnswer, policyOf } from '../testing/router-setup.ts'

const certified: Rule = {
  place: 'prefer-device',
  escalate: [{ signal: 'meanLogprob', certificate: 'cert-1' }],
}

interface Asked {
  readonly rule?: Rule
  readonly device?: DeviceModel | null
  readonly certificate?: Certificate
  readonly options?: Partial<EdgewiseOptions>
}

function hostOf({ rule = certified, device, certificate = certificateOf(), options }: Asked = {}) {
  const ledger = memoryLedger()
  const policy: Policy = policyOf(rule)
  const ew = edgewise({
    policy,
    device: device === undefined ? deviceAnswer(-0.1, 'from device') : device,
    cloud: cloudAnswer(),
    ledger,
    certificates: [certificate],
    ...options,
  })
  const ask = async (): Promise<Receipt> => {
    const { providerMetadata } = await ew().doGenerate(call())
    return providerMetadata!.edgewise as unknown as Receipt
  }
  return { ew, ask, ledger }
}

const brokenCloud = () => scripted({ modelId: 'cloudy', steps: [boom] })

const factsOf = (more: Partial<DeviceFacts>): DeviceFacts => ({
  contextLength: 100,
  countTokens: () => 5,
  lacks: () => [],
  ...more,
})

describe('in force', () => {
  test('its threshold is the bar, it stands on the receipt, and so does what ran', async () => {
    const { ew, ask } = hostOf()
    expect(await ask()).toMatchObject({
      place: 'device',
      certificate: 'cert-1',
      signals: [{ name: 'meanLogprob', value: -0.1, threshold: -0.5, pass: true }],
      setup: { quantisation: null, template: certificateOf().device.template },
      path: expect.arrayContaining([
        { rule: 'certified', value: 'cert-1', threshold: null, then: 'in force' },
      ]),
    })
    expect(ew.certificates).toEqual([
      {
        id: 'cert-1',
        task: 'job',
        inForce: true,
        why: '',
        alarm: null,
        seen: 1,
        audited: 0,
        history: 'read',
      },
    ])
    const under = hostOf({ device: deviceAnswer(-0.6, 'doubtful') })
    expect(await under.ask()).toMatchObject({ place: 'cloud', certificate: null })
  })

  test('a call that never asked the device says nothing of it', async () => {
    const { ask } = hostOf({ device: null })
    expect(await ask()).toMatchObject({ place: 'cloud', setup: null, certificate: null })
  })

  test('a combined signal needs no function of the host’s', async () => {
    const combination = {
      kind: 'logistic',
      intercept: 1,
      features: [
        { name: 'meanLogprob', knots: [-0.2, 0], weight: 0.5 },
        { name: 'inputTokens', knots: [0, Math.log(100)], weight: 2 },
      ],
    } as const
    const certificate = certificateOf({ bar: { signal: 'right', threshold: 0.7, combination } })
    const rule: Rule = { place: 'prefer-device', escalate: [{ signal: 'right', certificate: 'cert-1' }] }
    const device = scripted({
      modelId: 'tiny',
      steps: [finish({ input: 9, meta: { edgewise: { meanLogprob: -0.1 } } })],
    })
    const receipt = await hostOf({ rule, certificate, device }).ask()
    // Both in the middle of their knots.
    const value = 1 / (1 + Math.exp(-1))
    expect(receipt.signals).toEqual([
      { name: 'right', value: expect.closeTo(value, 12), threshold: 0.7, pass: true },
    ])
    const without = scripted({ modelId: 'tiny', steps: [finish()] })
    expect(await hostOf({ rule, certificate, device: without }).ask()).toMatchObject({
      place: 'cloud',
      signals: [],
    })
  })
})

describe('not in force', () => {
  test.each<[string, DeviceModel, string]>([
    [
      'another model',
      { ...deviceAnswer(-0.1, 'x'), modelId: 'other' },
      'the device model is "other", the certificate is for "tiny"',
    ],
    [
      'another quantisation',
      { ...deviceAnswer(-0.1, 'x'), facts: factsOf({ quantisation: 'Q4_0' }) },
      'its quantisation is "Q4_0", the certificate is for not known',
    ],
    [
      'another template',
      { ...deviceAnswer(-0.1, 'x'), facts: factsOf({ chatTemplate: '{{ messages }}' }) },
      'the digest of its instructions and chat template is "',
    ],
  ])('%s: the cloud goes first, and the receipt says why', async (_, device, why) => {
    const { ew, ask } = hostOf({ device })
    const receipt = await ask()
    expect(receipt).toMatchObject({ place: 'cloud', certificate: null })
    expect(receipt.path).toContainEqual({
      rule: 'certificate',
      value: 'cert-1',
      threshold: null,
      then: expect.stringContaining(why),
    })
    expect(receipt.why).toMatch(/^the certificate cert-1 is not in force \(.*\), so the cloud goes first/)
    expect(ew.certificates).toMatchObject([{ inForce: false, why: expect.stringContaining(why), seen: 0 }])
  })

  test('the device of the moment counts: another one, and the first again', async () => {
    const first = deviceAnswer(-0.1, 'x')
    const second = { ...first, modelId: 'other' }
    let device: DeviceModel = first
    const ew = edgewise({
      policy: policyOf(certified),
      get device() {
        return device
      },
      cloud: cloudAnswer(),
      certificates: [certificateOf()],
    })
    const place = async () => (await ew().doGenerate(call())).providerMetadata!.edgewise!.place
    expect(await place()).toBe('device')
    device = second
    expect(await place()).toBe('cloud')
    device = first
    expect(await place()).toBe('device')
  })

  test('after as many calls as it was proven for', async () => {
    const certificate = certificateOf({ claim: { kind: 'harm', alpha: 0.05, calls: 3 } })
    const { ew, ask } = hostOf({ certificate })
    for (let asked = 0; asked < 3; asked++) expect((await ask()).certificate).toBe('cert-1')
    expect(await ask()).toMatchObject({ place: 'cloud', certificate: null })
    expect(ew.certificates).toMatchObject([
      { inForce: false, why: 'the 3 calls it was proven for have been made', seen: 3, alarm: null },
    ])
  })

  const other = { ...deviceAnswer(-0.1, 'from device'), modelId: 'other' }

  test('without the cloud the device answers, where the policy takes that; its answer is not kept as one that passed', async () => {
    const rule: Rule = { ...certified, cache: { ttlSeconds: 60 } }
    const { ask } = hostOf({ rule, device: other, options: { cloud: brokenCloud() } })
    for (let asked = 0; asked < 2; asked++)
      expect(await ask()).toMatchObject({ place: 'device', certificate: null, cache: null })
    const offline = hostOf({ device: other, options: { online: () => false } })
    expect(await offline.ask()).toMatchObject({ place: 'device', certificate: null })
  })

  test('without the cloud it is an error, where the policy says so', async () => {
    const rule: Rule = { ...certified, offline: 'fail' }
    const { ask } = hostOf({ rule, device: other, options: { online: () => false } })
    await expect(ask()).rejects.toMatchObject({ code: 'offline' })
    const failed = hostOf({ rule, device: other, options: { cloud: brokenCloud() } })
    await expect(failed.ask()).rejects.toMatchObject({ code: 'cloud_failed' })
  })
})

describe('the safe rule', () => {
  test('asks the cloud first whatever the rule was, lets nothing more leave, and is never of a device-only task', () => {
    const state = {
      deviceProblem: null,
      cloudProblem: null,
      inputTokens: 5,
      contextLength: 100,
      deviceLacks: [],
    }
    let made = 0
    fc.assert(
      fc.property(randomRule, (given) => {
        const rule = resolveRule(given)
        const safe = safeRule(rule)
        expect(safe === null).toBe(!rule.escalate.some(({ certificate }) => certificate !== null))
        if (safe === null) return
        made++
        expect(rule.place).not.toBe('device-only')
        const { order, secondAfterMs, isChecked, why } = decide(safe, state, 'it is not certified')
        expect(order).toEqual(rule.offline === 'fail' ? ['cloud'] : ['cloud', 'device'])
        expect({ secondAfterMs, isChecked, why }).toEqual({
          secondAfterMs: null,
          isChecked: false,
          why: 'it is not certified',
        })
        const { privacy, deadlineMs, budget, select, compress, offline } = rule
        expect(safe).toMatchObject({
          privacy,
          deadlineMs,
          budget,
          select,
          compress,
          offline,
          audit: null,
        })
        const alone = decide(safe, { ...state, cloudProblem: 'no cloud' })
        expect(alone.order).toEqual(rule.offline === 'fail' ? [] : ['device'])
      }),
      { seed: 14, numRuns: 300 },
    )
    expect(made).toBeGreaterThan(20)
  })
})
