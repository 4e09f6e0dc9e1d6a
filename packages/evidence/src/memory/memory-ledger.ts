/**
 * The ledger every host has: in memory, for the last `capacity` calls, the oldest out first with its content. It ends with the
 * process. What calls cost is remembered longer than their receipts, so that a budget holds when they have left.
 */
import { type Content, type KeptContent, type Ledger, PURGE_EVERY, type SpentBy } from '../ledger.ts'
import { contentExists, ledgerClosed, receiptExists, receiptUnknown } from '../ledger-error.ts'
import { PurgeAlarm } from '../purge-alarm.ts'
import type { Receipt } from '../receipt.ts'
import { checkedFilter, isoNow, isoTime, passes, type Row, rowOf, sameJson } from '../row.ts'
import { RunningSpend } from '../running-spend.ts'

/** Of how many calls that cost something the cost is remembered. */
const SPENDS = 100_000

interface Spend extends Pick<Row, 'at' | 'task' | 'user' | 'rehearsal'> {
  readonly number: number
  readonly usd: number
}

export function memoryLedger(capacity = 10_000): Ledger {
  const rows = new Map<string, Row>()
  const contents = new Map<string, KeptContent>()
  const running = new RunningSpend()
  let spends: Spend[] = []
  let written = 0
  let closed = false
  const check = (): void => {
    if (closed) throw ledgerClosed()
  }
  const parse = ({ text }: Row): Receipt => JSON.parse(text) as Receipt

  const purge = (now: string): number => {
    const before = contents.size
    let earliest: string | null = null
    for (const [id, { until }] of contents) {
      if (until <= now) contents.delete(id)
      else if (earliest === null || until < earliest) earliest = until
    }
    alarm.set(earliest)
    return before - contents.size
  }
  const alarm = new PurgeAlarm(() => purge(isoNow()))

  const spend = ({ at, task, user, rehearsal, costUsd }: Row): void => {
    if (!costUsd) return
    spends.push({ number: written, at, task, user, rehearsal, usd: costUsd })
    // By halves: cutting one off the front each time would move all others.
    if (spends.length > 2 * SPENDS) spends = spends.slice(-SPENDS)
  }

  return {
    put(receipt) {
      check()
      const row = rowOf(receipt)
      const before = rows.get(row.id)
      if (before) {
        if (!sameJson(before.text, row.text)) throw receiptExists(row.id)
        return
      }
      rows.set(row.id, row)
      written += 1
      spend(row)
      if (rows.size > capacity) {
        const [oldest] = rows.keys()
        rows.delete(oldest!)
        contents.delete(oldest!)
      }
      if (written % PURGE_EVERY === 0) purge(isoNow())
    },

    get(id) {
      check()
      const row = rows.get(id)
      return row && parse(row)
    },

    recent(limit) {
      check()
      return [...rows.values()]
        .slice(Math.max(0, rows.size - limit))
        .reverse()
        .map(parse)
    },

    *all(filter = {}) {
      check()
      const checked = checkedFilter(filter)
      // A Map may be written to while it is walked: what comes meanwhile comes at its end.
      for (const row of rows.values()) {
        check()
        if (passes(row, checked)) yield parse(row)
      }
    },

    spentUsd(since, by: SpentBy = {}) {
      check()
      const from = isoTime(since)
      const known = running.known(from, by)
      const filter = { since: from, task: by.task, user: by.user }
      let usd = 0
      for (let i = spends.length - 1; i >= 0 && spends[i]!.number > (known?.last ?? 0); i--) {
        const one = spends[i]!
        if (one.rehearsal === (by.rehearsal === true) && passes({ ...one, place: null }, filter))
          usd += one.usd
      }
      return running.grown(from, by, known?.usd ?? 0, { usd, last: written })
    },

    keepContent(receiptId, { prompt, answer }: Content, until) {
      check()
      const time = isoTime(until)
      if (!rows.has(receiptId)) throw receiptUnknown(receiptId)
      if (time <= isoNow()) return
      const before = contents.get(receiptId)
      if (before && (before.prompt !== prompt || before.answer !== answer || before.until !== time))
        throw contentExists(receiptId)
      contents.set(receiptId, { prompt, answer, until: time })
      alarm.noLaterThan(time)
    },

    content(receiptId) {
      check()
      const kept = contents.get(receiptId)
      return kept && kept.until > isoNow() ? { ...kept } : undefined
    },

    purge(now) {
      check()
      return purge(now === undefined ? isoNow() : isoTime(now))
    },

    close() {
      closed = true
      alarm.stop()
      rows.clear()
      contents.clear()
    },
  }
}
