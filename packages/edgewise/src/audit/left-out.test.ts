/** Audits that come to nothing hold no device: one too many, one that is stopped while it runs or waits. */
import { expect, test } from 'vitest'
import { Budgets } from '../cloud/budget.ts'
import { type Audit, Audits } from './audits.ts'

test('what still works on the answer of a device ends with its audit', async () => {
  const audits = new Audits({
    ledger: null,
    budgets: new Budgets(null, Date.now),
    agree: undefined,
    now: Date.now,
    onJudged: () => {},
  })
  const left = new Set<number>()
  for (let index = 0; index < 70; index++)
    audits.add({
      receipt: { id: `rcp_${index}`, task: 'job', place: 'cloud' } as Audit['receipt'],
      call: { prompt: [] },
      // Still being made, for ever.
      device: new Promise(() => {}),
      cloud: { text: 'x', toolCalls: [] },
      asking: {
        problem: () => null,
        budget: { perDayUsd: null, estimateUsd: null },
        ask: () => Promise.reject(new Error('nobody asks')),
      },
      leave: () => left.add(index),
    })
  expect([...left]).toEqual([68, 69])
  expect(audits.status).toMatchObject({ running: 4, waiting: 64, skipped: 2 })
  audits.stop()
  await audits.idle()
  expect(left.size).toBe(70)
  expect(audits.status).toMatchObject({ running: 0, waiting: 0, skipped: 70 })
})
