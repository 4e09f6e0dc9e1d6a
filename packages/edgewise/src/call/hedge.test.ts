/** Two places at once: who commits first answers, the other is stopped, and what it cost is counted. */
import { describe, expect, test } from 'vitest'
import { deviceAnswer, finish, type ScriptedModel, scripted, text } from '../testing/models.ts'
import { call, cloudAnswer, escalating, failing, readAll, setup, textOf } from '../testing/router-setup.ts'

const slowDevice = (wait: number): ScriptedModel =>
  scripted({
    modelId: 'tiny',
    steps: [{ wait }, ...text('late ', 'device'), finish({ meta: { edgewise: { meanLogprob: -0.1 } } })],
  })

describe('a hedged call', () => {
  test('a device in time answers alone', async () => {
    const { model, receipts, cloud } = setup({ rule: { place: 'prefer-device', hedgeAfterMs: 5000 } })
    await model.doGenerate(call())
    expect(cloud!.calls).toHaveLength(0)
    expect(receipts).toMatchObject([{ place: 'device', attempts: [{ outcome: 'answered' }] }])
  })

  test('a late one is overtaken by the cloud, stopped, and stands on the receipt', async () => {
    const device = slowDevice(60_000)
    const { model, receipts } = setup({ rule: { place: 'prefer-device', hedgeAfterMs: 10 }, device })
    const parts = await readAll((await model.doStream(call())).stream)
    expect(textOf(parts)).toBe('from cloud')
    expect(receipts).toMatchObject([
      {
        place: 'cloud',
        why: 'the policy prefers the device; nothing was certain after 10 ms, so the cloud was asked, too',
        attempts: [
          { place: 'device', outcome: 'cancelled', note: 'the cloud answered first' },
          { place: 'cloud', outcome: 'answered' },
        ],
        path: expect.arrayContaining([expect.objectContaining({ rule: 'hedge', threshold: 10 })]),
      },
    ])
    expect(device.calls[0]!.abortSignal!.aborted).toBe(true)
  })

  test('a cloud that loses is billed by an estimate, and the saving is what is left', async () => {
    const cloud = scripted({ modelId: 'cloudy', steps: [{ type: 'text-start', id: '0' }, 'hang'] })
    const { model, receipts } = setup({
      rule: { place: 'prefer-device', hedgeAfterMs: 5 },
      device: slowDevice(40),
      cloud,
    })
    const { content } = await model.doGenerate(call())
    expect(content).toEqual([{ type: 'text', text: 'late device' }])
    const [receipt] = receipts
    expect(receipt).toMatchObject({
      place: 'device',
      attempts: [
        { place: 'device', outcome: 'answered' },
        { place: 'cloud', outcome: 'cancelled', estimated: true, outputTokens: 0 },
      ],
    })
    const lost = receipt!.attempts[1]!
    expect(lost.costUsd).toBeCloseTo(lost.inputTokens! / 1e6, 12)
    expect(receipt!.costUsd).toBe(lost.costUsd)
    expect(receipt!.avoidedUsd).toBeCloseTo((10 + 4 * 10) / 1e6 - lost.costUsd!, 12)
    expect(cloud.running()).toBe(0)
  })

  test('an answer that does not pass leaves the field to the cloud that is already on its way', async () => {
    const { model, receipts } = setup({
      rule: { ...escalating, hedgeAfterMs: 1 },
      device: scripted({
        modelId: 'tiny',
        steps: [{ wait: 30 }, ...text('bad'), finish({ meta: { edgewise: { meanLogprob: -4 } } })],
      }),
      cloud: scripted({ modelId: 'cloudy', steps: [{ wait: 50 }, ...text('good'), finish()] }),
    })
    expect((await model.doGenerate(call())).content).toEqual([{ type: 'text', text: 'good' }])
    expect(receipts[0]!.attempts.map(({ outcome }) => outcome)).toEqual(['rejected', 'answered'])
  })

  test('the cloud first, hedged by the device', async () => {
    const cloud = scripted({ modelId: 'cloudy', steps: ['hang'] })
    const { model, receipts } = setup({ rule: { place: 'prefer-cloud', hedgeAfterMs: 5 }, cloud })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([
      { place: 'device', attempts: [{ outcome: 'cancelled' }, { outcome: 'answered' }] },
    ])
  })
})

describe('a race', () => {
  test('both are asked at once', async () => {
    const device = slowDevice(60_000)
    const { model, receipts, cloud } = setup({ rule: { place: 'race' }, device })
    await model.doGenerate(call())
    expect(device.calls.length + cloud!.calls.length).toBe(2)
    expect(receipts).toMatchObject([{ place: 'cloud', why: 'the policy lets both places race' }])
  })

  test('a loser that opens in the very moment the other answers is given up, whatever that moment is', async () => {
    const winners = new Set<unknown>()
    for (let turns = 0; turns < 60; turns++) {
      const device = deviceAnswer(-0.1, 'from device')
      const cloud = cloudAnswer()
      const { model, receipts } = setup({
        rule: { place: 'race' },
        device: {
          ...device,
          async doStream(options) {
            for (let turn = 0; turn < turns; turn++) await null
            return device.doStream(options)
          },
        },
        cloud,
      })
      await readAll((await model.doStream(call())).stream)
      await new Promise((resolve) => setTimeout(resolve, 0))
      expect([turns, device.running(), cloud.running()]).toEqual([turns, 0, 0])
      winners.add(receipts[0]?.place)
    }
    // So somewhere between the two were at the same point.
    expect(winners).toEqual(new Set(['device', 'cloud']))
  })

  test('one fails: the other is waited for', async () => {
    for (const [device, cloud] of [
      [failing(), cloudAnswer()],
      [deviceAnswer(0, 'x'), failing()],
    ] as const) {
      const { model, receipts } = setup({ rule: { place: 'race' }, device, cloud })
      await model.doGenerate(call())
      expect(receipts[0]!.error).toBeNull()
    }
  })

  test('both fail: one error with both causes', async () => {
    const { model, receipts } = setup({ rule: { place: 'race' }, device: failing(), cloud: failing() })
    await expect(model.doGenerate(call())).rejects.toMatchObject({ code: 'no_answer' })
    expect(receipts[0]!.attempts).toHaveLength(2)
  })
})
