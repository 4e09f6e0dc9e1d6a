/** What an attempt cost that nobody says: estimated where something was sent, nothing where it was refused. */
import { describe, expect, test } from 'vitest'
import type { DeviceModel } from '../device/device-model.ts'
import type { Rule } from '../policy/index.ts'
import { cloudServer } from '../testing/cloud-server.ts'
import { finish, prompt, scripted, text } from '../testing/models.ts'
import { call, policyOf, readAll, setup } from '../testing/router-setup.ts'

/** Input at 1 US dollar per million tokens, output at 10. */
const usd = (input: number, output: number): number => (input + output * 10) / 1e6

const patient = (rule: Rule, baseURL = 'http://127.0.0.1:9/v1') => {
  const policy = policyOf(rule)
  return { ...policy, cloud: { ...policy.cloud!, baseURL, firstTokenMs: 5000, retries: 2 } }
}

describe('an attempt at the cloud', () => {
  test('that the deadline stopped costs its prompt and what had come', async () => {
    const rule: Rule = { place: 'cloud-only', deadlineMs: { total: 20 } }
    const cloud = scripted({ steps: [...text('a', 'b', 'c').slice(0, 4), 'hang'] })
    const { model, receipts } = setup({ rule, cloud })
    await readAll((await model.doStream(call())).stream)
    const [receipt] = receipts
    expect(receipt!.error).toBe('deadline_exceeded')
    expect(receipt!.costUsd).toBeCloseTo(usd(Math.ceil(receipt!.bytesOut / 4), 3), 12)
    expect(receipt!.attempts).toMatchObject([{ outcome: 'failed', estimated: true, outputTokens: 3 }])
  })

  test('that stalled before its first output costs its prompt', async () => {
    const { model, receipts } = setup({
      rule: { place: 'prefer-cloud' },
      cloud: scripted({ steps: ['hang'] }),
    })
    await model.doGenerate(call())
    const [cloud] = receipts[0]!.attempts
    expect(cloud).toMatchObject({ code: 'stalled', estimated: true, outputTokens: 0 })
    expect(cloud!.costUsd).toBeCloseTo(usd(Math.ceil(cloud!.bytesOut / 4), 0), 12)
  })

  test('that was only refused when it lost the race costs nothing', async () => {
    await using server = await cloudServer((response) =>
      response.writeHead(429, { 'retry-after': '3' }).end('{}'),
    )
    const device = scripted({ steps: [{ wait: 60 }, ...text('from device'), finish()] })
    const rule: Rule = { place: 'race' }
    const policy = patient(rule, server.baseURL)
    const { model, receipts } = setup({ rule, device, options: { policy, cloud: undefined as never } })
    await model.doGenerate(call())
    expect(server.bodies).toHaveLength(1)
    const cloud = receipts[0]!.attempts.find(({ place }) => place === 'cloud')
    expect(cloud).toMatchObject({ outcome: 'cancelled', costUsd: 0, estimated: false })
    expect(cloud!.bytesOut).toBeGreaterThan(0)
  })

  test('is estimated by what left where that was made smaller, not by the whole prompt', async () => {
    const context = Array.from(
      { length: 400 },
      (_, i) => `Paragraph ${i} tells of the harvest of the year ${1000 + i} in some detail and length.`,
    ).join('\n\n')
    const facts = { contextLength: 1e6, countTokens: () => 10_000, lacks: () => [] }
    const slow = scripted({ steps: [{ wait: 60 }, ...text('from device'), finish()] })
    const device: DeviceModel = { ...slow, facts }
    for (const [select, exactly] of [
      [{ select: { maxTokens: 1000 } }, null],
      [{}, 10_000],
    ] as const) {
      const rule: Rule = { place: 'race', ...select }
      const { model, receipts } = setup({
        rule,
        device,
        cloud: scripted({ steps: ['hang'] }),
        options: { policy: patient(rule) },
      })
      await model.doGenerate(call({ prompt: prompt(context, 'What was the harvest of the year 1100?') }))
      const cloud = receipts[0]!.attempts.find(({ place }) => place === 'cloud')!
      expect(cloud.inputTokens).toBe(exactly ?? Math.ceil(cloud.bytesOut / 4))
      expect(cloud.estimated).toBe(true)
    }
  })
})

test('a device that was stopped and never counted its prompt has no count', async () => {
  const device = scripted({ modelId: 'tiny', steps: ['hang'] })
  const cloud = scripted({ steps: [{ wait: 20 }, ...text('from cloud'), finish()] })
  const { model, receipts } = setup({ rule: { place: 'race' }, device, cloud })
  await model.doGenerate(call())
  expect(receipts[0]!.attempts[0]).toMatchObject({
    place: 'device',
    outcome: 'cancelled',
    inputTokens: null,
    outputTokens: 0,
    costUsd: 0,
  })
})
