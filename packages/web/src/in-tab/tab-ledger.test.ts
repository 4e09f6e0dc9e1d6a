import { type Ledger, LedgerError, memoryLedger } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { receiptOf } from '../../../evidence/src/testing/receipts.ts'
import { tabLedger } from './tab-ledger.ts'

test('receipts are kept and read; the ledger is opened once', async () => {
  const ledger = memoryLedger()
  let opened = 0
  const kept = tabLedger(async () => {
    opened++
    return ledger
  })
  expect(await kept.recent(5)).toEqual([])
  await kept.keep(receiptOf({ id: 'a' }))
  expect(await kept.recent(5)).toEqual([receiptOf({ id: 'a' })])
  expect(opened).toBe(1)
  expect(kept.notKept()).toBeNull()
})

test('a browser that keeps nothing breaks nothing, and is asked again', async () => {
  let works = false
  const full = (): never => {
    throw new LedgerError('ledger_full', 'this site has used up its storage')
  }
  const ledger: Ledger = { ...memoryLedger(), put: full, recent: full }
  const kept = tabLedger(async () => (works ? memoryLedger() : ledger))
  expect(await kept.recent(5)).toEqual([])
  await kept.keep(receiptOf())
  expect(kept.notKept()).toBe('this site has used up its storage')
  works = true
  await kept.keep(receiptOf())
  expect(kept.notKept()).toBeNull()
  expect(await kept.recent(5)).toEqual([receiptOf()])
})
