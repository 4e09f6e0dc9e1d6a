/** The check of a device's answer: what passes, what goes to the cloud, and what stands when that fails. */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import type { DeviceModel } from '../device/device-model.ts'
import { deviceAnswer, finish, scripted, text } from '../testing/models.ts'
import { call, escalating, failing, readAll, setup, textOf } from '../testing/router-setup.ts'

describe('the check', () => {
  test('a good answer is released after it passed', async () => {
    const { model, receipts, cloud } = setup({ rule: escalating })
    const { content } = await model.doGenerate(call())
    expect(content).toEqual([{ type: 'text', text: 'from device' }])
    expect(cloud!.calls).toHaveLength(0)
    expect(receipts).toMatchObject([
      {
        why: 'the policy prefers the device; its answer passed the check (mean logprob -0.10, the bar is -0.50)',
        signals: [{ value: -0.1, threshold: -0.5, pass: true }],
      },
    ])
  })

  test('a doubtful answer goes to the cloud, and none of it is seen', async () => {
    const { model, receipts } = setup({ rule: escalating, device: deviceAnswer(-0.9, 'doubt', 'ful') })
    const parts = await readAll((await model.doStream(call())).stream)
    expect(textOf(parts)).toBe('from cloud')
    expect(receipts).toMatchObject([
      {
        place: 'cloud',
        why: 'the policy prefers the device; its answer did not pass the check (mean logprob -0.90, the bar is -0.50), so the cloud was asked',
        signals: [{ value: -0.9, threshold: -0.5, pass: false }],
        attempts: [
          { place: 'device', outcome: 'rejected', inputTokens: 10, outputTokens: 4 },
          { place: 'cloud', outcome: 'answered' },
        ],
      },
    ])
  })

  test('an answer without a signal does not pass', async () => {
    const device = scripted({ steps: [...text('x'), finish()] })
    const { model, receipts } = setup({ rule: escalating, device })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ place: 'cloud', signals: [] }])
  })

  test("when the cloud fails, the device's answer stands", async () => {
    const { model, receipts } = setup({
      rule: escalating,
      device: deviceAnswer(-0.9, 'doubtful'),
      cloud: failing(),
    })
    const parts = await readAll((await model.doStream(call())).stream)
    expect(textOf(parts)).toBe('doubtful')
    expect(receipts).toMatchObject([
      {
        place: 'device',
        model: 'tiny',
        error: null,
        attempts: [
          { place: 'device', outcome: 'answered', note: 'mean logprob -0.90, the bar is -0.50' },
          { place: 'cloud', outcome: 'failed', note: 'it ended with Error' },
        ],
      },
    ])
    expect(receipts[0]!.why).toMatch(
      /so the cloud was asked; the cloud failed \(.*\), so the device's answer stands$/,
    )
  })

  test('without a cloud nothing is held back, and the signal is recorded with the bar it missed', async () => {
    const { promise: gate, resolve } = Promise.withResolvers<void>()
    const device = scripted({
      steps: [...text('first'), finish({ meta: { edgewise: { meanLogprob: -3 } } })],
    })
    const slow: DeviceModel = {
      ...device,
      async doStream(options) {
        const { stream } = await device.doStream(options)
        const held = new TransformStream<LanguageModelV4StreamPart, LanguageModelV4StreamPart>({
          async transform(part, controller) {
            if (part.type === 'finish') await gate
            controller.enqueue(part)
          },
        })
        return { stream: stream.pipeThrough(held) }
      },
    }
    const { model, receipts } = setup({ rule: escalating, device: slow, cloud: null })
    const { stream } = await model.doStream(call())
    const reader = stream.getReader()
    const seen: string[] = []
    while (!seen.includes('text-delta')) seen.push((await reader.read()).value!.type)
    resolve()
    while (!(await reader.read()).done);
    expect(receipts).toMatchObject([
      {
        place: 'device',
        why: 'the policy prefers the device, and no cloud is configured',
        signals: [{ value: -3, threshold: -0.5, pass: false }],
      },
    ])
  })
})
