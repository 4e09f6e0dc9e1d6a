/**
 * What every store of the ledger must do, run over all of them: in vitest, and in a browser with what stands in for it there.
 * A store is given as a function that opens the same one each time it is called.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../engine/src/generate/random.ts'
import type { Judgement } from '../judgement.ts'
import { END_OF_TIME, type Ledger, PURGE_EVERY, type ReceiptFilter, type SpentBy } from '../ledger.ts'
import type { Receipt } from '../receipt.ts'
import { sortedJson } from '../sorted-json.ts'
import { heldTimers } from './held-timers.ts'
import { movedClock } from './moved-clock.ts'
import { attemptOf, judgementOf, randomReceipt, receiptOf, shadowOf } from './receipts.ts'

export type OpenStore = () => Ledger | Promise<Ledger>

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString()
const content = { prompt: 'what <PERSON_1> asked', answer: 'what was answered ✓' }

/** The code of what it throws, or rejects with; null when it does neither. */
async function codeOf(what: () => unknown): Promise<unknown> {
  try {
    await what()
    return null
  } catch (error) {
    return (error as { code?: unknown }).code ?? error
  }
}

export async function allOf(ledger: Ledger, filter?: ReceiptFilter): Promise<Receipt[]> {
  const found: Receipt[] = []
  for await (const receipt of ledger.all(filter)) found.push(receipt)
  return found
}

/** Stores give keys an order of their own. */
const asTexts = (judgements: readonly Judgement[]): readonly string[] =>
  judgements.map((judgement) => sortedJson(judgement))

const ids = (receipts: readonly Receipt[]): string => receipts.map(({ id }) => id).join(' ')

/** `survives`: whether what was written is there when the store is opened again. */
export function ledgerSuite(
  name: string,
  newStore: () => OpenStore | Promise<OpenStore>,
  survives: boolean,
): void {
  const open = async (): Promise<Ledger> => (await newStore())()

  describe(`ledger: ${name}`, () => {
    test('a receipt is found again by its id, the newest come first', async () => {
      const ledger = await open()
      for (const id of ['a', 'b', 'c']) await ledger.put(receiptOf({ id }))
      expect(await ledger.get('b')).toEqual(receiptOf({ id: 'b' }))
      expect(await ledger.get('nobody')).toBe(undefined)
      expect(ids(await ledger.recent(2))).toBe('c b')
      expect(ids(await ledger.recent(0))).toBe('')
      expect(ids(await ledger.recent(1e6))).toBe('c b a')
      await ledger.close()
    })

    test('a receipt never changes', async () => {
      const ledger = await open()
      const changing = { ...receiptOf({ id: 'a', task: 'json' }) }
      await ledger.put(changing)
      changing.task = 'changed by its maker'
      const read = (await ledger.get('a')) as { task: string }
      expect(read.task).toBe('json')
      read.task = 'changed by its reader'
      // The same again, its keys in another order.
      const turned = Object.fromEntries(Object.entries(receiptOf({ id: 'a', task: 'json' })).reverse())
      expect(await codeOf(() => ledger.put(turned as unknown as Receipt))).toBe(null)
      expect(await codeOf(() => ledger.put(receiptOf({ id: 'a', task: 'fix' })))).toBe('receipt_exists')
      expect(await allOf(ledger)).toEqual([receiptOf({ id: 'a', task: 'json' })])
      await ledger.close()
    })

    test('one after another or all at once, every receipt is there once', async () => {
      const ledger = await open()
      const receipts = Array.from({ length: 250 }, (_, i) => receiptOf({ id: `r${i}` }))
      await Promise.all([...receipts, ...receipts].map((receipt) => ledger.put(receipt)))
      const found = await allOf(ledger)
      expect(found.length).toBe(250)
      expect(new Set(found.map(({ id }) => id)).size).toBe(250)
      await ledger.close()
    })

    test('receipts by time, task, user and place, against looking at each', async () => {
      const ledger = await open()
      const random = seededRandom(11)
      const written = Array.from({ length: 230 }, (_, i) => randomReceipt(`r${i}`, random))
      for (const receipt of written) await ledger.put(receipt)
      const filters: ReceiptFilter[] = [
        {},
        { since: '2026-08-05T08:00:00Z', until: '2026-08-05T20:00:00+02:00' },
        { task: 'résumé 漢字 "quoted"' },
        { user: 'fedcba9876543210', place: 'cloud' },
        { place: 'device', since: '2026-08-05T12:00:00.000Z', task: 'json' },
        { since: '2027-01-01T00:00:00.000Z' },
      ]
      for (const filter of filters) {
        const expected = written.filter(
          (r) =>
            Date.parse(r.at) >= Date.parse(filter.since ?? '1970-01-01') &&
            Date.parse(r.at) < Date.parse(filter.until ?? END_OF_TIME) &&
            (filter.task ?? r.task) === r.task &&
            (filter.user ?? r.user) === r.user &&
            (filter.place ?? r.place) === r.place,
        )
        expect(await allOf(ledger, filter)).toEqual(expected)
      }
      expect(ids(await ledger.recent(40))).toBe(ids(written.slice(-40).reverse()))
      await ledger.close()
    })

    test('receipts written while others are read', async () => {
      const ledger = await open()
      for (let i = 0; i < 150; i++) await ledger.put(receiptOf({ id: `r${i}` }))
      let seen = 0
      for await (const { id } of ledger.all()) {
        expect(id).toBe(`r${seen}`)
        seen++
        if (seen === 50) await ledger.put(receiptOf({ id: 'r150' }))
      }
      expect(seen).toBe(151)
      // One that is left in the middle holds nothing up.
      for await (const _ of ledger.all()) break
      await ledger.put(receiptOf({ id: 'after' }))
      await ledger.close()
    })

    test('money spent, however often it is asked for, against adding it up', async () => {
      const ledger = await open()
      const random = seededRandom(12)
      const written: Receipt[] = []
      const since = ['2026-08-05T00:00:00.000Z', '2026-08-05T13:37:00.000Z', '2026-08-06T00:00:00.000Z']
      const by = [{}, { task: 'json' }, { user: '0123456789abcdef' }, { task: 'intent', rehearsal: true }]
      for (let i = 0; i < 60; i++) {
        written.push(randomReceipt(`r${i}`, random))
        await ledger.put(written.at(-1)!)
        const from = since[i % 3]!
        const whose = by[Math.floor(random() * 4)]!
        const expected = written
          .filter((r) => r.at >= from && r.rehearsal === (whose.rehearsal ?? false))
          .filter((r) => (whose.task ?? r.task) === r.task && (whose.user ?? r.user) === r.user)
          .reduce((sum, r) => sum + (r.costUsd ?? 0), 0)
        expect(Math.abs((await ledger.spentUsd(from, whose)) - expected)).toBeLessThan(1e-9)
      }
      expect(await codeOf(() => ledger.spentUsd('yesterday'))).toBe('ledger_bad_time')
      await ledger.close()
    })

    test('judgements stand beside their receipt, in the order they were written, each once', async () => {
      const ledger = await open()
      const changing = judgementOf({ by: 'exact', device: 0.5, at: '2026-08-05T13:00:00+02:00' })
      expect(await codeOf(() => ledger.judge(changing))).toBe('receipt_unknown')
      expect(await ledger.judgements('receipt-1')).toEqual([])
      for (const id of ['receipt-1', 'other']) await ledger.put(receiptOf({ id }))
      await ledger.judge(changing)
      const written = [{ ...changing, at: '2026-08-05T11:00:00.000Z' }, shadowOf(0.25), judgementOf()]
      Object.assign(changing, { device: 0 })
      for (const judgement of written) await ledger.judge(judgement)
      // The same again, its keys in another order, and of another receipt.
      const turned = Object.fromEntries(Object.entries(shadowOf(0.25)).reverse())
      await ledger.judge(turned as unknown as Judgement)
      await ledger.judge(judgementOf({ receiptId: 'other' }))
      const read = await ledger.judgements('receipt-1')
      expect(asTexts(read)).toEqual(asTexts(written))
      Object.assign(read[0]!, { device: 0 })
      expect(asTexts(await ledger.judgements('receipt-1'))).toEqual(asTexts(written))
      expect(await ledger.judgements('other')).toHaveLength(1)
      // They are no part of the receipt.
      expect(await ledger.get('receipt-1')).toEqual(receiptOf())
      await ledger.close()
    })

    test('a judgement at a time, by somebody or with scores that there are not is refused', async () => {
      const ledger = await open()
      await ledger.put(receiptOf())
      const scores = [-0.01, 1.01, Number.NaN, Number.POSITIVE_INFINITY, '1', undefined] as number[]
      const bad: Partial<Judgement>[] = [
        ...scores.flatMap((score) => [{ device: score }, { cloud: score }]),
        { by: 'nobody' as 'user' },
        { shadow: attemptOf({ costUsd: -1 }) },
        { shadow: attemptOf({ costUsd: Number.NaN }) },
      ]
      for (const changes of bad)
        expect(await codeOf(() => ledger.judge(judgementOf(changes)))).toBe('ledger_bad_judgement')
      expect(await codeOf(() => ledger.judge(judgementOf({ at: 'later' })))).toBe('ledger_bad_time')
      expect(await ledger.judgements('receipt-1')).toEqual([])
      // The ends of what a score can be.
      for (const device of [0, 1, null]) await ledger.judge(judgementOf({ device }))
      expect(await ledger.judgements('receipt-1')).toHaveLength(3)
      await ledger.close()
    })

    test('what judgements cost is a sum of its own, however often it is asked for, against adding it up', async () => {
      const hour = fc.integer({ min: 0, max: 23 })
      const at = (h: number): string => `2026-08-05T${`${h}`.padStart(2, '0')}:30:00.000Z`
      const step = fc.oneof(
        fc.record({ judge: fc.nat(3), hour, costUsd: fc.constantFrom(null, 0, 0.25, 0.5) }),
        fc.record({
          hour,
          task: fc.constantFrom(undefined, 'intent', 'json'),
          user: fc.constantFrom(undefined, '0123456789abcdef'),
          rehearsal: fc.boolean(),
        }),
      )
      const steps = fc.array(step, { minLength: 1, maxLength: 20 })
      const property = fc.asyncProperty(steps, async (done) => {
        const ledger = await open()
        const receipts = [
          receiptOf({ id: '0', costUsd: 9 }),
          receiptOf({ id: '1', task: 'json', user: '0123456789abcdef' }),
          receiptOf({ id: '2', rehearsal: true }),
          receiptOf({ id: '3', user: '0123456789abcdef', costUsd: 9 }),
        ]
        for (const receipt of receipts) await ledger.put(receipt)
        const paid = new Map<string, Judgement>()
        for (const one of done) {
          if ('judge' in one) {
            const judgement = shadowOf(one.costUsd, { receiptId: `${one.judge}`, at: at(one.hour) })
            await ledger.judge(judgement)
            paid.set(JSON.stringify(judgement), judgement)
            continue
          }
          const { hour, ...whose } = one
          const expected = [...paid.values()]
            .filter((judgement) => judgement.at >= at(hour))
            .filter(({ receiptId }) => {
              const { task, user, rehearsal } = receipts[Number(receiptId)]!
              return (
                (whose.task ?? task) === task &&
                (whose.user ?? user) === user &&
                whose.rehearsal === rehearsal
              )
            })
            .reduce((sum, { shadow }) => sum + (shadow!.costUsd ?? 0), 0)
          const by: SpentBy = { ...whose, audits: true }
          expect(await ledger.spentUsd(at(hour), by)).toBe(expected)
        }
        // The calls' own money is without it.
        expect(await ledger.spentUsd('2026-08-05')).toBe(18)
        await ledger.close()
      })
      await fc.assert(property, { numRuns: 15, seed: 14 })
      const ledger = await open()
      expect(await codeOf(() => ledger.spentUsd('yesterday', { audits: true }))).toBe('ledger_bad_time')
      await ledger.close()
    })

    test('content is kept for its receipt, once', async () => {
      const ledger = await open()
      const until = inMs(DAY_MS)
      expect(await codeOf(() => ledger.keepContent('a', content, until))).toBe('receipt_unknown')
      await ledger.put(receiptOf({ id: 'a' }))
      expect(await ledger.content('a')).toBe(undefined)
      await ledger.keepContent('a', content, until)
      await ledger.keepContent('a', content, until)
      const other = { ...content, answer: 'another' }
      expect(await codeOf(() => ledger.keepContent('a', other, until))).toBe('content_exists')
      expect(await codeOf(() => ledger.keepContent('a', content, 'soon'))).toBe('ledger_bad_time')
      expect(await ledger.content('a')).toEqual({ ...content, until })
      // It is no part of the receipt.
      expect(await ledger.get('a')).toEqual(receiptOf({ id: 'a' }))
      await ledger.close()
    })

    test('content whose time is up is returned to nobody, before it is purged and after', async () => {
      const ledger = await open()
      for (const id of ['past', 'hour', 'day']) await ledger.put(receiptOf({ id }))
      await ledger.keepContent('past', content, inMs(-1))
      await ledger.keepContent('hour', content, inMs(DAY_MS / 24))
      await ledger.keepContent('day', content, inMs(DAY_MS))
      expect(await ledger.content('past')).toBe(undefined)
      {
        using _ = movedClock(DAY_MS / 24 + 1)
        expect(await ledger.content('hour')).toBe(undefined)
        expect((await ledger.content('day'))?.answer).toBe(content.answer)
      }
      expect(await ledger.purge()).toBe(0)
      expect(await ledger.purge(inMs(DAY_MS / 2))).toBe(1)
      expect(await ledger.content('hour')).toBe(undefined)
      expect(await ledger.purge(END_OF_TIME)).toBe(1)
      expect(await ledger.content('day')).toBe(undefined)
      expect((await allOf(ledger)).length).toBe(3)
      await ledger.close()
    })

    test('content leaves when its time is up, with nobody calling, after a sleep of the machine too', async () => {
      using timers = heldTimers()
      const ledger = await open()
      for (const id of ['day', 'hour']) await ledger.put(receiptOf({ id }))
      expect(timers.waits()).toEqual([])
      await ledger.keepContent('day', content, inMs(DAY_MS))
      await ledger.keepContent('hour', content, inMs(DAY_MS / 24))
      // One timer, which looks at the clock long before: a machine that sleeps stops timers, not the clock.
      expect(timers.waits()).toEqual([MINUTE_MS])
      timers.ring()
      expect(timers.waits()).toEqual([MINUTE_MS])
      expect((await ledger.content('hour'))?.answer).toBe(content.answer)
      {
        using _ = movedClock(DAY_MS / 24 + 1)
        timers.ring()
        await ledger.content('hour')
      }
      // By this clock its time is not up: it would be returned, were it still there.
      expect(await ledger.content('hour')).toBe(undefined)
      expect((await ledger.content('day'))?.answer).toBe(content.answer)
      expect(timers.waits()).toEqual([MINUTE_MS])
      {
        using _ = movedClock(2 * DAY_MS)
        timers.ring()
        await ledger.content('day')
      }
      expect(await ledger.content('day')).toBe(undefined)
      expect(timers.waits()).toEqual([])
      await ledger.keepContent('day', content, inMs(DAY_MS))
      await ledger.close()
      expect(timers.waits()).toEqual([])
    })

    test('content whose time is up is purged in the course of things', async () => {
      const ledger = await open()
      await ledger.put(receiptOf({ id: 'first' }))
      await ledger.keepContent('first', content, inMs(DAY_MS))
      using _ = movedClock(2 * DAY_MS)
      for (let i = 0; i < PURGE_EVERY; i++) await ledger.put(receiptOf({ id: `r${i}` }))
      expect(await ledger.purge()).toBe(0)
      await ledger.close()
    })

    test('nothing is to be had from a closed ledger', async () => {
      const ledger = await open()
      await ledger.put(receiptOf())
      await ledger.close()
      await ledger.close()
      const calls: (() => unknown)[] = [
        () => ledger.put(receiptOf()),
        () => ledger.get('receipt-1'),
        () => ledger.recent(1),
        () => allOf(ledger),
        () => ledger.spentUsd('2026-08-05'),
        () => ledger.spentUsd('2026-08-05', { audits: true }),
        () => ledger.judge(judgementOf()),
        () => ledger.judgements('receipt-1'),
        () => ledger.keepContent('receipt-1', content, inMs(DAY_MS)),
        () => ledger.content('receipt-1'),
        () => ledger.purge(),
      ]
      for (const call of calls) expect(await codeOf(call)).toBe('ledger_closed')
    })

    test('a receipt without a time is refused', async () => {
      const ledger = await open()
      expect(await codeOf(() => ledger.put(receiptOf({ at: 'now' })))).toBe('ledger_bad_time')
      expect(await ledger.recent(1)).toEqual([])
      await ledger.close()
    })

    if (!survives) return
    test('all of it is there when it is opened again; what is over is not', async () => {
      const openAgain = await newStore()
      const first = await openAgain()
      const random = seededRandom(13)
      const written = Array.from({ length: 20 }, (_, i) => randomReceipt(`r${i}`, random))
      for (const receipt of written) await first.put(receipt)
      const until = inMs(2 * DAY_MS)
      await first.keepContent('r1', content, inMs(DAY_MS / 2))
      await first.keepContent('r2', content, until)
      await first.judge(shadowOf(0.5, { receiptId: 'r2' }))
      await first.close()
      using _ = movedClock(DAY_MS)
      const second = await openAgain()
      expect(await allOf(second)).toEqual(written)
      expect(await second.purge()).toBe(0)
      expect(await second.content('r2')).toEqual({ ...content, until })
      expect(asTexts(await second.judgements('r2'))).toEqual(asTexts([shadowOf(0.5, { receiptId: 'r2' })]))
      const { rehearsal } = written[2]!
      expect(await second.spentUsd('2026-08-05', { audits: true, rehearsal })).toBe(0.5)
      await second.put(receiptOf({ id: 'later' }))
      expect((await second.recent(1))[0]!.id).toBe('later')
      await second.close()
    })
  })
}
