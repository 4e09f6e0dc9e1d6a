/**
 * The ledger keeps receipts, what was judged of them later, and for a while the contents that their users agreed to. Append-only: a
 * receipt or a judgement that was written never changes. Stores are a folder each (`memory/`, `sqlite/`, `indexed-db/`), held to this contract by one suite
 * (`testing/ledger-suite.ts`). They may be asynchronous; what they throw is a LedgerError. That a ledger in trouble never
 * fails the call a receipt belongs to, its caller sees to.
 */
import type { Judgement } from './judgement.ts'
import type { Place, Receipt } from './receipt.ts'

/** Which receipts; all that is given must hold. Times are ISO 8601: from `since` on, and before `until`. */
export interface ReceiptFilter {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly task?: string | undefined
  /** As on the receipt: the digest, not the name. */
  readonly user?: string | undefined
  readonly place?: Place | undefined
}

/** Whose money. */
export interface SpentBy {
  readonly task?: string | undefined
  /** As on the receipt: the digest, not the name. */
  readonly user?: string | undefined
  /** The money of rehearsals, instead of money that was paid. */
  readonly rehearsal?: boolean | undefined
  /** The money of the calls that judgements made (`shadow`), by the time of the judgement, instead of the calls' own. */
  readonly audits?: boolean | undefined
}

/** What a call said, as its task's policy left it: redacted, and only of users who agreed. */
export interface Content {
  readonly prompt: string
  readonly answer: string
}

export interface KeptContent extends Content {
  /** ISO 8601; from then on it is returned to nobody. */
  readonly until: string
}

export interface Ledger {
  /**
   * When it returns (resolves), the receipt outlives the process; in memory alone it does not. The same receipt a second time
   * changes nothing. Throws `receipt_exists` for another one of the same id.
   */
  put(receipt: Receipt): void | Promise<void>
  get(id: string): Receipt | undefined | Promise<Receipt | undefined>
  /** The newest first, at most `limit`, by the order they were written in. */
  recent(limit: number): readonly Receipt[] | Promise<readonly Receipt[]>
  /** Receipts in the order they were written in, in constant memory, however many there are; for `for await`. */
  all(filter?: ReceiptFilter): Iterable<Receipt> | AsyncIterable<Receipt>
  /**
   * US dollars on the receipts of calls that came in at `since` (ISO 8601) or later. A cost nobody knows (`costUsd` null) adds
   * nothing: a budget can only be held where the policy names the cloud's price. What judgements cost (`audits`) is another sum,
   * with a budget of its own, and no part of this one.
   */
  spentUsd(since: string, by?: SpentBy): number | Promise<number>
  /**
   * Appends what was judged of a call. The same judgement again changes nothing; another one stands beside those before it. Throws
   * `receipt_unknown` without its receipt, `ledger_bad_judgement` for a score outside 0 to 1, `ledger_bad_time`.
   */
  judge(judgement: Judgement): void | Promise<void>
  /** Of that receipt, in the order they were written in, their times in UTC to the millisecond; none for one that is not there. */
  judgements(receiptId: string): readonly Judgement[] | Promise<readonly Judgement[]>
  /**
   * Keeps what a call said, until `until` (ISO 8601). The caller has the user's consent and has redacted it. Nothing is written
   * when that time is past. Throws `receipt_unknown` without its receipt, `content_exists` when other content is there.
   */
  keepContent(receiptId: string, content: Content, until: string): void | Promise<void>
  /** undefined when none was kept, and from its `until` on, purged or not. */
  content(receiptId: string): KeptContent | undefined | Promise<KeptContent | undefined>
  /**
   * Removes contents whose time is up at `now` (ISO 8601, default: the clock); returns how many. Stores do so by themselves: when
   * they are opened, when the time of the first content is up, and, for contents that others have kept in the same store, every
   * `PURGE_EVERY` receipts.
   */
  purge(now?: string): number | Promise<number>
  /** After it, everything throws `ledger_closed`; a second close does nothing. */
  close(): void | Promise<void>
}

/** Receipts between two purges that a store makes by itself. */
export const PURGE_EVERY = 256

/** What `purge` is told to remove all contents, whatever their time. */
export const END_OF_TIME = '9999-12-31T23:59:59.999Z'
