import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkAnswer } from './check.ts'

const logprob = fc.double({ max: 0, noNaN: true })

test('an answer passes exactly when its signal reaches the bar', () => {
  fc.assert(
    fc.property(logprob, fc.double({ max: 0, noNaN: true, noDefaultInfinity: true }), (value, bar) => {
      expect(checkAnswer(value, bar).pass).toBe(value >= bar)
    }),
    { seed: 4, numRuns: 500 },
  )
})

test('no signal is no evidence', () => {
  for (const missing of [null, Number.NaN]) {
    expect(checkAnswer(missing, -100)).toMatchObject({ pass: false, signal: null })
    expect(checkAnswer(missing, null)).toMatchObject({ pass: true, signal: null })
  }
})

test('without a bar the signal is recorded, not judged', () => {
  expect(checkAnswer(-9, null)).toEqual({
    pass: true,
    signal: { name: 'meanLogprob', value: -9, threshold: null },
    note: 'mean logprob -9.00',
  })
  expect(checkAnswer(-0.1234, -0.5).note).toBe('mean logprob -0.12, the bar is -0.50')
})

test('a signal survives JSON, an impossible answer too', () => {
  const { signal, pass } = checkAnswer(Number.NEGATIVE_INFINITY, -5)
  expect(pass).toBe(false)
  expect(JSON.parse(JSON.stringify(signal))).toEqual(signal)
})
