import { expect, test } from 'vitest'
import { turns } from './turns.ts'

const busy = (ms: number) => {
  const until = performance.now() + ms
  while (performance.now() < until);
}

test('after 10 ms of work the host gets its turn, before that it does not', async () => {
  let events = 0
  const count = () => {
    events++
    setImmediate(count)
  }
  const turn = turns()
  setImmediate(count)
  await turn()
  expect(events).toBe(0)
  busy(15)
  await turn()
  expect(events).toBeGreaterThan(0)
})

test('an aborted signal throws its reason, at once and during work', async () => {
  const reason = new Error('enough')
  expect(() => turns(AbortSignal.abort(reason))).toThrow(reason)
  const controller = new AbortController()
  const turn = turns(controller.signal)
  setImmediate(() => controller.abort(reason))
  await expect(
    (async () => {
      for (let i = 0; i < 100; i++) {
        busy(5)
        await turn()
      }
    })(),
  ).rejects.toBe(reason)
})
