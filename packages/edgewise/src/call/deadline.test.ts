/** A deadline holds over everything: device, cloud, retries, the rest of a stream. */
import { getEventListeners } from 'node:events'
import { describe, expect, test, vi } from 'vitest'
import type { Rule } from '../policy/index.ts'
import { deviceAnswer, finish, scripted, text } from '../testing/models.ts'
import { call, escalating, readAll, setup, textOf } from '../testing/router-setup.ts'

const hanging = () => scripted({ modelId: 'stuck', steps: ['deaf hang'] })

describe('until the first word', () => {
  test.each<[string, Rule]>([
    ['a device', { place: 'device-only', deadlineMs: { firstToken: 20 } }],
    ['a cloud', { place: 'cloud-only', deadlineMs: { firstToken: 20 } }],
    ['both, in a race', { place: 'race', deadlineMs: { firstToken: 20 } }],
    ['everything, by the total', { place: 'prefer-device', deadlineMs: { total: 20 } }],
  ])('%s that hangs', async (_, rule) => {
    const [device, cloud] = [hanging(), hanging()]
    const { model, receipts } = setup({ rule, device, cloud })
    await expect(model.doStream(call())).rejects.toMatchObject({ code: 'deadline_exceeded', ms: 20 })
    expect(receipts).toMatchObject([
      {
        error: 'deadline_exceeded',
        place: null,
        path: expect.arrayContaining([expect.objectContaining({ rule: 'deadline', threshold: 20 })]),
      },
    ])
    for (const { outcome, code } of receipts[0]!.attempts) {
      expect([outcome, code]).toEqual(['failed', 'deadline_exceeded'])
    }
    expect(device.running() + cloud.running()).toBe(0)
  })

  test('a whole answer that did not pass is better than none', async () => {
    const { model, receipts } = setup({
      rule: { ...escalating, deadlineMs: { firstToken: 30 } },
      device: deviceAnswer(-4, 'doubtful'),
      cloud: hanging(),
    })
    expect((await model.doGenerate(call())).content).toEqual([{ type: 'text', text: 'doubtful' }])
    expect(receipts).toMatchObject([{ place: 'device', error: null }])
  })

  test('is over once the first word was there', async () => {
    const device = scripted({ steps: [...text('a'), { wait: 40 }, finish()] })
    const { model, receipts } = setup({
      rule: { place: 'device-only', deadlineMs: { firstToken: 20 } },
      device,
    })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ error: null }])
  })
})

test('in the middle of an answer: what was said stays, the error is named, the end comes in time', async () => {
  const device = scripted({ modelId: 'tiny', steps: [...text('half').slice(0, 2), 'deaf hang'] })
  const { model, receipts } = setup({ rule: { place: 'device-only', deadlineMs: { total: 30 } }, device })
  const parts = await readAll((await model.doStream(call())).stream)
  expect(textOf(parts)).toBe('half')
  expect(parts.slice(-3)).toMatchObject([
    { type: 'text-end' },
    { type: 'error', error: { code: 'deadline_exceeded', receiptId: receipts[0]!.id } },
    { type: 'finish', finishReason: { unified: 'error' } },
  ])
  expect(receipts).toMatchObject([{ place: 'device', error: 'deadline_exceeded' }])
})

test('of a stream that nobody reads: the call is settled in time, and a late reader gets what was there', async () => {
  const cloud = scripted({ modelId: 'slow', steps: [...text('half').slice(0, 2), 'hang'] })
  const { model, receipts } = setup({ rule: { place: 'cloud-only', deadlineMs: { total: 30 } }, cloud })
  const stop = new AbortController()
  const { stream } = await model.doStream(call({ abortSignal: stop.signal }))
  await vi.waitFor(() => expect(receipts).toMatchObject([{ place: 'cloud', error: 'deadline_exceeded' }]))
  expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  expect(cloud.running()).toBe(0)
  const parts = await readAll(stream)
  expect(textOf(parts)).toBe('half')
  expect(parts.at(-2)).toMatchObject({ type: 'error', error: { code: 'deadline_exceeded' } })
  expect(receipts).toHaveLength(1)
})

test('of a whole answer that is read slowly: it was there in time', async () => {
  const rule: Rule = { place: 'prefer-device', commit: 'whole-answer', deadlineMs: { total: 30 } }
  const { model, receipts } = setup({ rule })
  const reader = (await model.doStream(call())).stream.getReader()
  await reader.read()
  await vi.waitFor(() => expect(receipts).toMatchObject([{ place: 'device', error: null }]))
  const rest: unknown[] = []
  for (let step = await reader.read(); !step.done; step = await reader.read()) rest.push(step.value)
  expect(rest.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'stop' } })
})

test('a call in time leaves no timer', async () => {
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const rule: Rule = {
    place: 'prefer-device',
    deadlineMs: { firstToken: 60_000, total: 90_000 },
    hedgeAfterMs: 50_000,
  }
  const { model } = setup({ rule })
  await model.doGenerate(call())
  expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThanOrEqual(
    before,
  )
})
