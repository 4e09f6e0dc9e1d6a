import { describe, expect, test } from 'vitest'
import type { GradedAnswer } from './answer.ts'
import type { Example } from './example.ts'
import { exactMatch } from './graders/exact.ts'
import { labelsOf, oneOfLabels } from './graders/labels.ts'
import { tokenF1 } from './graders/overlap.ts'
import { type Candidate, measureQuality, type Progress } from './measure.ts'
import { qualityTrace } from './quality-trace.ts'
import { example, testModel } from './testing/models.ts'

const examples = Array.from({ length: 40 }, (_, i) => example(`e${i}`, `number ${i}`, i % 2 ? 'odd' : 'even'))
const parity = (text: string): string => (Number(text.split(' ')[1]) % 2 ? 'odd' : 'even')
const grader = oneOfLabels(labelsOf(examples))
/** Wrong where `wrong` says so. */
const model = (wrong: (n: number) => boolean, id?: string) =>
  testModel((text) => (wrong(Number(text.split(' ')[1])) ? 'neither' : parity(text)), {}, id)

describe('candidates over examples', () => {
  test('are graded with exact intervals and compared with the cloud', async () => {
    const [small, cloud] = await measureQuality(
      examples,
      [
        { who: 'small', model: model((n) => n < 8, 'small-1b') },
        { who: 'cloud', model: model((n) => n === 0, 'gpt-test') },
      ],
      grader,
    )
    expect(small).toMatchObject({
      who: 'small',
      model: 'small-1b',
      right: 32,
      of: 40,
      notes: { 'none of the labels': 8 },
    })
    expect(small!.low).toBeCloseTo(0.6435, 3)
    expect(small!.high).toBeCloseTo(0.9095, 3)
    expect(small!.difference!.value).toBeCloseTo(-7 / 40, 9)
    expect(small!.difference!.high).toBeLessThan(0.01)
    expect(small!.kept!.value).toBeCloseTo(32 / 39, 9)
    expect(cloud).toMatchObject({ who: 'cloud', right: 39, difference: null, kept: null, costUsd: null })
  })

  test('of scores: their sum, and an interval that holds for them', async () => {
    const [small] = await measureQuality(
      [example('a', 'q', 'one two'), example('b', 'q2', 'one two')],
      [{ who: 'small', model: testModel(() => 'one') }],
      tokenF1(),
    )
    expect(small!.right).toBeCloseTo(4 / 3, 9)
    expect(small!.low).toBeLessThan(0.5)
    expect(small!.high).toBeGreaterThan(0.8)
  })

  test('get the instructions of the grader where an example has none of its own', async () => {
    const asked = testModel(() => 'odd')
    const own: Example = {
      ...examples[0]!,
      id: 'own',
      input: [
        { role: 'system', content: 'Mine.' },
        { role: 'user', content: 'number 1' },
      ],
    }
    const settings = { maxOutputTokens: 5 }
    await measureQuality([examples[0]!, own], [{ who: 'a', model: asked }], grader, {
      task: 'parity',
      settings,
    })
    await measureQuality([examples[0]!], [{ who: 'a', model: asked }], grader, { instructions: null })
    const [first, second, third] = asked.calls
    expect(first).toMatchObject({
      maxOutputTokens: 5,
      providerOptions: { edgewise: { task: 'parity' } },
      prompt: [{ role: 'system', content: grader.instructions }, { role: 'user' }],
    })
    expect(second!.prompt.map(({ content }) => content)[0]).toBe('Mine.')
    expect(third!.prompt).toHaveLength(1)
  })

  test('are asked one call at a time, or as many as they take', async () => {
    const [one, four] = [testModel(parity), testModel(parity)]
    const progress: Progress[] = []
    const onProgress = (seen: Progress): void => void progress.push(seen)
    const candidates: Candidate[] = [
      { who: 'one', model: one },
      { who: 'four', model: four, atOnce: 4 },
    ]
    const measured = await measureQuality(examples, candidates, grader, { onProgress })
    expect([one.atOnce, four.atOnce]).toEqual([1, 4])
    expect(measured[1]!.answers.map(({ id }) => id)).toEqual(examples.map(({ id }) => id))
    expect(progress.at(-1)).toEqual({ who: 'four', done: 40, of: 40 })
  })

  test('have names of their own, and examples that can be graded', async () => {
    const twice = [
      { who: 'a', model: testModel(parity) },
      { who: 'a', model: testModel(parity) },
    ]
    await expect(measureQuality(examples, twice, grader)).rejects.toThrow(/two candidates are called "a"/)
    await expect(measureQuality([example('x', 'q', 'prime')], twice.slice(1), grader)).rejects.toMatchObject({
      code: 'examples_invalid',
      issues: ['example "x", expected: is none of the labels'],
    })
  })
})

describe('a run that stops', () => {
  test('goes on from the answers that were kept', async () => {
    const kept: GradedAnswer[] = []
    const stop = new AbortController()
    const onAnswer = (answer: GradedAnswer): void => {
      kept.push(answer)
      if (kept.length === 15) stop.abort(new Error('interrupted'))
    }
    const candidate = (asked: ReturnType<typeof testModel>): Candidate[] => [{ who: 'small', model: asked }]
    await expect(
      measureQuality(examples, candidate(testModel(parity)), grader, { onAnswer, signal: stop.signal }),
    ).rejects.toThrow('interrupted')
    expect(kept).toHaveLength(15)

    const again = testModel(parity)
    const fresh: GradedAnswer[] = []
    const [small] = await measureQuality(examples, candidate(again), grader, {
      kept: JSON.parse(JSON.stringify(kept)),
      onAnswer: (answer) => void fresh.push(answer),
    })
    expect([again.calls.length, fresh.length, small!.right]).toEqual([25, 25, 40])

    const all = [...kept, ...fresh]
    const regraded = testModel(parity)
    const [words] = await measureQuality(examples, candidate(regraded), exactMatch(), {
      kept: all,
      instructions: grader.instructions,
    })
    expect([regraded.calls.length, words!.right]).toEqual([0, 40])
    const another = testModel(parity, {}, 'another-model')
    await measureQuality(examples, candidate(another), grader, { kept: all })
    expect(another.calls).toHaveLength(40)
  })
})

describe('calls that fail', () => {
  const failing = (fails: (n: number) => boolean, code: string) =>
    testModel((text) => {
      if (fails(Number(text.split(' ')[1]))) throw Object.assign(new Error(code), { code })
      return parity(text)
    })

  test('are wrong where the example does not fit the model', async () => {
    const [small] = await measureQuality(
      examples,
      [{ who: 'small', model: failing((n) => n < 10, 'context_length_exceeded') }],
      grader,
    )
    expect(small).toMatchObject({ right: 30, of: 40, failed: 10, notes: { 'no answer': 10 } })
  })

  test('say nothing where the connection failed; the fifth in a row ends the run', async () => {
    const kept: GradedAnswer[] = []
    const [cloud] = await measureQuality(
      examples,
      [{ who: 'cloud', model: failing((n) => n % 5 === 0, 'cloud_failed') }],
      grader,
      { onAnswer: (answer) => void kept.push(answer) },
    )
    expect(cloud).toMatchObject({ right: 32, of: 32, failed: 8 })
    const mended = testModel(parity)
    await measureQuality(examples, [{ who: 'cloud', model: mended }], grader, { kept })
    expect(mended.calls).toHaveLength(8)
    const gone = failing((n) => n >= 7, 'server_unreachable')
    await expect(measureQuality(examples, [{ who: 'cloud', model: gone }], grader)).rejects.toThrow(
      'server_unreachable',
    )
    expect(gone.calls).toHaveLength(12)
  })
})

describe('the linear classifier', () => {
  const labelled = Array.from({ length: 60 }, (_, i) =>
    example(`e${i}`, i % 2 ? `play song ${i}` : `card balance ${i}`, i % 2 ? 'Music' : 'money'),
  )
  test('is a candidate beside the others, with a signal, and kept as they are', async () => {
    const kept: GradedAnswer[] = []
    const labels = oneOfLabels(labelsOf(labelled))
    const candidates: Candidate[] = [{ who: 'linear', model: 'linear' }]
    const [linear] = await measureQuality(labelled, candidates, labels, {
      onAnswer: (answer) => void kept.push(answer),
    })
    expect(linear).toMatchObject({ who: 'linear', model: 'linear', right: 60, of: 60 })
    const [again] = await measureQuality(labelled, candidates, labels, {
      kept,
      onAnswer: () => expect.unreachable('it was kept'),
    })
    expect(again!.answers).toEqual(kept)
  })

  test('is refused where there is no label to learn', async () => {
    for (const [wrong, why] of [
      [labelled.map((one) => ({ ...one, expected: { a: 1 } })), /not always a text/],
      [labelled.map((one) => ({ ...one, expected: one.id })), /60 different answers to 60 examples/],
      [labelled.map((one) => ({ ...one, expected: 'x' })), /always the same/],
      [labelled.map((one) => ({ ...one, input: 'x' })), /all ask the same/],
    ] as const)
      await expect(measureQuality(wrong, [{ who: 'linear', model: 'linear' }], exactMatch())).rejects.toThrow(
        why,
      )
  })
})

describe('the trace of a run', () => {
  const told = {
    providerMetadata: {
      edgewise: {
        place: 'cloud',
        costUsd: 0.25,
        meanLogprob: -0.5,
        signals: [
          { name: 'margin', value: 2, threshold: null, pass: null },
          { name: 'length', value: 9, threshold: null, pass: null, early: true },
        ],
        setup: { quantisation: 'Q8_0', template: 'abc' },
      },
    },
  }

  test('has what models and receipts say, and neither question nor answer', async () => {
    const measured = await measureQuality(
      examples.slice(0, 2),
      [{ who: 'small', model: testModel(parity, told, 'small-1b') }],
      grader,
    )
    const [item, ...more] = qualityTrace(measured, 'parity')
    expect(more).toHaveLength(1)
    expect(item).toMatchObject({
      id: 'e0',
      task: 'parity',
      prompt: null,
      models: {
        'small-1b': {
          score: 1,
          signals: { meanLogprob: -0.5, margin: 2 },
          inputTokens: 7,
          outputTokens: 2,
          costUsd: 0.25,
          quantisation: 'Q8_0',
          template: 'abc',
        },
      },
    })
    expect(measured[0]).toMatchObject({ quantisation: 'Q8_0', costUsd: 0.5 })
  })

  test('names two candidates of one model by what they are called', async () => {
    const candidates = ['a', 'b'].map((who) => ({ who, model: testModel(parity) }))
    const measured = await measureQuality(examples.slice(0, 1), candidates, grader)
    expect(Object.keys(qualityTrace(measured, 't')[0]!.models)).toEqual(['a', 'b'])
  })
})
