import { expect, test } from 'vitest'
import { breather } from './breathe.ts'

const busy = (ms: number) => {
  const until = performance.now() + ms
  while (performance.now() < until);
}

test('after 10 ms of work the host gets its turn, before that it does not', async () => {
  let turns = 0
  const count = () => {
    turns++
    setImmediate(count)
  }
  const breathe = breather()
  setImmediate(count)
  await breathe()
  expect(turns).toBe(0)
  busy(15)
  await breathe()
  expect(turns).toBeGreaterThan(0)
})

test('an aborted signal throws its reason, at once and during work', async () => {
  const reason = new Error('enough')
  expect(() => breather(AbortSignal.abort(reason))).toThrow(reason)
  const controller = new AbortController()
  const breathe = breather(controller.signal)
  setImmediate(() => controller.abort(reason))
  await expect(
    (async () => {
      for (let i = 0; i < 100; i++) {
        busy(5)
        await breathe()
      }
    })(),
  ).rejects.toBe(reason)
})
