import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Breaker } from './breaker.ts'

function broken(): { breaker: Breaker; later(ms: number): void } {
  let now = 0
  const breaker = new Breaker(() => now)
  for (let times = 0; times < 5; times++) breaker.enter()!.failed()
  return { breaker, later: (ms) => void (now += ms) }
}

describe('the breaker', () => {
  test('opens after five failures in a row, not after five with a success between', () => {
    const { breaker } = broken()
    expect(breaker.enter()).toBeNull()
    const other = new Breaker(() => 0)
    for (let times = 0; times < 20; times++) {
      const passage = other.enter()!
      if (times % 5 === 4) passage.succeeded()
      else passage.failed()
    }
    expect(other.enter()).not.toBeNull()
  })

  test('after the pause one call tries; the others are refused at once until it knows', () => {
    const { breaker, later } = broken()
    later(1_999)
    expect(breaker.enter()).toBeNull()
    later(1)
    const probe = breaker.enter()!
    expect(breaker.enter()).toBeNull()
    probe.succeeded()
    expect(breaker.enter()).not.toBeNull()
  })

  test('each try that fails doubles the pause, up to a minute', () => {
    const { breaker, later } = broken()
    const pauses: number[] = []
    for (let times = 0; times < 7; times++) {
      let waited = 0
      let probe = breaker.enter()
      for (; probe === null; probe = breaker.enter()) {
        later(500)
        waited += 500
      }
      pauses.push(waited)
      probe.failed()
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
  })

  test('a try that tells nothing lets the next one try, and closes nothing', () => {
    const { breaker, later } = broken()
    later(2_000)
    breaker.enter()!.toldNothing()
    const probe = breaker.enter()!
    expect(breaker.enter()).toBeNull()
    probe.failed()
    later(3_999)
    expect(breaker.enter()).toBeNull()
  })

  test('never lets two tries through while it is open, whatever happens', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('enter', 'ok', 'fail', 'nothing', 'wait'), { maxLength: 80 }),
        (steps) => {
          const { breaker, later } = broken()
          let probe = null as ReturnType<Breaker['enter']>
          let isOpen = true
          for (const step of steps) {
            if (step === 'wait') later(1_500)
            else if (step === 'enter') {
              const passage = breaker.enter()
              if (isOpen && probe !== null) expect(passage).toBeNull()
              else probe = passage ?? probe
            } else if (probe !== null) {
              if (step === 'ok') {
                probe.succeeded()
                isOpen = false
              } else if (step === 'fail') probe.failed()
              else probe.toldNothing()
              probe = null
              if (!isOpen) return
            }
          }
        },
      ),
      { seed: 4 },
    )
  })
})
