import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { within } from './within.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const never = new Promise<never>(() => {})
const late = () => new Error('late')

test('the work, its error, the time and the signal: whichever is first, and no timer stays', async () => {
  const { signal } = new AbortController()
  // A timer that stays would ask for its error.
  const late = vi.fn(() => new Error('late'))
  expect(await within(Promise.resolve(1), signal, { ms: 5, late })).toBe(1)
  await expect(within(Promise.reject(new Error('own')), signal, { ms: 5, late })).rejects.toThrow('own')
  await vi.advanceTimersByTimeAsync(10)
  expect(late).not.toHaveBeenCalled()

  const waiting = expect(within(never, signal, { ms: 5, late })).rejects.toThrow('late')
  await vi.advanceTimersByTimeAsync(5)
  await waiting

  const stop = new AbortController()
  const stopped = expect(within(never, stop.signal, { ms: 5, late })).rejects.toBe('enough')
  stop.abort('enough')
  await stopped
  await expect(within(never, stop.signal, null)).rejects.toBe('enough')
  await vi.advanceTimersByTimeAsync(10)
  expect(late).toHaveBeenCalledTimes(1)
})

test('no listener stays at the signal, and work that fails too late is not an unhandled rejection', async () => {
  const { signal } = new AbortController()
  let listeners = 0
  const spy = {
    get aborted() {
      return signal.aborted
    },
    addEventListener: () => listeners++,
    removeEventListener: () => listeners--,
  } as unknown as AbortSignal
  await within(Promise.resolve(), spy, null)
  expect(listeners).toBe(0)

  const { promise, reject } = Promise.withResolvers<never>()
  const waiting = expect(within(promise, signal, { ms: 1, late })).rejects.toThrow('late')
  await vi.advanceTimersByTimeAsync(1)
  await waiting
  reject(new Error('nobody listens'))
  await vi.advanceTimersByTimeAsync(1)
})
