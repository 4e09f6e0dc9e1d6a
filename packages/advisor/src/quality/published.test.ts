import { expect, test } from 'vitest'
import type { ModelShape } from '../facts/types.ts'
import { publishedQuality } from './published.ts'

const model = (id: string, scores: ModelShape['scores']): ModelShape =>
  ({
    id,
    name: id.toUpperCase(),
    scores,
    source: `card of ${id}`,
    asOf: '2026-08-05',
    basis: 'published',
  }) as ModelShape
const facts = { models: [model('a', { mmlu: 49.3, gsm8k: 44.4 }), model('b', { mmlu: 80 }), model('c', {})] }

test('scores of both by benchmark, null where none, with sources and a warning', () => {
  const published = publishedQuality('a', 'b', facts)
  expect(published.scores).toEqual([
    { benchmark: 'gsm8k', model: 44.4, cloud: null },
    { benchmark: 'mmlu', model: 49.3, cloud: 80 },
  ])
  expect(published.sources.map(({ source }) => source)).toEqual(['card of a', 'card of b'])
  expect(published.warning).toMatch(
    /say little of this task.*57 school and university subjects.*was not measured/,
  )
})

test('none published, or a cloud that the facts do not have', () => {
  expect(publishedQuality('c', 'gpt-x', facts)).toMatchObject({
    cloudModel: null,
    scores: [],
    warning: expect.stringContaining('No score of C was published'),
  })
  expect(() => publishedQuality('x', null, facts)).toThrow(/no model "x": name one of a, b, c/)
})
