/** Budgets: what a day may cost, for a task and a user, over restarts and calls at the same time. */
import { memoryLedger } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import type { Rule } from '../policy/index.ts'
import { deviceAnswer, finish, prompt, scripted, text } from '../testing/models.ts'
import { arrayLedger, call, cloudAnswer, policyOf, setup } from '../testing/router-setup.ts'
import { type BudgetCall, Budgets } from './budget.ts'

const day = Date.parse('2026-11-26T12:00:00Z')
const rule = { budget: { perDayUsd: 1, perUserPerDayUsd: 0.5 } }
const asked = (user: string | null, estimateUsd = 0.1) => ({ task: 'job', rule, user, estimateUsd })

/** Books of a call that fits, whose receipt the ledger has. */
function hold(budgets: Budgets, call: BudgetCall): (costUsd: number | null) => void {
  const book = budgets.tryHold(call)
  if (typeof book !== 'function') throw new Error(book.problem ?? 'refused')
  return (costUsd) => book(costUsd, true)
}

describe('budgets', () => {
  test('are held for what is being asked, and booked for what it cost', async () => {
    const budgets = new Budgets(null, () => day)
    const holds = Array.from({ length: 9 }, () => hold(budgets, asked(null)))
    expect((await budgets.check(asked(null)))!.problem).toBeNull()
    const tenth = hold(budgets, asked(null))
    expect((await budgets.check(asked(null)))!.problem).toContain('its budget of $1 a day is spent')
    tenth(0)
    for (const book of holds) book(0.01)
    expect(await budgets.check(asked(null))).toMatchObject({ problem: null, limitUsd: 1 })
  })

  test('of calls at once only as many are held as fit together', () => {
    const budgets = new Budgets(null, () => day)
    const holds = Array.from({ length: 50 }, () => budgets.tryHold(asked('anna', 0.2)))
    expect(holds.filter((held) => typeof held === 'function')).toHaveLength(2)
    expect(holds.at(-1)).toMatchObject({
      problem: expect.stringContaining("the user's budget of $0.5 a day"),
    })
  })

  test('say whether they are spent, or only too small for the call', async () => {
    const budgets = new Budgets(null, () => day)
    expect((await budgets.check(asked(null, 1.5)))!.problem).toBe(
      'the call would not fit its budget of $1 a day ($0 spent, up to $1.5 more for it)',
    )
    hold(budgets, asked(null))(1.004)
    expect((await budgets.check(asked(null)))!.problem).toBe('its budget of $1 a day is spent ($1)')
  })

  test('of one user are not those of another', async () => {
    const budgets = new Budgets(null, () => day)
    hold(budgets, asked('a'))(0.5)
    expect((await budgets.check(asked('a')))!.problem).toContain("the user's budget of $0.5")
    expect((await budgets.check(asked('b')))!.problem).toBeNull()
  })

  test('a cost nobody knows stays at its estimate; one is booked once', async () => {
    const budgets = new Budgets(null, () => day)
    const book = hold(budgets, asked(null, 0.7))
    book(null)
    book(null)
    expect((await budgets.check(asked(null, 0.1)))!.spentUsd).toBeCloseTo(0.7, 9)
  })

  test('start anew at 00:00 UTC', async () => {
    let now = day
    const budgets = new Budgets(null, () => now)
    hold(budgets, asked(null))(1)
    expect((await budgets.check(asked(null)))!.problem).not.toBeNull()
    now = Date.parse('2026-11-27T00:00:01Z')
    expect((await budgets.check(asked(null)))!.problem).toBeNull()
  })

  test('without a ledger nobody is forgotten within the day who spent something', async () => {
    let now = day
    const budgets = new Budgets(null, () => now)
    const alone = { budget: { perDayUsd: null, perUserPerDayUsd: 1 } }
    const by = (user: string) => ({ task: 'job', rule: alone, user, estimateUsd: 0.1 })
    hold(budgets, by('eve'))(1)
    for (let i = 0; i < 10_001; i++) await budgets.check(by(`user ${i}`))
    expect((await budgets.check(by('eve')))!.problem).not.toBeNull()
    now += 24 * 60 * 60 * 1000
    expect((await budgets.check(by('eve')))!.problem).toBeNull()
  })
})

describe('the ledger', () => {
  test('knows what other processes spent', async () => {
    let now = day
    let spent = 0.95
    const seen: unknown[] = []
    const ledger = {
      spentUsd: (since: string, by?: object) => {
        seen.push([since, by])
        return Promise.resolve(spent)
      },
    }
    const budgets = new Budgets(ledger, () => now)
    expect((await budgets.check(asked('a')))!.problem).toContain('($0.95 spent')
    expect(seen).toEqual([
      ['2026-11-26T00:00:00.000Z', { task: 'job' }],
      ['2026-11-26T00:00:00.000Z', { task: 'job', user: 'a' }],
    ])
    spent = 0.2
    expect((await budgets.check(asked(null)))!.problem).not.toBeNull()
    now += 6_000
    expect((await budgets.check(asked(null)))!.problem).toBeNull()
  })

  test('is read once for calls at once, and what it has by then is not counted twice or taken off twice', async () => {
    let now = day
    let reads = 0
    const ledger = {
      spentUsd: async () => {
        reads++
        return 0.3
      },
    }
    const budgets = new Budgets(ledger, () => now)
    await budgets.check(asked(null))
    hold(budgets, asked(null))(0.3)
    now += 6_000
    await Promise.all([1, 2, 3, 4].map(() => budgets.check(asked(null))))
    expect(reads).toBe(2)
    expect((await budgets.check(asked(null)))!.spentUsd).toBe(0.3)
  })

  test('that answers at once is read again when its sum is old', async () => {
    let now = day
    let spent = 0
    const budgets = new Budgets({ spentUsd: () => spent }, () => now)
    for (spent = 0; spent < 0.5; spent += 0.125) {
      expect((await budgets.check(asked(null)))!.spentUsd).toBe(spent)
      now += 6_000
    }
  })

  test('never learns a cost nobody knows: its estimate stays until the day ends', async () => {
    let now = day
    const budgets = new Budgets({ spentUsd: () => 0 }, () => now)
    hold(budgets, asked(null, 0.7))(null)
    now += 60_000
    expect((await budgets.check(asked(null)))!.spentUsd).toBe(0.7)
  })

  test('that takes no receipts does not make a budget forget', async () => {
    let now = day
    const receipts = {
      ...arrayLedger([]),
      put: () => Promise.reject(new Error('disk full')),
      spentUsd: () => 0,
    }
    const { model, cloud } = setup({
      rule: { place: 'cloud-only', budget: { perDayUsd: 0.001 } },
      options: { ledger: receipts, now: () => now },
    })
    for (let calls = 0; calls < 9; calls++) {
      now += 6_000
      await Promise.allSettled([model.doGenerate(call({ maxOutputTokens: 20 }))])
    }
    // Each costs $0.0003.
    expect(cloud!.calls).toHaveLength(3)
  })

  test('that fails or never answers holds nothing up: what is known stands', async () => {
    const silent = new Promise<number>(() => {})
    const ledgers = [
      () => silent,
      () => Promise.reject(new Error('locked')),
      () => {
        throw new Error('closed')
      },
    ]
    for (const spentUsd of ledgers) {
      const budgets = new Budgets({ spentUsd }, () => day)
      hold(budgets, asked(null))(0.4)
      expect((await budgets.check(asked(null)))!.spentUsd).toBe(0.4)
    }
    // A caller who leaves is not kept for the rest of that time.
    const budgets = new Budgets({ spentUsd: () => silent }, () => day)
    const gone = AbortSignal.abort(new Error('gone'))
    expect((await budgets.check(asked(null), gone))!.problem).toBeNull()
  })
})

describe('a call under a budget', () => {
  const spending: Rule = { place: 'prefer-cloud', budget: { perDayUsd: 0.006 } }

  test('goes to the cloud until it is spent, then to the device, and the receipt says why', async () => {
    const { model, receipts } = setup({ rule: spending })
    // Each costs $0.0003, and some $0.0002 are expected of the next.
    for (let calls = 0; calls < 24; calls++) await model.doGenerate(call({ maxOutputTokens: 20 }))
    const places = receipts.map(({ place }) => place)
    expect(places.slice(0, 19)).toEqual(Array(19).fill('cloud'))
    expect(places.slice(20)).toEqual(Array(4).fill('device'))
    expect(receipts.at(-1)!.why).toMatch(
      /^the policy prefers the cloud, but its budget of \$0.006 a day is spent/,
    )
  })

  test('that is spent is an error where only the cloud may answer', async () => {
    const ledger = memoryLedger()
    const options = { ledger: { ...ledger, spentUsd: () => 5 } }
    const { model } = setup({ rule: { place: 'cloud-only', budget: { perDayUsd: 1 } }, options })
    await expect(model.doGenerate(call())).rejects.toMatchObject({ code: 'budget_exceeded' })
    expect(await ledger.recent(1)).toMatchObject([
      {
        error: 'budget_exceeded',
        path: expect.arrayContaining([expect.objectContaining({ rule: 'budget', value: 5, threshold: 1 })]),
      },
    ])
  })

  test("a user's budget counts the calls of that user alone", async () => {
    const cloud = cloudAnswer()
    const { model } = setup({
      rule: { place: 'prefer-cloud', budget: { perUserPerDayUsd: 0.0005 } },
      device: deviceAnswer(0, 'x'),
      cloud,
    })
    const by = (user: string) =>
      call({ maxOutputTokens: 20, providerOptions: { edgewise: { task: 'job', user } } })
    const placeOf = async (user: string) =>
      (await model.doGenerate(by(user))).providerMetadata!.edgewise!.place
    expect([await placeOf('anna'), await placeOf('anna'), await placeOf('ben')]).toEqual([
      'cloud',
      'device',
      'cloud',
    ])
  })

  test.each([['cloud-only'], ['prefer-device']] as const)(
    '%s: calls at once do not all pass',
    async (place) => {
      // The device takes a while to fail, so that all have been checked before the first asks the cloud.
      const device = scripted({ steps: [{ wait: 20 }, { fail: new Error('x') }] })
      const cloud = scripted({ modelId: 'c', steps: [...text('x'), finish({ input: 10, output: 500 })] })
      const { model, receipts } = setup({ rule: { place, budget: { perDayUsd: 0.011 } }, device, cloud })
      const calls = Array.from({ length: 20 }, () => model.doGenerate(call()))
      const codes = (await Promise.allSettled(calls)).flatMap((result) =>
        result.status === 'rejected' ? [result.reason.code] : [],
      )
      expect(cloud.calls).toHaveLength(2)
      expect(new Set(codes)).toEqual(new Set([place === 'cloud-only' ? 'budget_exceeded' : 'no_answer']))
      if (place === 'cloud-only') return
      const refused = receipts.find(({ error }) => error !== null)!
      expect(refused.attempts.at(-1)).toMatchObject({
        place: 'cloud',
        outcome: 'failed',
        code: 'budget_exceeded',
        costUsd: 0,
        tries: 0,
        bytesOut: 0,
      })
      expect(refused.path.some(({ rule, then }) => rule === 'budget' && then.includes('would not fit'))).toBe(
        true,
      )
    },
  )

  test('goes on to the device when the budget was taken meanwhile', async () => {
    const { model, receipts } = setup({ rule: { place: 'prefer-cloud', budget: { perDayUsd: 0.0003 } } })
    const few = call({ maxOutputTokens: 20 })
    await Promise.all([model.doGenerate(few), model.doGenerate(few)])
    expect(receipts.map(({ place }) => place).toSorted()).toEqual(['cloud', 'device'])
  })

  test('is not held up by a ledger that never answers, and ends when its caller leaves', async () => {
    const ledger = { ...arrayLedger([]), spentUsd: () => new Promise<number>(() => {}) }
    const { model } = setup({
      rule: { place: 'prefer-cloud', budget: { perDayUsd: 1 } },
      options: { ledger },
    })
    const gone = new Error('gone')
    const abort = new AbortController()
    const asking = model.doGenerate(call({ abortSignal: abort.signal }))
    abort.abort(gone)
    await expect(asking).rejects.toBe(gone)
    const { providerMetadata } = await model.doGenerate(call())
    expect(providerMetadata!.edgewise!.place).toBe('cloud')
  })

  test('that never says what it used is counted by an estimate', async () => {
    let now = day
    const nothing = { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined }
    const usage = {
      inputTokens: nothing,
      outputTokens: { total: undefined, text: undefined, reasoning: undefined },
    }
    const end = { ...finish(), usage } as ReturnType<typeof finish>
    const cloud = scripted({ steps: [...text('xy'), end] })
    const ledger = memoryLedger()
    const { model } = setup({
      rule: { place: 'cloud-only', budget: { perDayUsd: 0.0052 } },
      cloud,
      options: { ledger, now: () => now },
    })
    await model.doGenerate(call())
    expect(await ledger.recent(1)).toMatchObject([
      { inputTokens: null, attempts: [{ outcome: 'answered', estimated: true, outputTokens: 1 }] },
    ])
    const { costUsd, bytesOut } = (await ledger.recent(1))[0]!
    expect(costUsd).toBeCloseTo((Math.ceil(bytesOut / 4) + 10) / 1e6, 12)
    for (let calls = 0; calls < 9; calls++) {
      now += 6_000
      await Promise.allSettled([model.doGenerate(call())])
    }
    expect(cloud.calls.length).toBeLessThan(9)
  })

  test('is estimated with a file as base64, and under select without what is cut', async () => {
    const data = { type: 'data', data: new Uint8Array(200_000) } as const
    const image = { type: 'file', mediaType: 'image/png', data } as const
    // 66,667 tokens of base64 and 500 of output: some $0.072.
    const { model } = setup({ rule: { place: 'cloud-only', budget: { perDayUsd: 0.08 } } })
    await model.doGenerate(call({ prompt: [{ role: 'user', content: [image] }] }))

    const context = Array.from(
      { length: 400 },
      (_, i) => `Paragraph ${i} tells of the harvest of the year ${1000 + i}.`,
    ).join('\n\n')
    const long = call({ prompt: prompt(context, 'What was the harvest of the year 1100?') })
    for (const [select, places] of [
      [{ select: { maxTokens: 300 } }, ['cloud']],
      [{}, ['device']],
    ] as const) {
      // 500 tokens of output are $0.005; the whole context is more than $0.005, what is selected is not.
      const { model, receipts } = setup({
        rule: { place: 'prefer-cloud', budget: { perDayUsd: 0.0056 }, ...select },
      })
      await model.doGenerate(long)
      expect(receipts.map(({ place }) => place)).toEqual(places)
    }
  })

  test('on a cloud given in code without a price is refused', () => {
    const { cloud: _, ...policy } = policyOf({ place: 'cloud-only', budget: { perDayUsd: 1 } })
    const open = (cloud: ReturnType<typeof cloudAnswer> | null) =>
      setup({ rule: { place: 'cloud-only' }, cloud, options: { policy } })
    expect(() => open(cloudAnswer())).toThrow(
      /^policy tasks\.job\.budget: what the cloud given in code costs/,
    )
    expect(() => open(null)).not.toThrow()
  })

  test('so is that of audits', () => {
    const audit = { share: 0.5, perDayUsd: 1 }
    const { cloud: _, ...policy } = policyOf({ place: 'race', audit })
    const open = (cloud: ReturnType<typeof cloudAnswer> | null) =>
      setup({ rule: { place: 'race' }, cloud, options: { policy } })
    expect(() => open(cloudAnswer())).toThrow(
      /^policy tasks\.job\.audit\.perDayUsd: what the cloud given in code costs/,
    )
    expect(() => open(null)).not.toThrow()
  })
})
