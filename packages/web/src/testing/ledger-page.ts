/**
 * What the tests of the browser's ledger run in Chromium, in a page and in a worker: the suite of all stores over it, and the
 * ledger itself for what only a browser can do to it.
 */
import { openIndexedDbLedger } from '@edgewise/evidence/indexed-db'
import { seededRandom } from '../../../engine/src/generate/random.ts'
import { rowOf } from '../../../evidence/src/row.ts'
import { allOf, ledgerSuite } from '../../../evidence/src/testing/ledger-suite.ts'
import { judgementOf, randomReceipt, receiptOf } from '../../../evidence/src/testing/receipts.ts'
import { runSuite, type SuiteReport } from './suite-runner.ts'

let stores = 0
ledgerSuite(
  'IndexedDB',
  () => {
    const name = `suite-${stores++}`
    return () => openIndexedDbLedger(name)
  },
  true,
)

const codeOf = async (what: Promise<unknown>): Promise<unknown> =>
  what.then(
    () => null,
    (error) => error.code ?? String(error),
  )

const tools = {
  runLedgerSuite: (): Promise<SuiteReport> => runSuite(),

  /** Writes until the page is gone; each id is told after its put has resolved. Content comes and goes meanwhile. */
  async writeForEver(name: string, seed: number, tell: (id: string) => void): Promise<void> {
    const ledger = await openIndexedDbLedger()
    const random = seededRandom(seed)
    for (let i = 0; ; i++) {
      const receipt = randomReceipt(`${name}-${i}`, random)
      await ledger.put(receipt)
      tell(receipt.id)
      if (i % 5 === 0) {
        const until = new Date(Date.now() + 60_000).toISOString()
        await ledger.keepContent(receipt.id, { prompt: 'p'.repeat(5000), answer: 'a' }, until)
      }
    }
  },

  /** The ids of all receipts whose number `seed` and name say what they are; throws for one that is not as it was made. */
  async readAll(seeds: Readonly<Record<string, number>>): Promise<string[]> {
    const ledger = await openIndexedDbLedger()
    const makers = new Map<string, () => string>()
    for (const [name, seed] of Object.entries(seeds)) {
      const random = seededRandom(seed)
      let i = 0
      makers.set(name, () => JSON.stringify(randomReceipt(`${name}-${i++}`, random)))
    }
    const found = await allOf(ledger)
    for (const receipt of found) {
      const [name] = receipt.id.split('-')
      if (JSON.stringify(receipt) !== makers.get(name!)!()) throw new Error(`${receipt.id} is not as it was`)
    }
    ledger.close()
    return found.map(({ id }) => id)
  },

  /** Puts 100 kB a receipt until it is refused: how many were acknowledged, the code, how many are there. */
  async fill(name: string): Promise<{ acknowledged: number; code: unknown; there: number }> {
    const ledger = await openIndexedDbLedger(name)
    for (let i = 0; ; i++) {
      const code = await codeOf(ledger.put(receiptOf({ id: `r${i}`, why: 'w'.repeat(100_000) })))
      if (code !== null) return { acknowledged: i, code, there: (await allOf(ledger)).length }
    }
  },

  async openNewer(): Promise<unknown> {
    await made('newer', 99, () => {})
    return codeOf(openIndexedDbLedger('newer'))
  },

  /** A ledger in use, when another tab wants it for a later version, and when its database is of something else. */
  async openOther(): Promise<unknown[]> {
    const ledger = await openIndexedDbLedger('shared')
    await ledger.put(receiptOf())
    await new Promise<void>((resolve) => {
      indexedDB.deleteDatabase('shared').onsuccess = () => resolve()
    })
    const afterwards = await codeOf(ledger.put(receiptOf()))
    const codes: unknown[] = []
    for (const version of [1, 2]) {
      const name = `foreign-${version}`
      const stores = await made(name, version, (database) => database.createObjectStore('bookmarks'))
      codes.push(await codeOf(openIndexedDbLedger(name).then((foreign) => foreign.put(receiptOf()))))
      if ((await made(name, undefined, () => {})) !== stores) codes.push(`${name} was changed`)
    }
    return [afterwards, ...codes]
  },

  /** A ledger of version 1, opened by this one: its receipt, and what was judged of it now. */
  async openOlder(): Promise<unknown[]> {
    await made('older', 1, (database) => {
      const receipts = database.createObjectStore('receipts', { autoIncrement: true })
      receipts.createIndex('id', 'id', { unique: true })
      receipts.createIndex('at', 'at')
      receipts.add(rowOf(receiptOf({ id: 'old' })))
      database.createObjectStore('contents').createIndex('until', 'until')
    })
    const ledger = await openIndexedDbLedger('older')
    await ledger.judge(judgementOf({ receiptId: 'old' }))
    return [(await ledger.get('old'))?.id, (await ledger.judgements('old')).length]
  },
}

/** A database of that version, filled when it is new, and closed. Its version and stores, as text. */
function made(
  name: string,
  version: number | undefined,
  fill: (database: IDBDatabase) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version)
    request.onupgradeneeded = () => fill(request.result)
    request.onerror = () => reject(request.error)
    request.onsuccess = () => {
      const { objectStoreNames, version } = request.result
      request.result.close()
      resolve(`${version} ${[...objectStoreNames].join(' ')}`)
    }
  })
}

Object.assign(globalThis, tools)
if (typeof document === 'undefined') {
  addEventListener('message', async () => postMessage(await tools.runLedgerSuite()))
}
