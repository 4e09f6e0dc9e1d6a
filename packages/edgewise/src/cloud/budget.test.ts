/** Budgets: what a day may cost, for a task and a user, over restarts and calls at the same time. */
import { memoryLedger } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import type { Rule } from '../policy/index.ts'
import { deviceAnswer } from '../testing/models.ts'
import { call, cloudAnswer, setup } from '../testing/router-setup.ts'
import { Budgets } from './budget.ts'

const day = Date.parse('2026-11-26T12:00:00Z')
const rule = { budget: { perDayUsd: 1, perUserPerDayUsd: 0.5 } }
const asked = (user: string | null, estimateUsd = 0.1) => ({ task: 'job', rule, user, estimateUsd })

describe('budgets', () => {
  test('are held for what is being asked, and booked for what it cost', async () => {
    const budgets = new Budgets(null, () => day)
    const holds = Array.from({ length: 9 }, () => budgets.hold(asked(null)))
    expect((await budgets.check(asked(null)))!.problem).toBeNull()
    const tenth = budgets.hold(asked(null))
    expect((await budgets.check(asked(null)))!.problem).toContain('its budget of $1 a day is spent')
    tenth(0)
    for (const book of holds) book(0.01)
    expect(await budgets.check(asked(null))).toMatchObject({ problem: null, limitUsd: 1 })
  })

  test('of one user are not those of another', async () => {
    const budgets = new Budgets(null, () => day)
    budgets.hold(asked('a'))(0.5)
    expect((await budgets.check(asked('a')))!.problem).toContain("the user's budget of $0.5")
    expect((await budgets.check(asked('b')))!.problem).toBeNull()
  })

  test('a cost nobody knows stays at its estimate; one is booked once', async () => {
    const budgets = new Budgets(null, () => day)
    const book = budgets.hold(asked(null, 0.7))
    book(null)
    book(null)
    expect((await budgets.check(asked(null, 0.1)))!.spentUsd).toBeCloseTo(0.7, 9)
  })

  test('start anew at 00:00 UTC', async () => {
    let now = day
    const budgets = new Budgets(null, () => now)
    budgets.hold(asked(null))(1)
    expect((await budgets.check(asked(null)))!.problem).not.toBeNull()
    now = Date.parse('2026-11-27T00:00:01Z')
    expect((await budgets.check(asked(null)))!.problem).toBeNull()
  })

  test('know what the ledger knows, also of other processes', async () => {
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
    expect((await budgets.check(asked('a')))!.problem).toContain('spent ($0.950)')
    expect(seen).toEqual([['2026-11-26T00:00:00.000Z', { task: 'job' }]])
    spent = 0.2
    expect((await budgets.check(asked(null)))!.problem).not.toBeNull()
    now += 6_000
    expect((await budgets.check(asked(null)))!.problem).toBeNull()
  })
})

describe('a call under a budget', () => {
  const spending: Rule = { place: 'prefer-cloud', budget: { perDayUsd: 0.006 } }

  test('goes to the cloud until it is spent, then to the device, and the receipt says why', async () => {
    const { model, receipts } = setup({ rule: spending })
    // Each costs $0.0003, and at most $0.00021 are expected of the next.
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
    expect(ledger.recent(1)).toMatchObject([
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
})
