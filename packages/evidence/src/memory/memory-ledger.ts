/**
 * The ledger every host has: in memory, for the last `capacity` calls, the oldest out first with its content and judgements. It
 * ends with the process. What calls cost is remembered longer than their receipts, so that a budget holds when they have left.
 */

import { type JudgementRow, judgementRowOf, parseJudgement } from '../judgement-row.ts'
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

/** What was spent, the newest `SPENDS` at least, in the order it was written; numbered from 1, what cost nothing too. */
class Spends {
  #spends: Spend[] = []
  #last = 0

  add({ at, task, user, rehearsal }: Omit<Spend, 'number' | 'usd'>, usd: number | null): void {
    this.#last += 1
    if (!usd) return
    this.#spends.push({ number: this.#last, at, task, user, rehearsal, usd })
    // By halves: cutting one off the front each time would move all others.
    if (this.#spends.length > 2 * SPENDS) this.#spends = this.#spends.slice(-SPENDS)
  }

  /** Of those after that number. */
  after(number: number, since: string, by: SpentBy): { readonly usd: number; readonly last: number } {
    const filter = { since, task: by.task, user: by.user }
    let usd = 0
    for (let i = this.#spends.length - 1; i >= 0 && this.#spends[i]!.number > number; i--) {
      const one = this.#spends[i]!
      if (one.rehearsal === (by.rehearsal === true) && passes({ ...one, place: null }, filter)) usd += one.usd
    }
    return { usd, last: this.#last }
  }
}

export function memoryLedger(capacity = 10_000): Ledger {
  const rows = new Map<string, Row>()
  const contents = new Map<string, KeptContent>()
  const judgements = new Map<string, JudgementRow[]>()
  const running = new RunningSpend()
  const spends = new Spends()
  const audits = new Spends()
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
      spends.add(row, row.costUsd)
      if (rows.size > capacity) {
        const [oldest] = rows.keys()
        rows.delete(oldest!)
        contents.delete(oldest!)
        judgements.delete(oldest!)
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
      const more = (by.audits ? audits : spends).after(known?.last ?? 0, from, by)
      return running.grown(from, by, known?.usd ?? 0, more)
    },

    judge(judgement) {
      check()
      const row = judgementRowOf(judgement)
      const receipt = rows.get(row.receiptId)
      if (receipt === undefined) throw receiptUnknown(row.receiptId)
      const own = judgements.get(row.receiptId) ?? []
      if (own.some(({ text }) => text === row.text)) return
      own.push(row)
      judgements.set(row.receiptId, own)
      audits.add({ ...receipt, at: row.at }, row.costUsd)
    },

    judgements(receiptId) {
      check()
      return (judgements.get(receiptId) ?? []).map(({ text }) => parseJudgement(text))
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
      judgements.clear()
    },
  }
}
