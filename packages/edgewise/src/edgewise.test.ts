/** What a place is asked, and what its answer and its receipt say. */
import { describe, expect, test } from 'vitest'
import { finish, prompt, type ScriptedModel, scripted, text } from './testing/models.ts'
import { call, readAll, setup, textOf } from './testing/router-setup.ts'

describe('an answer from the device', () => {
  test('stream parts and receipt', async () => {
    const { model, receipts, cloud } = setup({ rule: { place: 'prefer-device' } })
    const parts = await readAll((await model.doStream(call())).stream)
    const [receipt] = receipts
    expect(receipts).toHaveLength(1)
    expect(receipt!.id).toMatch(/^rcp_[A-Za-z0-9_-]{24}$/)
    expect(receipt).toMatchObject({
      task: 'job',
      place: 'device',
      model: 'tiny',
      why: 'the policy prefers the device',
      attempts: [{ place: 'device', model: 'tiny', outcome: 'answered', costUsd: 0, bytesOut: 0 }],
      signals: [{ name: 'meanLogprob', value: -0.1, threshold: null, pass: null }],
      inputTokens: 10,
      outputTokens: 4,
      costUsd: 0,
      avoidedUsd: (10 * 1 + 4 * 10) / 1e6,
      bytesOut: 0,
      error: null,
    })
    expect(parts[0]).toEqual({ type: 'stream-start', warnings: [] })
    expect(parts[1]).toMatchObject({ type: 'response-metadata', id: receipt!.id, modelId: 'tiny' })
    expect(parts[2]).toMatchObject({
      type: 'text-start',
      providerMetadata: { edgewise: { place: 'device', task: 'job', why: receipt!.why } },
    })
    expect(textOf(parts)).toBe('from device')
    expect(parts.at(-1)).toMatchObject({
      type: 'finish',
      providerMetadata: { edgewise: { ...receipt, recorded: true } },
    })
    expect(cloud!.calls).toHaveLength(0)
  })

  test('the receipt has the tokens that needed no running; null where the place does not say', async () => {
    const device = scripted({ steps: [...text('x'), finish({ input: 10, cached: 7 })] })
    const { model, receipts } = setup({ rule: { place: 'device-only' }, device })
    expect((await model.doGenerate(call())).usage.inputTokens.cacheRead).toBe(7)
    expect(receipts[0]).toMatchObject({ cachedTokens: 7, attempts: [{ inputTokens: 10, cachedTokens: 7 }] })
    const silent = setup({ rule: { place: 'device-only' } })
    await silent.model.doGenerate(call())
    expect(silent.receipts[0]).toMatchObject({ cachedTokens: null, attempts: [{ cachedTokens: null }] })
  })

  test('structured data comes beside the receipt, not in the ledger', async () => {
    const device = scripted({
      steps: [...text('x'), finish({ meta: { edgewise: { meanLogprob: 0, data: [{ start: 0 }] } } })],
    })
    const { model, receipts } = setup({ rule: { place: 'device-only' }, device })
    const result = await model.doGenerate(call())
    expect(result.providerMetadata!.edgewise).toMatchObject({ place: 'device', data: [{ start: 0 }] })
    expect(receipts[0]).not.toHaveProperty('data')
  })

  test('the device gets the task and no headers', async () => {
    const { model, device } = setup({ rule: { place: 'device-only', deviceTask: 'fix' } })
    await model.doGenerate(
      call({
        headers: { authorization: 'x' },
        temperature: 0.3,
        providerOptions: { edgewise: { task: 'job' }, other: { a: 1 } },
      }),
    )
    const [seen] = (device as ScriptedModel).calls
    expect(seen!.headers).toBeUndefined()
    expect(seen!.temperature).toBe(0.3)
    expect(seen!.providerOptions).toEqual({ edgewise: { task: 'fix' }, other: { a: 1 } })
  })
})

describe('an answer from the cloud', () => {
  test('its receipt has its cost, and what was sent', async () => {
    const { model, receipts } = setup({ rule: { place: 'prefer-cloud' } })
    const result = await model.doGenerate(call())
    expect(result.content).toEqual([{ type: 'text', text: 'from cloud' }])
    expect(result.response).toMatchObject({ id: receipts[0]!.id, modelId: 'cloudy' })
    expect(result.providerMetadata).toMatchObject({ cloud: { id: 1 }, edgewise: { place: 'cloud' } })
    expect(receipts).toMatchObject([
      {
        place: 'cloud',
        model: 'cloudy',
        costUsd: (100 + 200) / 1e6,
        avoidedUsd: 0,
        signals: [],
        error: null,
      },
    ])
    expect(receipts[0]!.bytesOut).toBeGreaterThan('the secret prompt'.length)
  })

  test('without a price its cost is unknown, not nothing', async () => {
    const { model, receipts } = setup({
      rule: { place: 'prefer-cloud' },
      options: {
        policy: { version: 1, tasks: { job: { place: 'prefer-cloud' } }, default: { place: 'prefer-cloud' } },
      },
    })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ place: 'cloud', costUsd: null, avoidedUsd: null }])
  })

  test('it gets nothing of this package, and the instructions when the caller has none', async () => {
    const { model, cloud } = setup({ rule: { place: 'cloud-only', instructions: 'be brief' } })
    await model.doGenerate(
      call({ headers: { h: '1' }, providerOptions: { edgewise: { task: 'job' }, cloud: { a: 1 } } }),
    )
    await model.doGenerate(call({ prompt: [{ role: 'system', content: 'mine' }, ...prompt('x')] }))
    const [first, second] = cloud!.calls
    expect(first!.providerOptions).toEqual({ cloud: { a: 1 } })
    expect(first!.headers).toEqual({ h: '1' })
    expect(first!.prompt[0]).toEqual({ role: 'system', content: 'be brief' })
    expect(second!.prompt.filter(({ role }) => role === 'system')).toEqual([
      { role: 'system', content: 'mine' },
    ])
  })
})

describe('the task', () => {
  test('none: the default rule, done as complete on the device', async () => {
    const { model, receipts, device } = setup({ rule: { place: 'device-only' }, cloud: null })
    await model.doGenerate({ prompt: prompt('x') })
    expect((device as ScriptedModel).calls[0]!.providerOptions).toEqual({ edgewise: { task: 'complete' } })
    expect(receipts).toMatchObject([
      { task: 'default', why: 'the policy prefers the cloud, but no cloud is configured' },
    ])
  })

  test.each([
    [{ task: 'jbo' }, 'unknown_task', 'it has job'],
    [{ task: 'toString' }, 'unknown_task', 'it has job'],
    [{ task: 'default' }, 'unknown_task', 'it has job'],
    [{ task: 7 }, 'bad_option', 'a string'],
    [{ task: null }, 'bad_option', 'a string'],
    [{ tsak: 'job' }, 'bad_option', 'no "tsak"'],
  ])('%j is refused, and asks nobody', async (edgewise, code, message) => {
    const { model, receipts, device, cloud } = setup({ rule: { place: 'device-only' } })
    const attempt = model.doStream(call({ providerOptions: { edgewise } }))
    await expect(attempt).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    expect(receipts).toMatchObject([{ place: null, error: code }])
    expect((device as ScriptedModel).calls).toHaveLength(0)
    expect(cloud!.calls).toHaveLength(0)
  })

  test('a prompt given as a task name does not get into the ledger', async () => {
    const { model, receipts } = setup({ rule: { place: 'device-only' } })
    await expect(
      model.doGenerate(call({ providerOptions: { edgewise: { task: 'my card is 4111' } } })),
    ).rejects.toBeInstanceOf(Error)
    expect(JSON.stringify(receipts)).not.toContain('4111')
    expect(receipts[0]!.task).toBe('unknown')
  })
})
