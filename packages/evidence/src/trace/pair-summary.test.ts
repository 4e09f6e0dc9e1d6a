/** Of small traces that can be counted by hand; of the public sets in packages/traces (anchors.test.ts). */
import { expect, test } from 'vitest'
import { NOTHING_KNOWN, type Outcome, type TraceItem } from './item.ts'
import { pairSummary } from './pair-summary.ts'

const outcome = (score: number | null, signals: Record<string, number> = {}): Outcome => ({
  ...NOTHING_KNOWN,
  score,
  signals,
})

const item = (id: string, models: Record<string, Outcome>): TraceItem => ({
  id,
  task: 'qa',
  at: null,
  prompt: null,
  promptDigest: null,
  models,
})

const pair = { device: 'small', cloud: 'large' }

test('right and wrong, with a signal', () => {
  const items = [
    item('a', { small: outcome(1, { meanLogprob: -0.1 }), large: outcome(1) }),
    item('b', { small: outcome(1, { meanLogprob: -0.5 }), large: outcome(0) }),
    item('c', { small: outcome(0, { meanLogprob: -0.3 }), large: outcome(1) }),
    item('d', { small: outcome(0, { meanLogprob: -2 }), large: outcome(0) }),
  ]
  // Of the four pairs of a right and a wrong answer three are in order.
  expect(pairSummary(items, pair)).toEqual({
    n: 4,
    weak: 0.5,
    strong: 0.5,
    either: 0.75,
    oracleEscalation: 0.25,
    auroc: 0.75,
  })
  expect(pairSummary(items, pair, 'margin').auroc).toBeNull()
})

test('scores between: means, and the better one of both', () => {
  const items = [
    item('a', { small: outcome(0.5, { meanLogprob: -1 }), large: outcome(0.75) }),
    item('b', { small: outcome(0.25, { meanLogprob: -1 }), large: outcome(0.25) }),
  ]
  expect(pairSummary(items, pair)).toEqual({
    n: 2,
    weak: 0.375,
    strong: 0.5,
    either: 0.5,
    oracleEscalation: 0.5,
    auroc: 0.5,
  })
})

test('items without both judged answers do not count; of none, nothing is said', () => {
  const items = [
    item('a', { small: outcome(1) }),
    item('b', { small: outcome(1), large: outcome(null) }),
    item('c', { large: outcome(1) }),
  ]
  const nothing = { n: 0, weak: null, strong: null, either: null, oracleEscalation: null, auroc: null }
  expect(pairSummary(items, pair)).toEqual(nothing)
  expect(pairSummary([...items, item('d', { small: outcome(0), large: outcome(1) })], pair)).toMatchObject({
    n: 1,
    oracleEscalation: 1,
    auroc: null,
  })
})
