/** Shadow audits: what is compared, what is not, what it costs, and that no call notices. */
import { memoryLedger, type Receipt } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import { audited, cloudSaying } from '../testing/audit-setup.ts'
import { certificateOf } from '../testing/certificates.ts'
import { deviceAnswer, finish, scripted, text } from '../testing/models.ts'
import { boom, call, readAll } from '../testing/router-setup.ts'
import { isDrawn } from './call-audit.ts'

const bars = { escalate: [{ signal: 'meanLogprob', threshold: -0.5 }] } as const

const token = (delta: string, logprob: number, margin = 1) =>
  ({ type: 'text-delta', id: '0', delta, providerMetadata: { edgewise: { logprob, margin } } }) as const

describe('a call that was drawn', () => {
  test('kept on the device: the cloud is asked behind it, and the judgement says what that took', async () => {
    const { ew, ask, judgements, cloud } = audited()
    const receipt = await ask()
    expect(receipt).toMatchObject({ place: 'device', costUsd: 0, bytesOut: 0 })
    expect(receipt.path).toContainEqual(expect.objectContaining({ rule: 'audit', threshold: 1 }))
    const [judgement, ...others] = await judgements(receipt)
    expect(others).toEqual([])
    expect(judgement).toMatchObject({ receiptId: receipt.id, by: 'shadow', device: 1, cloud: 1 })
    expect(judgement!.shadow).toMatchObject({
      place: 'cloud',
      model: 'cloudy',
      outcome: 'answered',
      inputTokens: 100,
      outputTokens: 20,
      costUsd: 0.0003,
      tries: 1,
    })
    expect(judgement!.shadow!.bytesOut).toBeGreaterThan(0)
    expect(judgement!.shadow!.startMs).toBeGreaterThanOrEqual(receipt.totalMs - 1)
    expect(cloud.calls).toHaveLength(1)
    // What is asked for the audit is nothing of this package's.
    expect(cloud.calls[0]!.providerOptions).toEqual({})
    expect(ew.audits.status).toEqual({
      running: 0,
      waiting: 0,
      judged: 1,
      skipped: 0,
      failed: 0,
      unrecorded: 0,
    })
  })

  test('another answer is a loss, and a function of the host’s has the say', async () => {
    const other = audited({ cloud: cloudSaying('London') })
    expect(await other.judgements(await other.ask())).toMatchObject([{ device: 0, cloud: 1 }])
    const heard: unknown[] = []
    const own = audited({
      cloud: cloudSaying('London'),
      options: {
        agree: async (device, cloud, { prompt }) => {
          heard.push(device.text, cloud.text, prompt.length)
          return 0.25
        },
      },
    })
    expect(await own.judgements(await own.ask())).toMatchObject([{ device: 0.25, cloud: 1 }])
    expect(heard).toEqual(['Paris', 'London', 1])
  })

  test('escalated by its bars: compared with what the caller got, for nothing', async () => {
    const { ask, judgements, cloud } = audited({ rule: bars, device: deviceAnswer(-0.9, 'Paris') })
    const receipt = await ask()
    expect(receipt.place).toBe('cloud')
    expect(await judgements(receipt)).toMatchObject([{ device: 1, cloud: 1, shadow: null }])
    expect(cloud.calls).toHaveLength(1)
  })

  test('a bar does not stop its answer, and what its tokens say is on the receipt', async () => {
    const steps = [token('Par', -9, 0.2), token('is', -0.1, 3), finish({ meta: { edgewise: {} } })]
    const device = () => scripted({ modelId: 'tiny', steps })
    const rule = { escalate: [{ signal: 'minLogprob', threshold: -1 }] } as const
    const { ask, judgements } = audited({ rule, device: device() })
    const receipt = await ask()
    expect(receipt.signals).toEqual([
      { name: 'minLogprob', value: -9, threshold: -1, pass: false },
      { name: 'meanLogprob', value: -4.55, threshold: null, pass: null },
      { name: 'margin', value: 0.2, threshold: null, pass: null },
    ])
    expect(await judgements(receipt)).toMatchObject([{ device: 1, shadow: null }])
    // One that was not drawn ends at the token that misses the bar.
    const plain = await audited({
      rule: { ...rule, audit: { share: 1e-9, perDayUsd: 1 } },
      device: device(),
    }).ask()
    expect(plain.signals).toEqual([
      { name: 'minLogprob', value: -9, threshold: -1, pass: false, early: true },
    ])
  })

  test('without bars the signals of the whole answer are on the receipt, though it was shown from its first word', async () => {
    const steps = [
      token('Par', -1, 0.5),
      token('is', -3, 0.2),
      finish({ meta: { edgewise: { meanLogprob: -2 } } }),
    ]
    const { ask } = audited({ device: scripted({ modelId: 'tiny', steps }) })
    expect((await ask()).signals).toEqual([
      { name: 'meanLogprob', value: -2, threshold: null, pass: null },
      { name: 'minLogprob', value: -3, threshold: null, pass: null },
      { name: 'margin', value: 0.2, threshold: null, pass: null },
    ])
  })

  test('judged after its first tokens and rejected: the rest is read for the audit, then its device is free', async () => {
    for (const offline of ['device', 'fail'] as const) {
      const device = scripted({
        modelId: 'tiny',
        steps: [token('Pa', -2), { wait: 20 }, token('ris', -0.1), finish()],
      })
      const rule = { ...bars, commit: { tokens: 1 }, offline } as const
      const { ask, judgements } = audited({ rule, device })
      const receipt = await ask()
      expect(receipt.place).toBe('cloud')
      expect(await judgements(receipt)).toMatchObject([{ device: 1, shadow: null }])
      expect(device.running()).toBe(0)
    }
  })

  test('that stood because the cloud failed is not compared, nor is one that broke or was left', async () => {
    const broken = scripted({ modelId: 'cloudy', steps: [boom] })
    const stood = audited({
      rule: { ...bars, commit: { tokens: 1 } },
      device: scripted({ modelId: 'tiny', steps: [token('a', -2), token('b', -2), finish()] }),
      cloud: broken,
    })
    const receipt = await stood.ask()
    expect(receipt.place).toBe('device')
    expect(await stood.judgements(receipt)).toEqual([])
    expect(stood.ew.audits.status).toMatchObject({ judged: 0, skipped: 1 })

    const device = scripted({ modelId: 'tiny', steps: [...text('half').slice(0, 2), boom] })
    const half = audited({ device })
    const { stream } = await half.ew().doStream(call())
    await readAll(stream)
    await half.ew.audits.idle()
    expect(half.cloud.calls).toEqual([])
    expect(half.ew.audits.status.skipped).toBe(1)

    const left = audited({
      device: scripted({ modelId: 'tiny', steps: [...text('half').slice(0, 2), 'hang'] }),
    })
    const opened = await left.ew().doStream(call())
    await opened.stream.cancel()
    await left.ew.audits.idle()
    expect(left.cloud.calls).toEqual([])
  })
})

describe('the share', () => {
  test('is met, and is decided by the id alone', async () => {
    const { ew, ask, ledger } = audited({ rule: { audit: { share: 0.25, perDayUsd: 1 } } })
    const receipts: Receipt[] = []
    for (let asked = 0; asked < 400; asked++) {
      receipts.push(await ask())
      await ew.audits.idle()
    }
    const judged: string[] = []
    for (const { id } of receipts) if ((await ledger.judgements(id)).length > 0) judged.push(id)
    expect(judged).toEqual(receipts.filter(({ id }) => isDrawn(id, 0.25)).map(({ id }) => id))
    // Six standard deviations of 400 draws.
    expect(Math.abs(judged.length - 100)).toBeLessThan(52)
  })

  test('is of all ids', () => {
    expect(isDrawn('rcp_x', 1)).toBe(true)
    let drawn = 0
    for (let id = 0; id < 20_000; id++) if (isDrawn(`rcp_${id}`, 0.1)) drawn++
    expect(Math.abs(drawn - 2000)).toBeLessThan(6 * Math.sqrt(20_000 * 0.1 * 0.9))
  })
})

describe('the budget', () => {
  test('holds for many calls at once, and over a restart', async () => {
    const ledger = memoryLedger()
    // An audit is expected to cost 0.0013 and costs 0.0003.
    const setting = {
      rule: { audit: { share: 1, perDayUsd: 0.002 } },
      ledger,
      cloud: cloudSaying('paris', 5),
    }
    const { ew, ask } = audited(setting)
    const maxOutputTokens = 130
    await Promise.all(Array.from({ length: 40 }, () => ask({ maxOutputTokens })))
    await ew.audits.idle()
    const day = `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`
    const spent = () => ledger.spentUsd(day, { audits: true, task: 'job' }) as number
    const before = spent()
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThanOrEqual(0.002)
    expect(ew.audits.status.judged + ew.audits.status.skipped).toBe(40)
    expect(ew.audits.status.skipped).toBeGreaterThan(30)
    // The calls' own money is another sum.
    expect(ledger.spentUsd(day, { task: 'job' })).toBe(0)
    const again = audited(setting)
    for (let asked = 0; asked < 8; asked++) await again.judgements(await again.ask({ maxOutputTokens }))
    expect(spent()).toBeLessThanOrEqual(0.002)
    expect(again.ew.audits.status.skipped).toBeGreaterThan(4)
  })

  test('of a rehearsal is held with rehearsed money', async () => {
    const ledger = memoryLedger()
    const cloud = {
      baseURL: 'http://127.0.0.1:9/v1',
      model: 'm',
      rehearsal: true,
      price: { inputPerMTok: 1, outputPerMTok: 10 },
    } as const
    const { ask, judgements } = audited({ ledger, policy: { cloud } })
    const receipt = await ask()
    expect(receipt.rehearsal).toBe(true)
    expect(await judgements(receipt)).toMatchObject([{ shadow: { costUsd: 0.0003 } }])
    const since = '2020-01-01T00:00:00.000Z'
    expect(ledger.spentUsd(since, { audits: true })).toBe(0)
    expect(ledger.spentUsd(since, { audits: true, rehearsal: true })).toBeCloseTo(0.0003, 10)
  })
})

describe('nobody notices', () => {
  test('the answer is there before the cloud is asked, and does not wait for it', async () => {
    const { ew, ask, cloud, judgements } = audited({ cloud: cloudSaying('paris', 300) })
    const started = performance.now()
    const receipt = await ask()
    expect(performance.now() - started).toBeLessThan(200)
    expect(cloud.calls).toEqual([])
    expect(ew.audits.status).toMatchObject({ running: 1, judged: 0 })
    expect(await judgements(receipt)).toHaveLength(1)
  })

  test('a few run at once; of many some are left out, and none is held in memory without end', async () => {
    const cloud = cloudSaying('paris', 15)
    const { ew, ask } = audited({ cloud })
    let most = 0
    const looking = setInterval(() => {
      most = Math.max(most, cloud.running())
    }, 1)
    await Promise.all(Array.from({ length: 100 }, () => ask()))
    expect(ew.audits.status.waiting).toBeLessThanOrEqual(64)
    await ew.audits.idle()
    clearInterval(looking)
    expect(most).toBeLessThanOrEqual(4)
    const { judged, skipped } = ew.audits.status
    expect(judged + skipped).toBe(100)
    expect(judged).toBeGreaterThanOrEqual(64)
  })

  test.each<[string, Parameters<typeof audited>[0], 'failed' | 'skipped']>([
    ['the cloud fails', { cloud: scripted({ modelId: 'cloudy', steps: [boom] }) }, 'failed'],
    ['the host is offline when its turn comes', { options: { online: () => false } }, 'skipped'],
    ['agree throws', { options: { agree: () => Promise.reject(new Error('no')) } }, 'failed'],
    ['agree says no number', { options: { agree: () => Number.NaN } }, 'failed'],
    ['agree says too much', { options: { agree: () => 2 } }, 'failed'],
    [
      'what leaves cannot be redacted',
      {
        rule: { privacy: 'redacted' },
        options: {
          names: { id: 'x', recall: null, find: () => Promise.reject(new Error('no')) } as never,
        },
      },
      'failed',
    ],
    ['nobody finds names', { rule: { privacy: 'redacted' } }, 'skipped'],
  ])('%s: the call is as it was, and nothing is judged', async (_, setting, counted) => {
    const { ew, ask, judgements, cloud } = audited(setting)
    const receipt = await ask()
    expect(receipt).toMatchObject({ place: 'device', error: null, recorded: true })
    // What left is on record, and no score.
    const judged = await judgements(receipt)
    expect(judged).toMatchObject(
      Array.from({ length: cloud.calls.length }, () => ({
        by: 'shadow',
        device: null,
        cloud: null,
        shadow: { tries: 1 },
      })),
    )
    expect(ew.audits.status).toMatchObject({ judged: 0, [counted]: 1 })
  })

  test('a breaker that is open is left alone', async () => {
    const cloud = scripted({ modelId: 'cloudy', steps: [boom] })
    const { ew, ask } = audited({ cloud })
    for (let asked = 0; asked < 8; asked++) {
      await ask()
      await ew.audits.idle()
    }
    expect(cloud.calls).toHaveLength(5)
    expect(ew.audits.status).toMatchObject({ failed: 5, skipped: 3 })
  })

  test('a ledger that fails: no money is spent that nobody could write down', async () => {
    const down = () => {
      throw new Error('down')
    }
    const unwritten = audited({ ledger: { ...memoryLedger(), put: down } })
    await unwritten.ask()
    await unwritten.ew.audits.idle()
    expect(unwritten.cloud.calls).toEqual([])
    expect(unwritten.ew.audits.status.skipped).toBe(1)
    // A judgement that cannot be written still counts for drift, and its money for the day.
    const unjudged = audited({
      ledger: { ...memoryLedger(), judge: down },
      rule: { audit: { share: 1, perDayUsd: 0.0022 } },
    })
    for (let asked = 0; asked < 8; asked++) {
      await unjudged.ask({ maxOutputTokens: 130 })
      await unjudged.ew.audits.idle()
    }
    expect(unjudged.ew.audits.status).toMatchObject({ judged: 3, unrecorded: 3, skipped: 5 })
  })

  test('stopped: what runs is given up and closed, what waits is dropped, nothing is written any more', async () => {
    const cloud = scripted({ modelId: 'cloudy', steps: ['hang'] })
    const { ew, ask, judgements } = audited({ cloud })
    const receipts = await Promise.all(Array.from({ length: 6 }, () => ask()))
    await expect.poll(() => cloud.running()).toBe(4)
    ew.audits.stop()
    for (const receipt of receipts) expect(await judgements(receipt)).toEqual([])
    expect(cloud.running()).toBe(0)
    expect(ew.audits.status).toMatchObject({ running: 0, waiting: 0, skipped: 6, failed: 0 })
    const after = await ask()
    expect(await judgements(after)).toEqual([])
    expect(cloud.calls).toHaveLength(4)
  })

  test('a caller who leaves after his answer stops no audit', async () => {
    const abort = new AbortController()
    const { ask, judgements } = audited({ cloud: cloudSaying('paris', 10) })
    const receipt = await ask({ abortSignal: abort.signal })
    abort.abort()
    expect(await judgements(receipt)).toHaveLength(1)
  })
})

test('a race is audited where the device won it', async () => {
  const cloud = cloudSaying('paris', 30)
  const { ask, judgements } = audited({ rule: { place: 'race' }, cloud })
  const receipt = await ask()
  expect(receipt.place).toBe('device')
  expect(await judgements(receipt)).toMatchObject([{ device: 1, cloud: 1, shadow: { outcome: 'answered' } }])
})

test('a harmed certificate is noticed: its task goes to the cloud from then on', async () => {
  const { ew, ask } = audited({
    rule: { escalate: [{ signal: 'meanLogprob', certificate: 'cert-1' }] },
    cloud: cloudSaying('London'),
    options: { certificates: [certificateOf()] },
    device: deviceAnswer(-0.1, 'Paris'),
  })
  let asked = 0
  while (ew.certificates[0]!.alarm === null && asked++ < 300) {
    await ask()
    await ew.audits.idle()
  }
  expect(ew.certificates).toMatchObject([{ inForce: false, alarm: { kind: expect.any(String) } }])
  const receipt = await ask()
  expect(receipt).toMatchObject({ place: 'cloud', certificate: null })
  expect(receipt.why).toContain(ew.certificates[0]!.alarm!.why)
})
