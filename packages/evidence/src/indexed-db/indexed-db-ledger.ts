/**
 * The ledger in a browser, in a page or a worker; the tabs of a site share one. A put resolves when the disk has it
 * (`durability: 'strict'`), so it outlives a power cut, and a killed browser unless that throws away all of the site's
 * data when it comes up again, as Chromium may (docs/ledger.md). When the bytes of purged contents leave the browser's files
 * is up to the browser.
 */
import type { Judgement } from '../judgement.ts'
import { type JudgementRow, judgementRowOf, parseJudgement } from '../judgement-row.ts'
import {
  type Content,
  type KeptContent,
  type Ledger,
  PURGE_EVERY,
  type ReceiptFilter,
  type SpentBy,
} from '../ledger.ts'
import { contentExists, ledgerClosed, receiptExists, receiptUnknown } from '../ledger-error.ts'
import { PurgeAlarm } from '../purge-alarm.ts'
import type { Receipt } from '../receipt.ts'
import { checkedFilter, isoNow, isoTime, passes, type Row, rowOf, sameJson } from '../row.ts'
import { RunningSpend } from '../running-spend.ts'
import { openDatabase } from './open-database.ts'
import { resultOf, toLedgerError, within } from './requests.ts'

/** Rows read at once. */
const PAGE = 100

/** What a judgement cost, and whose call it was of. */
interface AuditRow extends JudgementRow, Pick<Row, 'task' | 'user' | 'rehearsal'> {}

/** Opens this site's ledger of that name, or makes it. Rejects with a LedgerError. */
export async function openIndexedDbLedger(name = 'edgewise-ledger'): Promise<IndexedDbLedger> {
  const ledger = new IndexedDbLedger(await openDatabase(name))
  await ledger.purge().catch(() => {})
  return ledger
}

export class IndexedDbLedger implements Ledger {
  readonly #database: IDBDatabase
  readonly #running = new RunningSpend()
  readonly #alarm = new PurgeAlarm(() => void this.#purgeQuietly())
  #closed = false
  #puts = 0

  constructor(database: IDBDatabase) {
    this.#database = database
    // The first purge sets it right; should that fail, this is the second.
    this.#alarm.later()
    // A tab with a later version waits for this, and the browser closes it when the user removes the site's data.
    database.onversionchange = () => this.close()
    database.onclose = () => this.close()
  }

  async put(receipt: Receipt): Promise<void> {
    const row = rowOf(receipt)
    await within(this.#begin('receipts', 'readwrite'), async (transaction) => {
      const receipts = transaction.objectStore('receipts')
      const before = await resultOf<Row | undefined>(receipts.index('id').get(row.id))
      if (before === undefined) await resultOf(receipts.add(row))
      else if (!sameJson(before.text, row.text)) throw receiptExists(row.id)
    })
    this.#puts += 1
    // Of other tabs' contents this one's alarm knows nothing.
    if (this.#puts % PURGE_EVERY === 0) await this.#purgeQuietly()
  }

  async get(id: string): Promise<Receipt | undefined> {
    const row = await within(this.#begin('receipts'), (transaction) =>
      resultOf<Row | undefined>(transaction.objectStore('receipts').index('id').get(id)),
    )
    return row && parse(row)
  }

  async recent(limit: number): Promise<readonly Receipt[]> {
    return within(this.#begin('receipts'), async (transaction) => {
      const found: Receipt[] = []
      if (limit <= 0) return found
      const request = transaction.objectStore('receipts').openCursor(null, 'prev')
      for (;;) {
        const cursor = await resultOf(request)
        if (cursor === null) return found
        found.push(parse(cursor.value as Row))
        if (found.length >= limit) return found
        cursor.continue()
      }
    })
  }

  async *all(filter: ReceiptFilter = {}): AsyncGenerator<Receipt, void, void> {
    const checked = checkedFilter(filter)
    const { since } = checked
    let after =
      since === undefined
        ? 0
        : await within(this.#begin('receipts'), (one) => numberBefore(one.objectStore('receipts'), since))
    for (;;) {
      const page = await within(this.#begin('receipts'), (one) =>
        pageAfter<Row>(one.objectStore('receipts'), after),
      )
      for (const row of page.rows) if (passes(row, checked)) yield parse(row)
      if (page.rows.length < PAGE) return
      after = page.last
    }
  }

  async spentUsd(since: string, by: SpentBy = {}): Promise<number> {
    const from = isoTime(since)
    const filter = { since: from, task: by.task, user: by.user }
    const store = by.audits ? 'judgements' : 'receipts'
    return within(this.#begin(store), async (transaction) => {
      const rows = transaction.objectStore(store)
      const known = this.#running.known(from, by)
      let last = known?.last ?? (await numberBefore(rows, from))
      let usd = 0
      for (;;) {
        const page = await pageAfter<Row | AuditRow>(rows, last)
        for (const row of page.rows) {
          if (row.rehearsal === (by.rehearsal === true) && passes({ ...row, place: null }, filter))
            usd += row.costUsd ?? 0
        }
        last = page.last
        if (page.rows.length < PAGE) return this.#running.grown(from, by, known?.usd ?? 0, { usd, last })
      }
    })
  }

  async judge(judgement: Judgement): Promise<void> {
    const row = judgementRowOf(judgement)
    await within(this.#begin(['receipts', 'judgements'], 'readwrite'), async (transaction) => {
      const receipts = transaction.objectStore('receipts')
      const receipt = await resultOf<Row | undefined>(receipts.index('id').get(row.receiptId))
      if (receipt === undefined) throw receiptUnknown(row.receiptId)
      const judgements = transaction.objectStore('judgements')
      const own = await resultOf<AuditRow[]>(judgements.index('receiptId').getAll(row.receiptId))
      if (own.some(({ text }) => text === row.text)) return
      const { task, user, rehearsal } = receipt
      await resultOf(judgements.add({ ...row, task, user, rehearsal } satisfies AuditRow))
    })
  }

  async judgements(receiptId: string): Promise<readonly Judgement[]> {
    const own = await within(this.#begin('judgements'), (transaction) =>
      resultOf<AuditRow[]>(transaction.objectStore('judgements').index('receiptId').getAll(receiptId)),
    )
    return own.map(({ text }) => parseJudgement(text))
  }

  async keepContent(receiptId: string, { prompt, answer }: Content, until: string): Promise<void> {
    const time = isoTime(until)
    await within(this.#begin(['receipts', 'contents'], 'readwrite'), async (transaction) => {
      const receipt = await resultOf(transaction.objectStore('receipts').index('id').getKey(receiptId))
      if (receipt === undefined) throw receiptUnknown(receiptId)
      if (time <= isoNow()) return
      const contents = transaction.objectStore('contents')
      const before = await resultOf<KeptContent | undefined>(contents.get(receiptId))
      if (before === undefined) await resultOf(contents.add({ prompt, answer, until: time }, receiptId))
      else if (before.prompt !== prompt || before.answer !== answer || before.until !== time)
        throw contentExists(receiptId)
      this.#alarm.noLaterThan(time)
    })
  }

  async content(receiptId: string): Promise<KeptContent | undefined> {
    const kept = await within(this.#begin('contents'), (transaction) =>
      resultOf<KeptContent | undefined>(transaction.objectStore('contents').get(receiptId)),
    )
    return kept && kept.until > isoNow() ? kept : undefined
  }

  async purge(now: string = isoNow()): Promise<number> {
    const over = IDBKeyRange.upperBound(isoTime(now))
    return within(this.#begin('contents', 'readwrite'), async (transaction) => {
      const contents = transaction.objectStore('contents')
      const keys = await resultOf(contents.index('until').getAllKeys(over))
      for (const key of keys) await resultOf(contents.delete(key))
      const first = await resultOf(contents.index('until').openKeyCursor())
      this.#alarm.set((first?.key as string | undefined) ?? null)
      return keys.length
    })
  }

  close(): void {
    this.#closed = true
    this.#alarm.stop()
    this.#database.close()
  }

  /** Never rejects: what set it off is done, and what could not be purged is tried again later. */
  async #purgeQuietly(): Promise<void> {
    await this.purge().catch(() => this.#alarm.later())
  }

  #begin(stores: string | string[], mode: 'readonly' | 'readwrite' = 'readonly'): IDBTransaction {
    if (this.#closed) throw ledgerClosed()
    try {
      return this.#database.transaction(stores, mode, { durability: 'strict' })
    } catch (error) {
      throw toLedgerError(error)
    }
  }
}

const parse = ({ text }: Row): Receipt => JSON.parse(text) as Receipt

/** The next rows after that number, in order, and the number of the last one (the same number when there is none). */
async function pageAfter<T>(
  store: IDBObjectStore,
  after: number,
): Promise<{ readonly rows: readonly T[]; readonly last: number }> {
  const range = IDBKeyRange.lowerBound(after, true)
  const [rows, keys] = await Promise.all([
    resultOf<T[]>(store.getAll(range, PAGE)),
    resultOf(store.getAllKeys(range, PAGE)),
  ])
  return { rows, last: (keys.at(-1) as number | undefined) ?? after }
}

/** The number before the first row from that time on: later ones are beyond it, whenever their calls came in. */
async function numberBefore(store: IDBObjectStore, since: string): Promise<number> {
  const numbers = await resultOf(store.index('at').getAllKeys(IDBKeyRange.lowerBound(since)))
  if (numbers.length > 0) return (numbers as number[]).reduce((least, n) => Math.min(least, n)) - 1
  const newest = await resultOf(store.openKeyCursor(null, 'prev'))
  return (newest?.key as number | undefined) ?? 0
}
