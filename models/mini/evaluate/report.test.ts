import { expect, test } from 'vitest'
import { report } from './report.ts'

const model = { file: 'x.gguf', parameters: 2_164_416, backend: 'plain TypeScript' }
const json = {
  items: 10,
  intentAccuracy: 0.9,
  exact: 0.5,
  slots: { precision: 0.8, recall: 0.7, f1: 0.75 },
  slotsWanted: 20,
  seconds: 1,
}

test('the table says for each measure who is ahead, the linear model too', () => {
  const text = report({ model, json }, { json: { intent_accuracy: 0.95, exact: 0.4, slot_f1: 0.75 } })
  expect(text).toContain('2.16 million parameters')
  expect(text).toContain('| json: intent accuracy (10) | 90.0 % | 95.0 % | **linear** |')
  expect(text).toContain('| json: whole answer right | 50.0 % | 40.0 % | mini |')
  expect(text).toContain('| json: slot F1 (20 slots) | 0.750 | 0.750 | equal |')
})

test('without a baseline the columns stay empty', () => {
  expect(report({ model, json })).toContain('| json: whole answer right | 50.0 % |  |  |')
})
