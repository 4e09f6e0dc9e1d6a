/** What is kept after a call: answers for the next one, contents for those who agreed; and what is never kept. */
import { memoryLedger } from '@edgewise/evidence'
import type { NameFinder } from '@edgewise/redact'
import { describe, expect, test } from 'vitest'
import { edgewise } from '../edgewise.ts'
import type { Rule } from '../policy/index.ts'
import { deviceAnswer, finish, prompt, type ScriptedModel, scripted, text } from '../testing/models.ts'
import { call, cloudAnswer, escalating, failing, policyOf, readAll, textOf } from '../testing/router-setup.ts'

const names: NameFinder = { id: 'none', recall: null, find: async () => [] }
const cache = { ttlSeconds: 60 }

function host(rule: Rule, device: ScriptedModel = deviceAnswer(-0.1, 'from ', 'device')) {
  const ledger = memoryLedger()
  const cloud = cloudAnswer()
  let now = Date.parse('2026-11-26T12:00:00Z')
  const ew = edgewise({ policy: policyOf(rule), device, cloud, ledger, names, now: () => now })
  return { ew, model: ew(), ledger, cloud, device, later: (ms: number) => void (now += ms) }
}

describe('a kept answer', () => {
  test('is given to the same call again, with a receipt that says whose it was', async () => {
    const { model, ledger, device, later } = host({ place: 'prefer-device', cache })
    await model.doGenerate(call())
    later(5_000)
    const parts = await readAll((await model.doStream(call())).stream)
    expect(textOf(parts)).toBe('from device')
    expect(device.calls).toHaveLength(1)
    const [again, first] = await ledger.recent(2)
    expect(again).toMatchObject({
      place: 'device',
      model: 'cache',
      why: 'the same call was answered before',
      cache: { kind: 'exact', of: first!.id, ageSeconds: 5, similarity: 1 },
      attempts: [],
      costUsd: 0,
      avoidedUsd: (10 * 1 + 4 * 10) / 1e6,
      inputTokens: 10,
      error: null,
    })
    expect(parts[2]).toMatchObject({
      type: 'text-start',
      providerMetadata: { edgewise: { place: 'device' } },
    })
    expect(parts.at(-1)).toMatchObject({ type: 'finish', providerMetadata: { edgewise: { recorded: true } } })
  })

  test('of the cloud is not bought twice', async () => {
    const { model, cloud, ledger } = host({ place: 'cloud-only', cache })
    await model.doGenerate(call())
    await model.doGenerate(call())
    expect(cloud.calls).toHaveLength(1)
    expect(await ledger.recent(1)).toMatchObject([{ bytesOut: 0, costUsd: 0, avoidedUsd: (100 + 200) / 1e6 }])
  })

  test('is not given to another user, another call, after its time, or when the switch is off', async () => {
    const { ew, model, device, later } = host({ place: 'prefer-device', cache })
    const by = (user: string) => call({ providerOptions: { edgewise: { task: 'job', user } } })
    await model.doGenerate(by('anna'))
    await model.doGenerate(by('ben'))
    await model.doGenerate({ ...by('anna'), temperature: 1 })
    later(60_001)
    await model.doGenerate(by('anna'))
    ew.cache.enabled = false
    await model.doGenerate(by('anna'))
    expect(device.calls).toHaveLength(5)
  })

  test('of a device that was held to nothing, the cloud being away, is not given when it is back', async () => {
    for (const rule of [escalating, { place: 'prefer-device', commit: 'valid-json' }] as const) {
      let isOnline = false
      const policy = policyOf({ ...rule, cache })
      const device = deviceAnswer(-4, 'doubtful')
      const model = edgewise({ policy, device, cloud: cloudAnswer(), online: () => isOnline })()
      expect((await model.doGenerate(call())).content).toMatchObject([{ text: 'doubtful' }])
      isOnline = true
      expect((await model.doGenerate(call())).content).toMatchObject([{ text: 'from cloud' }])
    }
  })

  test('is one that was good: no failure, nothing that missed its bars, nothing cut', async () => {
    for (const device of [
      deviceAnswer(-4, 'doubtful'),
      scripted({
        steps: [...text('cut'), finish({ reason: 'length', meta: { edgewise: { meanLogprob: 0 } } })],
      }),
    ]) {
      const policy = policyOf({ ...escalating, cache })
      const model = edgewise({ policy, device, cloud: failing(), names })()
      await model.doGenerate(call())
      await model.doGenerate(call())
      expect(device.calls).toHaveLength(2)
    }
  })

  test('of a call that the caller leaves is settled as aborted', async () => {
    const { model, ledger } = host({ place: 'prefer-device', cache })
    await model.doGenerate(call())
    const reader = (await model.doStream(call())).stream.getReader()
    await reader.read()
    await reader.cancel()
    expect(await ledger.recent(1)).toMatchObject([{ error: 'aborted', cache: { kind: 'exact' } }])
  })

  test('the same question in other words', async () => {
    const { model, ledger, device } = host({
      place: 'prefer-device',
      cache: { ttlSeconds: 60, semantic: { minSimilarity: 0.5 } },
    })
    const ask = (question: string) => model.doGenerate(call({ prompt: prompt(question) }))
    await ask('how do i reset the password of my account')
    await ask('how do i reset the password for my account')
    await ask('which trains go to Wroclaw tonight')
    expect(device.calls).toHaveLength(2)
    const [, semantic] = await ledger.recent(2)
    expect(semantic).toMatchObject({ cache: { kind: 'semantic' } })
    expect(semantic!.path).toContainEqual(expect.objectContaining({ rule: 'cache', threshold: 0.5 }))
  })
})

describe('contents', () => {
  const consented: Rule = { place: 'prefer-device', store: { consented: true, days: 30 } }
  const secret = call({ prompt: prompt('write to anna@example.org, please') })

  test('are stored redacted, with their end, for a task that says so', async () => {
    const { model, ledger } = host(consented, deviceAnswer(-0.1, 'Dear anna@example.org'))
    await model.doGenerate(secret)
    const { id } = (await ledger.recent(1))[0]!
    await expect
      .poll(() => ledger.content(id))
      .toMatchObject({
        prompt: expect.stringContaining('write to [EMAIL_ADDRESS_1], please'),
        answer: 'Dear [EMAIL_ADDRESS_1]',
      })
    expect(JSON.stringify(await ledger.recent(1))).not.toContain('anna')
  })

  test('are not stored for any other task, without a finder of names, or when they cannot be redacted', async () => {
    const broken: NameFinder = { ...names, find: () => Promise.reject(new Error('broken')) }
    for (const [rule, finder] of [
      [{ place: 'prefer-device' } as Rule, names],
      [consented, undefined],
      [consented, broken],
    ] as const) {
      const ledger = memoryLedger()
      const kept: string[] = []
      const watched = { ...ledger, keepContent: (id: string) => void kept.push(id) }
      const device = deviceAnswer(0, 'x')
      const options = { policy: policyOf(rule), device, cloud: null, ledger: watched }
      await edgewise(finder === undefined ? options : { ...options, names: finder })().doGenerate(secret)
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(kept).toEqual([])
    }
  })
})
