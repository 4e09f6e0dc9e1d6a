/** A caller that aborts or cancels, at any moment: the work ends, nothing falls back, one receipt is written. */
import { getEventListeners } from 'node:events'
import { describe, expect, test, vi } from 'vitest'
import type { Rule } from '../policy/index.ts'
import { deviceAnswer, type ScriptedModel, scripted } from '../testing/models.ts'
import { call, cloudAnswer, escalating, failing, readAll, setup } from '../testing/router-setup.ts'

describe('giving up', () => {
  const half = [
    { type: 'text-start', id: '0' },
    { type: 'text-delta', id: '0', delta: 'half' },
  ] as const
  const reason = new Error('enough')

  test.each<[string, Rule, ScriptedModel, ScriptedModel]>([
    [
      'before the device opens',
      { place: 'prefer-device' },
      scripted({ opening: ['hang'], steps: [] }),
      cloudAnswer(),
    ],
    [
      'while a deaf device works',
      { place: 'prefer-device' },
      scripted({ steps: ['deaf hang'] }),
      cloudAnswer(),
    ],
    ['while an answer is held back', escalating, scripted({ steps: [...half, 'hang'] }), cloudAnswer()],
    [
      'before the cloud opens',
      { place: 'prefer-cloud' },
      deviceAnswer(0, 'x'),
      scripted({ opening: ['hang'], steps: [] }),
    ],
    ['after an escalation', escalating, deviceAnswer(-9, 'x'), scripted({ steps: ['hang'] })],
  ])('%s: the reason is rethrown, nothing falls back, one receipt', async (_, rule, device, cloud) => {
    const { model, receipts } = setup({ rule, device, cloud })
    const stop = new AbortController()
    setTimeout(() => stop.abort(reason), 20)
    await expect(model.doGenerate(call({ abortSignal: stop.signal }))).rejects.toBe(reason)
    expect(receipts).toMatchObject([{ place: null, error: 'aborted' }])
    expect(device.running() + cloud.running()).toBe(0)
    expect(receipts[0]!.attempts.at(-1)).toMatchObject({
      outcome: 'cancelled',
      note: 'stopped by the caller',
    })
  })

  test('before the call: nobody is asked', async () => {
    const { model, receipts, device, cloud } = setup({ rule: { place: 'prefer-device' } })
    await expect(model.doStream(call({ abortSignal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
    expect((device as ScriptedModel).calls.length + cloud!.calls.length).toBe(0)
    expect(receipts).toMatchObject([{ error: 'aborted', attempts: [] }])
  })

  test('in the middle of a stream that is being read', async () => {
    const cloud = scripted({ steps: [...half, 'hang'] })
    const { model, receipts } = setup({ rule: { place: 'prefer-cloud' }, cloud })
    const stop = new AbortController()
    const { stream } = await model.doStream(call({ abortSignal: stop.signal }))
    setTimeout(() => stop.abort(reason), 10)
    await expect(readAll(stream)).rejects.toBe(reason)
    expect(receipts).toMatchObject([{ place: 'cloud', error: 'aborted' }])
    expect(cloud.calls[0]!.abortSignal!.aborted).toBe(true)
    expect(cloud.running()).toBe(0)
  })

  test('while nobody reads the stream', async () => {
    const cloud = scripted({ steps: [...half, 'hang'] })
    const { model, receipts } = setup({ rule: { place: 'prefer-cloud' }, cloud })
    const stop = new AbortController()
    const { stream } = await model.doStream(call({ abortSignal: stop.signal }))
    stop.abort(reason)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(receipts).toMatchObject([{ place: 'cloud', error: 'aborted' }])
    await expect(stream.getReader().read()).rejects.toBe(reason)
    expect(cloud.running()).toBe(0)
  })

  test('between the first part and the stream', async () => {
    const cloud = scripted({ steps: [...half, 'hang'] })
    const { model, receipts } = setup({ rule: { place: 'prefer-cloud' }, cloud })
    for (let turns = 0; turns < 60; turns++) {
      const stop = new AbortController()
      const opened = model.doStream(call({ abortSignal: stop.signal }))
      void (async () => {
        for (let turn = 0; turn < turns; turn++) await null
        stop.abort(reason)
      })()
      await Promise.allSettled([opened])
      await vi.waitFor(() => expect(receipts).toHaveLength(turns + 1), { interval: 1 })
      expect(receipts[turns]).toMatchObject({ error: 'aborted' })
      expect(getEventListeners(stop.signal, 'abort')).toEqual([])
    }
    expect(cloud.running()).toBe(0)
  })

  test('the reader cancels: the work ends and the receipt is there when cancel resolves', async () => {
    for (const read of [0, 1, 4]) {
      const device = scripted({ steps: [...half, 'hang'] })
      const { model, receipts } = setup({ rule: { place: 'prefer-device' }, device })
      const { stream } = await model.doStream(call())
      const reader = stream.getReader()
      for (let count = 0; count < read; count++) await reader.read()
      const pending = read === 4 ? reader.read() : null
      await reader.cancel()
      expect(await pending).toEqual(pending && { done: true, value: undefined })
      expect(receipts).toMatchObject([{ place: 'device', error: 'aborted' }])
      expect(device.running()).toBe(0)
      expect(device.calls[0]!.abortSignal!.aborted).toBe(true)
    }
  })

  test('a cancelled answer that already stood is not lost from the ledger twice', async () => {
    const { model, receipts } = setup({
      rule: escalating,
      device: deviceAnswer(-9, 'doubtful'),
      cloud: failing(),
    })
    const { stream } = await model.doStream(call())
    const reader = stream.getReader()
    await reader.read()
    await reader.cancel()
    expect(receipts).toMatchObject([
      {
        place: 'device',
        error: 'aborted',
        attempts: [
          { place: 'device', outcome: 'cancelled', note: 'stopped by the caller' },
          { place: 'cloud', outcome: 'failed', note: 'it ended with Error' },
        ],
      },
    ])
  })

  test('an abort after the end changes nothing, and no listener stays at a signal that lives on', async () => {
    const { model, receipts } = setup({ rule: { place: 'prefer-device' } })
    const stop = new AbortController()
    const alive = call({ abortSignal: stop.signal })
    await model.doGenerate(alive)
    await readAll((await model.doStream(alive)).stream)
    await (await model.doStream(alive)).stream.cancel()
    await Promise.allSettled([
      model.doStream({ ...alive, providerOptions: { edgewise: { task: 'x' } } }),
      setup({ rule: { place: 'device-only' }, device: failing() }).model.doStream(alive),
    ])
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
    stop.abort(reason)
    expect(receipts.map(({ error }) => error)).toEqual([null, null, 'aborted', 'unknown_task'])
  })

  test('a device that had finished does not hear of it', async () => {
    const device = deviceAnswer(-9, 'doubtful')
    const { model } = setup({ rule: escalating, device, cloud: scripted({ steps: ['hang'] }) })
    const stop = new AbortController()
    setTimeout(() => stop.abort(reason), 20)
    await expect(model.doGenerate(call({ abortSignal: stop.signal }))).rejects.toBe(reason)
    expect(device.calls[0]!.abortSignal!.aborted).toBe(false)
  })
})
