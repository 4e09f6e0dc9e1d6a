import { expect, test } from 'vitest'
import { PurgeAlarm } from './purge-alarm.ts'
import { heldTimers } from './testing/held-timers.ts'
import { movedClock } from './testing/moved-clock.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString()

test('a time beyond what timers can wait rings when the clock is there, not before', () => {
  using timers = heldTimers()
  let rings = 0
  const alarm = new PurgeAlarm(() => rings++)
  alarm.set(inMs(60 * DAY_MS))
  for (const [days, expected] of [
    [0, 0],
    // More than 2 ** 31 ms: a timer of Node or a browser that is asked to wait longer rings at once.
    [25, 0],
    [59, 0],
    [60.001, 1],
  ] as const) {
    using _ = movedClock(days * DAY_MS)
    expect(timers.waits().every((ms) => ms <= MINUTE_MS)).toBe(true)
    timers.ring()
    expect(rings, `after ${days} days`).toBe(expected)
  }
  expect(timers.waits()).toEqual([])
})

test('the earlier of two times counts; it waits no longer than is left', () => {
  using timers = heldTimers()
  const alarm = new PurgeAlarm(() => {})
  alarm.noLaterThan(inMs(500))
  alarm.noLaterThan(inMs(DAY_MS))
  expect(timers.waits()).toHaveLength(1)
  expect(timers.waits()[0]).toBeLessThanOrEqual(500)
  alarm.set(inMs(DAY_MS))
  expect(timers.waits()).toEqual([MINUTE_MS])
  alarm.stop()
  alarm.set(inMs(0))
  expect(timers.waits()).toEqual([])
})

test('it keeps no process alive', () => {
  const waiting = (): number => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length
  const before = waiting()
  const alarm = new PurgeAlarm(() => {})
  alarm.set(inMs(DAY_MS))
  expect(waiting()).toBe(before)
  alarm.stop()
})
