/** A place that fails: before its first output the other one is asked, after it the call ends with an error. */
import { describe, expect, test } from 'vitest'
import type { Rule } from '../policy/index.ts'
import { RedactionError } from '../prepare/redact/index.ts'
import { finish, type Script, type ScriptedModel, scripted, text } from '../testing/models.ts'
import { boom, call, escalating, failing, readAll, setup, textOf } from '../testing/router-setup.ts'

describe('falling back', () => {
  const deviceFaults: [string, ScriptedModel][] = [
    ['rejects', scripted({ opening: [boom], steps: [] })],
    ['throws in the stream', failing()],
    ['sends an error part', scripted({ steps: [{ type: 'error', error: new Error('x') }, finish()] })],
    ['ends without a finish', scripted({ steps: [...text()] })],
    ['is quite empty', scripted({ steps: [] })],
    ['finishes with an error', scripted({ steps: [finish({ reason: 'error' })] })],
  ]
  test.each(deviceFaults)('the device %s: the cloud answers', async (_, device) => {
    for (const rule of [{ place: 'prefer-device' } as const, escalating]) {
      const { model, receipts } = setup({ rule, device })
      const parts = await readAll((await model.doStream(call())).stream)
      expect(textOf(parts)).toBe('from cloud')
      expect(receipts).toMatchObject([
        {
          place: 'cloud',
          attempts: [
            { place: 'device', outcome: 'failed' },
            { place: 'cloud', outcome: 'answered' },
          ],
        },
      ])
    }
  })

  test.each(deviceFaults)('the device %s: a device-only task fails and asks nobody', async (_, device) => {
    const { model, receipts, cloud } = setup({ rule: { place: 'device-only' }, device })
    await expect(model.doGenerate(call())).rejects.toMatchObject({
      receiptId: expect.stringMatching(/^rcp_/),
    })
    await expect(model.doStream(call())).rejects.toBeInstanceOf(Error)
    expect(cloud!.calls).toHaveLength(0)
    expect(receipts).toHaveLength(2)
    expect(receipts[0]).toMatchObject({ place: null, bytesOut: 0, avoidedUsd: null })
  })

  const cloudFaults: [string, ScriptedModel][] = [
    ...deviceFaults,
    ['never opens', scripted({ opening: ['hang'], steps: [] })],
    ['never opens and does not listen', scripted({ opening: ['deaf hang'], steps: [] })],
    ['never speaks', scripted({ steps: [{ type: 'stream-start', warnings: [] }, 'deaf hang'] })],
    [
      'sends empty deltas and then nothing',
      scripted({
        steps: [{ type: 'text-start', id: '0' }, { type: 'text-delta', id: '0', delta: '' }, 'hang'],
      }),
    ],
    [
      'trickles pings before it speaks',
      scripted({
        steps: [
          ...Array.from({ length: 40 }, (_, i) => (i % 2 ? { wait: 10 } : { type: 'ping' as const })),
          ...text('too late'),
          finish(),
        ],
      }),
    ],
  ]
  test.each(cloudFaults)('the cloud %s: the device answers', async (_, cloud) => {
    const { model, receipts } = setup({ rule: { place: 'prefer-cloud' }, cloud })
    const parts = await readAll((await model.doStream(call())).stream)
    expect(textOf(parts)).toBe('from device')
    expect(receipts).toMatchObject([
      {
        place: 'device',
        attempts: [
          { place: 'cloud', outcome: 'failed' },
          { place: 'device', outcome: 'answered' },
        ],
      },
    ])
    expect(receipts[0]!.why).toMatch(
      /^the policy prefers the cloud; the cloud failed \(.+\), so the device was asked$/,
    )
    expect(cloud.running()).toBe(0)
  })

  test('an empty but finished answer is an answer', async () => {
    const { model, receipts, device } = setup({
      rule: { place: 'prefer-cloud' },
      cloud: scripted({ steps: [finish({ output: 0 })] }),
    })
    const { content } = await model.doGenerate(call())
    expect(content).toEqual([])
    expect((device as ScriptedModel).calls).toHaveLength(0)
    expect(receipts).toMatchObject([{ place: 'cloud', firstTokenMs: null, tokensPerSecond: null }])
  })

  test('both fail', async () => {
    const { model, receipts } = setup({
      rule: { place: 'prefer-cloud' },
      cloud: failing(),
      device: failing(),
    })
    await expect(model.doGenerate(call())).rejects.toMatchObject({
      code: 'no_answer',
      causes: [boom.fail, boom.fail],
    })
    expect(receipts).toMatchObject([{ place: null, error: 'no_answer', costUsd: expect.any(Number) }])
  })

  test('what is refused before it is sent keeps its class, and has the receipt of the call', async () => {
    const names = { id: 'broken', recall: null, find: () => Promise.reject(new Error('broken')) }
    const rule: Rule = { place: 'cloud-only', privacy: 'redacted' }
    const { model, receipts } = setup({ rule, options: { names } })
    const [{ reason }] = (await Promise.allSettled([model.doGenerate(call())])) as [PromiseRejectedResult]
    expect(reason).toBeInstanceOf(RedactionError)
    expect(reason).toMatchObject({ code: 'redaction_failed', receiptId: receipts[0]!.id })
  })

  test("the device's own code is kept, its words are not", async () => {
    const cause = Object.assign(new Error('900 tokens do not fit'), { code: 'context_length_exceeded' })
    const { model, receipts } = setup({
      rule: { place: 'device-only' },
      device: scripted({ opening: [{ fail: cause }], steps: [] }),
    })
    await expect(model.doGenerate(call())).rejects.toMatchObject({ code: 'context_length_exceeded', cause })
    expect(receipts).toMatchObject([
      { error: 'context_length_exceeded', attempts: [{ note: 'it reported context_length_exceeded' }] },
    ])
  })
})

describe('an answer that breaks off after it was seen', () => {
  const faults: [string, Script['steps']][] = [
    ['throws', [boom]],
    ['sends an error part', [{ type: 'error', error: new Error('x') }]],
    ['ends without a finish', []],
    ['stalls', ['deaf hang']],
  ]
  test.each(faults)('the cloud %s: an error, never a second text', async (_, end) => {
    const cloud = scripted({
      steps: [{ type: 'text-start', id: '0' }, { type: 'text-delta', id: '0', delta: 'half' }, ...end],
    })
    const { model, receipts, device } = setup({ rule: { place: 'prefer-cloud' }, cloud })
    const parts = await readAll((await model.doStream(call())).stream)
    expect(textOf(parts)).toBe('half')
    expect(parts.slice(-3)).toMatchObject([
      { type: 'text-end', id: '0' },
      { type: 'error', error: { code: 'cloud_broken', receiptId: receipts[0]!.id } },
      {
        type: 'finish',
        finishReason: { unified: 'error', raw: 'cloud_broken' },
        providerMetadata: { edgewise: { error: 'cloud_broken' } },
      },
    ])
    expect((device as ScriptedModel).calls).toHaveLength(0)
    expect(receipts).toMatchObject([
      { place: 'cloud', error: 'cloud_broken', costUsd: expect.any(Number), avoidedUsd: null },
    ])
    expect(cloud.running()).toBe(0)
    await expect(model.doGenerate(call())).rejects.toMatchObject({ code: 'cloud_broken' })
    expect(receipts).toHaveLength(2)
  })

  test('the device breaks off', async () => {
    const device = scripted({
      steps: [{ type: 'text-start', id: '0' }, { type: 'text-delta', id: '0', delta: 'half' }, boom],
    })
    const { model, receipts, cloud } = setup({ rule: { place: 'prefer-device' }, device })
    await expect(model.doGenerate(call())).rejects.toMatchObject({ code: 'device_broken' })
    expect(cloud!.calls).toHaveLength(0)
    expect(receipts).toHaveLength(1)
  })
})
