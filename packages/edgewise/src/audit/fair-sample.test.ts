/**
 * What is evidence stands for all calls: whether a call is compared never depends on its answer, and what is read off an answer for
 * evidence is read off the whole of it.
 */
import { memoryLedger } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import { audited, cloudSaying } from '../testing/audit-setup.ts'
import { deviceAnswer, finish, scripted, text } from '../testing/models.ts'

const bars = { escalate: [{ signal: 'meanLogprob', threshold: -0.5 }] } as const
const kept = () => deviceAnswer(-0.1, 'Paris')
const escalated = () => deviceAnswer(-0.9, 'Paris')

const token = (delta: string, logprob: number, margin: number) =>
  ({ type: 'text-delta', id: '0', delta, providerMetadata: { edgewise: { logprob, margin } } }) as const

describe('what is left out is left out wherever the call was answered', () => {
  test.each([
    ['the budget is spent', kept, { audit: { share: 1, perDayUsd: 0.0022 } }],
    ['the budget is spent, and the cloud was paid for already', escalated, bars],
  ])('%s', async (_, device, rule) => {
    const ledger = memoryLedger()
    const audit = { share: 1, perDayUsd: 0.0022 }
    const options = { maxOutputTokens: 130 }
    // Each costs 0.0003, and is expected to cost 0.0013: after the third no other fits.
    const first = audited({ ledger, rule: { audit } })
    for (let asked = 0; asked < 3; asked++) await first.judgements(await first.ask(options))
    expect(first.ew.audits.status).toMatchObject({ judged: 3, skipped: 0 })
    const { ew, ask, judgements } = audited({ ledger, rule: { ...rule, audit }, device: device() })
    expect(await judgements(await ask(options))).toEqual([])
    expect(ew.audits.status).toMatchObject({ judged: 0, skipped: 1 })
  })

  test.each([
    ['kept', kept],
    ['escalated', escalated],
  ])('the receipt of one that was %s could not be written', async (_, device) => {
    const down = () => {
      throw new Error('down')
    }
    const { ew, ask } = audited({ rule: bars, device: device(), ledger: { ...memoryLedger(), put: down } })
    await ask()
    await ew.audits.idle()
    expect(ew.audits.status).toMatchObject({ judged: 0, unrecorded: 0, skipped: 1 })
  })

  test('those that are escalated take nothing of the budget', async () => {
    const rule = { ...bars, audit: { share: 1, perDayUsd: 0.002 } }
    const { ew, ask, ledger } = audited({ rule, device: escalated() })
    for (let asked = 0; asked < 20; asked++) {
      await ask({ maxOutputTokens: 130 })
      await ew.audits.idle()
    }
    expect(ew.audits.status).toMatchObject({ judged: 20, skipped: 0 })
    expect(ledger.spentUsd('2020-01-01', { audits: true })).toBe(0)
  })
})

test('a call with a tool that the cloud runs itself is none to ask twice', async () => {
  const { ew, ask, judgements, cloud } = audited()
  const tools = [{ type: 'provider', id: 'x.search', name: 'search', args: {} }] as const
  expect(await judgements(await ask({ tools: [...tools] }))).toEqual([])
  expect(cloud.calls).toEqual([])
  expect(ew.audits.status).toMatchObject({ judged: 0, skipped: 0 })
})

test('answers of a rehearsal that the policy does not tell of are no evidence', async () => {
  const cloud = cloudSaying('Paris')
  const doGenerate = cloud.doGenerate.bind(cloud)
  cloud.doGenerate = async (options) => ({
    ...(await doGenerate(options)),
    response: { headers: { 'x-edgewise-rehearsal': '1' } },
  })
  const { ew, ask, judgements } = audited({ cloud })
  const receipt = await ask()
  expect(receipt.rehearsal).toBe(false)
  expect(await judgements(receipt)).toMatchObject([
    { device: null, cloud: null, shadow: { costUsd: 0, note: expect.stringContaining('rehearsed') } },
  ])
  expect(ew.audits.status).toMatchObject({ judged: 0, skipped: 1 })
})

describe('signals', () => {
  test('of an answer that is no JSON are there, as of others', async () => {
    const steps = [token('no ', -1, 0.5), token('JSON', -3, 0.2), finish({ meta: { edgewise: {} } })]
    const device = scripted({ modelId: 'tiny', steps })
    const cloud = scripted({ modelId: 'cloudy', steps: [...text('{}'), finish()] })
    const invalid = { name: 'schema', value: 0, threshold: 1, pass: false }
    const without = audited({ rule: { commit: 'valid-json' }, device, cloud })
    expect(await without.ask()).toMatchObject({ place: 'cloud' })
    const seen = [
      { name: 'minLogprob', value: -3, threshold: null, pass: null },
      { name: 'margin', value: 0.2, threshold: null, pass: null },
    ]
    expect((await without.ask()).signals).toEqual([
      invalid,
      { name: 'meanLogprob', value: -2, threshold: null, pass: null },
      ...seen,
    ])
  })

  test('of an answer that was judged by its beginning say so', async () => {
    const steps = [token('Pa', -0.1, 3), token('ris', -2, 0.5), finish()]
    const rule = { ...bars, commit: { tokens: 1 } } as const
    const { ask } = audited({ rule, device: scripted({ modelId: 'tiny', steps }) })
    expect((await ask()).signals).toEqual([
      { name: 'meanLogprob', value: -0.1, threshold: -0.5, pass: true, early: true },
      { name: 'minLogprob', value: -0.1, threshold: null, pass: null, early: true },
      { name: 'margin', value: 3, threshold: null, pass: null, early: true },
    ])
  })
})
