/**
 * The ledger in one SQLite file, which several processes may write to. All of it is synchronous: a put is a few pages to the
 * operating system. What is deleted is gone from the file, not only from its tables.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { Judgement } from '../judgement.ts'
import { judgementRowOf, parseJudgement } from '../judgement-row.ts'
import {
  type Content,
  type KeptContent,
  type Ledger,
  PURGE_EVERY,
  type ReceiptFilter,
  type SpentBy,
} from '../ledger.ts'
import { contentExists, LedgerError, receiptExists, receiptUnknown } from '../ledger-error.ts'
import { PurgeAlarm } from '../purge-alarm.ts'
import type { Receipt } from '../receipt.ts'
import { checkedFilter, isoNow, isoTime, rowOf, sameJson } from '../row.ts'
import { RunningSpend } from '../running-spend.ts'
import { BUSY_MS, openDatabase } from './open-database.ts'
import { asLedgerErrors } from './sqlite-error.ts'

/** Opens the ledger of that file, or makes it, readable for its owner alone. Throws LedgerError. */
export const openSqliteLedger = (path: string): SqliteLedger => new SqliteLedger(path, openDatabase(path))

/** Receipts read at once by `all`, between which others write and purge as they like. */
const PAGE = 100

/** Dollars of the receipts after a number, and of the judgements after a number. */
const COSTS = `SELECT total(cost) FROM receipts INDEXED BY receipts_paid
  WHERE cost > 0 AND seq > $after AND at >= $from AND rehearsal = $rehearsal
    AND ($task IS NULL OR task = $task) AND ($user IS NULL OR user = $user)`
export const AUDITS: string = `SELECT total(paid.cost) FROM judgements AS paid INDEXED BY judgements_paid CROSS JOIN receipts USING (seq)
  WHERE paid.cost > 0 AND number > $after AND paid.at >= $from AND rehearsal = $rehearsal
    AND ($task IS NULL OR task = $task) AND ($user IS NULL OR user = $user)`

/** By number alone: an index over times would go through all that is left, and sort it, for every page. */
export const pageOf = (where: string): string =>
  `SELECT seq, receipt FROM receipts NOT INDEXED WHERE seq > ?${where} ORDER BY seq LIMIT ${PAGE}`

interface TextRow {
  readonly receipt: string
}

export class SqliteLedger implements Ledger, Disposable {
  readonly path: string
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #running = new RunningSpend()
  readonly #alarm = new PurgeAlarm(() => this.#purgeQuietly())
  #puts = 0
  #waitsMs = BUSY_MS
  /** Whether what was deleted may still be in the log; so it may be when a process was killed in between. */
  #logHoldsDeleted = true

  constructor(path: string, database: DatabaseSync) {
    this.path = path
    this.#database = database
    this.#purgeQuietly()
  }

  put(receipt: Receipt): void {
    const row = rowOf(receipt)
    this.#write(() => {
      const { changes } = this.#prepare(
        `INSERT INTO receipts (id, at, task, user, place, cost, rehearsal, receipt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO NOTHING`,
      ).run(row.id, row.at, row.task, row.user, row.place, row.costUsd, row.rehearsal ? 1 : 0, row.text)
      if (changes === 0 && !sameJson(this.#textOf(row.id)!, row.text)) throw receiptExists(row.id)
    })
    this.#puts += 1
    if (this.#puts % PURGE_EVERY === 0) this.#purgeQuietly()
  }

  get(id: string): Receipt | undefined {
    return this.#guard(() => {
      const text = this.#textOf(id)
      return text === undefined ? undefined : this.#parse(text)
    })
  }

  recent(limit: number): readonly Receipt[] {
    return this.#guard(() => {
      const rows = this.#prepare('SELECT receipt FROM receipts ORDER BY seq DESC LIMIT ?').all(
        Math.max(0, limit),
      )
      return (rows as unknown as TextRow[]).map((row) => this.#parse(row.receipt))
    })
  }

  *all(filter: ReceiptFilter = {}): Generator<Receipt, void, void> {
    const { since, until, task, user, place } = checkedFilter(filter)
    const conditions: readonly (readonly [string, SQLInputValue | undefined])[] = [
      ['at >= ?', since],
      ['at < ?', until],
      ['task = ?', task],
      ['user = ?', user],
      ['place = ?', place],
    ]
    const used = conditions.filter(([, value]) => value !== undefined)
    const where = used.map(([condition]) => ` AND ${condition}`).join('')
    const values = used.map(([, value]) => value!)
    let after = since === undefined ? 0 : this.#guard(() => this.#before(since))
    for (;;) {
      // Closed after each page: a cursor left open would keep the log from being emptied.
      const rows = this.#guard(() =>
        this.#prepare(pageOf(where)).all(after, ...values),
      ) as unknown as (TextRow & { seq: number })[]
      for (const { receipt } of rows) yield this.#guard(() => this.#parse(receipt))
      if (rows.length < PAGE) return
      after = rows.at(-1)!.seq
    }
  }

  spentUsd(since: string, by: SpentBy = {}): number {
    const from = isoTime(since)
    const known = this.#running.known(from, by)
    const [table, key, sum] = by.audits
      ? (['judgements', 'number', AUDITS] as const)
      : (['receipts', 'seq', COSTS] as const)
    return this.#guard(() => {
      const after = known?.last ?? (by.audits ? this.#beforeAudit(from) : this.#before(from))
      const { usd, last } = this.#prepare(
        `SELECT (${sum}) AS usd, (SELECT coalesce(max(${key}), 0) FROM ${table}) AS last`,
      ).get({
        $after: after,
        $from: from,
        $rehearsal: by.rehearsal ? 1 : 0,
        $task: by.task ?? null,
        $user: by.user ?? null,
      }) as { usd: number; last: number }
      return this.#running.grown(from, by, known?.usd ?? 0, { usd, last })
    })
  }

  judge(judgement: Judgement): void {
    const { receiptId, at, costUsd, text } = judgementRowOf(judgement)
    this.#write(() => {
      // One statement, so that of two processes with the same judgement one writes it.
      const { changes } = this.#prepare(
        `INSERT INTO judgements (seq, at, judge, device, cloud, cost, judgement)
         SELECT seq, $at, $judge, $device, $cloud, $cost, $text FROM receipts AS own WHERE id = $id
           AND NOT EXISTS (SELECT 1 FROM judgements WHERE seq = own.seq AND judgement = $text)`,
      ).run({
        $id: receiptId,
        $at: at,
        $judge: judgement.by,
        $device: judgement.device,
        $cloud: judgement.cloud,
        $cost: costUsd,
        $text: text,
      })
      if (changes === 0 && this.#textOf(receiptId) === undefined) throw receiptUnknown(receiptId)
    })
  }

  judgements(receiptId: string): readonly Judgement[] {
    return this.#guard(() => {
      const rows = this.#prepare(
        `SELECT judgement FROM judgements JOIN receipts USING (seq) WHERE id = ? ORDER BY number`,
      ).all(receiptId) as unknown as { readonly judgement: string }[]
      return rows.map(({ judgement }) => this.#parsed(judgement, parseJudgement))
    })
  }

  keepContent(receiptId: string, { prompt, answer }: Content, until: string): void {
    const time = isoTime(until)
    this.#write(() => {
      if (this.#textOf(receiptId) === undefined) throw receiptUnknown(receiptId)
      if (time <= isoNow()) return
      const { changes } = this.#prepare(
        `INSERT INTO contents (seq, until, prompt, answer) SELECT seq, ?, ?, ? FROM receipts WHERE id = ?
         ON CONFLICT (seq) DO NOTHING`,
      ).run(time, prompt, answer, receiptId)
      if (changes > 0) return
      const kept = this.#contentOf(receiptId)
      if (kept?.prompt !== prompt || kept.answer !== answer || kept.until !== time)
        throw contentExists(receiptId)
    })
    this.#alarm.noLaterThan(time)
  }

  content(receiptId: string): KeptContent | undefined {
    const kept = this.#guard(() => this.#contentOf(receiptId))
    return kept && kept.until > isoNow() ? kept : undefined
  }

  /**
   * Also takes the bytes out of the log. Throws `ledger_locked` when another process read all the while: then they stay in
   * the log until the next purge of any process.
   */
  purge(now: string = isoNow()): number {
    const time = isoTime(now)
    return this.#guard(() => {
      const deleted = this.#deleteUntil(time)
      const isEmpty = this.#emptyLog()
      this.#setAlarm()
      if (isEmpty) return deleted
      throw new LedgerError(
        'ledger_locked',
        `the ledger ${this.path}: ${deleted} contents are deleted, but another process reads, so their bytes are still in ${this.path}-wal: purge again`,
      )
    })
  }

  close(): void {
    this.#alarm.stop()
    if (this.#database.isOpen) this.#guard(() => this.#database.close())
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** Waits for nobody: it runs in the middle of other work, and what it leaves is tried again later. */
  #purgeQuietly(): void {
    const waits = this.#waitsMs
    try {
      this.#waitAtMost(0)
      this.#deleteUntil(isoNow())
      if (this.#logHoldsDeleted) this.#emptyLog()
      this.#setAlarm()
    } catch {
      // The receipt that set it off is written; a ledger in trouble says so at the next put.
      this.#alarm.later()
    }
    this.#waitAtMost(waits)
  }

  #setAlarm(): void {
    const first = this.#prepare('SELECT min(until) AS until FROM contents').get() as { until: string | null }
    this.#alarm.set(first.until)
    if (this.#logHoldsDeleted) this.#alarm.later()
  }

  #deleteUntil(time: string): number {
    const { changes } = this.#prepare('DELETE FROM contents WHERE until <= ?').run(time)
    if (changes) this.#logHoldsDeleted = true
    return Number(changes)
  }

  /** Whether the log is empty now: everything is in the file itself. */
  #emptyLog(): boolean {
    const isEmpty = this.#prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()!.busy === 0
    if (isEmpty) this.#logHoldsDeleted = false
    return isEmpty
  }

  /** The number before the first receipt from that time on: later ones are beyond it, whenever their calls came in. */
  #before(since: string): number {
    const row = this.#prepare(
      `SELECT coalesce(min(seq) - 1, (SELECT coalesce(max(seq), 0) FROM receipts)) AS before
       FROM receipts WHERE at >= ?`,
    ).get(since) as { before: number }
    return row.before
  }

  /** The same of judgements that cost something. */
  #beforeAudit(since: string): number {
    const row = this.#prepare(
      `SELECT coalesce(min(number) - 1, (SELECT coalesce(max(number), 0) FROM judgements)) AS before
       FROM judgements WHERE cost > 0 AND at >= ?`,
    ).get(since) as { before: number }
    return row.before
  }

  #textOf(id: string): string | undefined {
    const row = this.#prepare('SELECT receipt FROM receipts WHERE id = ?').get(id)
    return (row as TextRow | undefined)?.receipt
  }

  #contentOf(id: string): KeptContent | undefined {
    const row = this.#prepare(
      `SELECT prompt, answer, until FROM contents JOIN receipts USING (seq) WHERE id = ?`,
    ).get(id) as KeptContent | undefined
    return row && { ...row }
  }

  #parse(text: string): Receipt {
    return this.#parsed(text, (json) => JSON.parse(json) as Receipt)
  }

  #parsed<T>(text: string, parse: (text: string) => T): T {
    try {
      return parse(text)
    } catch (cause) {
      throw new LedgerError(
        'ledger_corrupt',
        `the ledger ${this.path} holds a row that is no JSON: it was changed by hand or is damaged; move it away`,
        { cause },
      )
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  /**
   * A lock that outlasts one wait is not waited for again until a write has succeeded: this thread has other calls to serve.
   */
  #write(what: () => void): void {
    try {
      this.#guard(what)
      this.#waitAtMost(BUSY_MS)
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'ledger_locked') this.#waitAtMost(0)
      throw error
    }
  }

  #waitAtMost(ms: number): void {
    if (ms !== this.#waitsMs) this.#database.exec(`PRAGMA busy_timeout = ${ms}`)
    this.#waitsMs = ms
  }

  #guard<T>(what: () => T): T {
    return asLedgerErrors(this.path, what)
  }
}
