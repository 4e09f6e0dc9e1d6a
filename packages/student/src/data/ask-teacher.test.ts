/** The budget holds whatever happens: failures, kills, several calls at a time, and answers that cost other than expected. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AnswerLine, AskedLine, FailedLine } from './answer.ts'
import { readAnswers } from './answer.ts'
import { type AskOptions, askTeacher, type Teacher } from './ask-teacher.ts'

const header = {
  format: 'edgewise.answers/1',
  task: 't',
  teacher: 'echo',
  instructions: null,
  terms: { allowed: 'allowed', note: '', at: null },
}
const prompts = Array.from({ length: 12 }, (_, i) => ({ id: String(i), text: `text ${i}` }))

type Line = AskedLine | FailedLine | AnswerLine

function fileOf() {
  const lines: Line[] = []
  return {
    lines,
    read: () => readAnswers([header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''), 'f'),
  }
}

const optionsOf = (
  { lines, read }: ReturnType<typeof fileOf>,
  changes: Partial<AskOptions> = {},
): AskOptions => {
  const { answers, spentUsd, nextCall } = read()
  return {
    budgetUsd: 1,
    samples: 1,
    atOnce: 1,
    kept: answers,
    spentUsd,
    nextCall,
    write: (line) => void lines.push(line),
    names: null,
    labels: null,
    ...changes,
  }
}

const echo = (costUsd: () => number, fails: () => boolean = () => false): Teacher => ({
  name: 'echo',
  mostUsd: () => 0.1,
  ask: async (text) => {
    await Promise.resolve()
    if (fails()) throw Object.assign(new Error('no'), { code: 'cloud_failed' })
    return { answer: text, costUsd: costUsd(), inputTokens: 1, outputTokens: 1 }
  },
})

test('what failed calls may have cost is told beside what all calls did', async () => {
  const file = fileOf()
  let calls = 0
  const teacher = echo(
    () => 0.03,
    () => calls++ === 2,
  )
  await askTeacher(prompts.slice(0, 5), teacher, optionsOf(file))
  const { answers, spentUsd, failedUsd } = file.read()
  expect(answers).toHaveLength(4)
  expect(spentUsd).toBeCloseTo(4 * 0.03 + 0.1, 12)
  expect(failedUsd).toBeCloseTo(0.1, 12)
})

test('what is paid never passes the budget, across runs, failures and lanes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 100 }), { minLength: 40, maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 2 }),
      async (dice, atOnce, samples) => {
        const file = fileOf()
        let [paid, drawn] = [0, 0]
        const next = (): number => dice[drawn++ % dice.length]!
        const teacher = echo(
          () => {
            const cost = next() / 1000
            paid += cost
            return cost
          },
          () => {
            const fails = next() < 30
            // A failed call may have been paid, too: nobody knows.
            if (fails) paid += 0.1
            return fails
          },
        )
        for (let run = 0; run < 3; run++)
          await askTeacher(prompts, teacher, optionsOf(file, { atOnce, samples })).catch((error) =>
            expect(['budget_spent', 'cloud_failed']).toContain(error.code),
          )
        expect(paid).toBeLessThanOrEqual(1 + 1e-9)
        expect(file.read().spentUsd).toBeCloseTo(paid, 9)
        const answers = file.read().answers.map(({ id, sample }) => `${id} ${sample}`)
        expect(new Set(answers).size).toBe(answers.length)
      },
    ),
    { seed: 8, numRuns: 60 },
  )
})

test('a run goes on where another stopped, and asks for nothing twice', async () => {
  const file = fileOf()
  await askTeacher(
    prompts.slice(0, 5),
    echo(() => 0.01),
    optionsOf(file),
  )
  const second = await askTeacher(
    prompts,
    echo(() => 0.01),
    optionsOf(file),
  )
  expect(second.answered).toBe(7)
  expect(file.read().answers).toHaveLength(12)
  expect(second.spentUsd).toBeCloseTo(0.12, 12)
})

test('the budget is checked before the call; what was answered is kept', async () => {
  const file = fileOf()
  const asking = askTeacher(
    prompts,
    echo(() => 0.1),
    optionsOf(file, { budgetUsd: 0.35 }),
  )
  await expect(asking).rejects.toMatchObject({
    code: 'budget_spent',
    message: expect.stringContaining('0.35'),
  })
  expect(file.read().answers).toHaveLength(3)
  const free: Teacher = { ...echo(() => 0), mostUsd: () => null }
  await expect(askTeacher(prompts, free, optionsOf(fileOf()))).rejects.toThrow(/not known/)
  const done = await askTeacher(prompts, free, optionsOf(fileOf(), { budgetUsd: null }))
  expect(done.answered).toBe(12)
})

test('identifiers are written down as placeholders', async () => {
  const file = fileOf()
  const [prompt] = [{ id: '1', text: 'mail anna@example.com' }]
  await askTeacher(
    [prompt!],
    echo(() => 0),
    optionsOf(file),
  )
  expect(file.read().answers[0]).toMatchObject({
    text: 'mail [EMAIL_ADDRESS_1]',
    answer: 'mail [EMAIL_ADDRESS_1]',
  })
})

test('a label is never taken for a name', async () => {
  const file = fileOf()
  const everything = {
    id: 'n',
    recall: null,
    find: async (text: string) => [{ type: 'PERSON', start: 0, end: text.length }],
  }
  const teacher: Teacher = {
    ...echo(() => 0),
    ask: async (text) => ({ answer: text, costUsd: 0, inputTokens: 1, outputTokens: 1 }),
  }
  const asked = [
    { id: '1', text: 'Arrival' },
    { id: '2', text: 'Anna' },
  ]
  await askTeacher(asked, teacher, optionsOf(file, { names: everything, labels: ['arrival', 'rate'] }))
  expect(file.read().answers.map(({ answer }) => answer)).toEqual(['Arrival', '[PERSON_1]'])
})

test('five failures in a row end the run, an abort ends it at once', async () => {
  let calls = 0
  const down = echo(
    () => 0,
    () => ++calls > 0,
  )
  await expect(askTeacher(prompts, down, optionsOf(fileOf(), { budgetUsd: 100 }))).rejects.toThrow('no')
  expect(calls).toBe(5)
  const signal = AbortSignal.abort(new Error('stop'))
  await expect(askTeacher(prompts, down, optionsOf(fileOf(), { signal }))).rejects.toThrow('stop')
  expect(calls).toBe(5)
})

test('what a teacher says of money or counts breaks neither the budget nor the file', async () => {
  for (const costUsd of [Number.NaN, -5, Number.POSITIVE_INFINITY]) {
    const file = fileOf()
    const teacher: Teacher = {
      ...echo(() => 0),
      ask: async (text) => ({ answer: text, costUsd, inputTokens: -1, outputTokens: 0.5 }),
    }
    const asking = askTeacher(prompts, teacher, optionsOf(file, { budgetUsd: 0.35 }))
    await expect(asking).rejects.toMatchObject({ code: 'budget_spent' })
    expect(file.read().answers).toHaveLength(3)
    expect(file.read().answers[0]).toMatchObject({ costUsd: null, inputTokens: null, outputTokens: null })
    expect(file.read().spentUsd).toBeCloseTo(0.3, 12)
  }
  for (const budgetUsd of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
    const asking = askTeacher(
      prompts,
      echo(() => 0),
      optionsOf(fileOf(), { budgetUsd }),
    )
    await expect(asking).rejects.toThrow(/budget is/)
  }
  const unknown: Teacher = { ...echo(() => 0), mostUsd: () => Number.NaN }
  await expect(askTeacher(prompts, unknown, optionsOf(fileOf()))).rejects.toThrow(/not known/)
})

test('a text whose names cannot be looked for is left out, with what it cost, and the others go on', async () => {
  const file = fileOf()
  const names = {
    id: 'n',
    recall: null,
    find: async (text: string) => (text === 'text 3' ? Promise.reject(new Error('broken')) : []),
  }
  const done = await askTeacher(
    prompts,
    echo(() => 0.01),
    optionsOf(file, { names }),
  )
  expect(done).toMatchObject({ answered: 11, failed: [{ id: '3', code: 'failed' }] })
  expect(file.read().answers.map(({ text }) => text)).not.toContain('text 3')
  expect(file.read().spentUsd).toBeCloseTo(0.12, 12)
})

test('prompts with the ids of other texts are refused with their rows: their answers would be lost', async () => {
  const file = fileOf()
  const first = [
    { id: '1', row: 1, text: 'mail anna@example.com' },
    { id: '2', row: 2, text: 'b' },
  ]
  await askTeacher(
    first,
    echo(() => 0),
    optionsOf(file),
  )
  const moved = [
    { id: '1', row: 1, text: 'new' },
    ...first.map((one, i) => ({ ...one, id: `${i + 2}`, row: i + 2 })),
  ]
  const asking = askTeacher(
    moved,
    echo(() => 0),
    optionsOf(file),
  )
  await expect(asking).rejects.toMatchObject({
    code: 'examples_invalid',
    issues: [expect.stringContaining('row 1: '), expect.stringContaining('row 2: ')],
  })
  const same = await askTeacher(
    first,
    echo(() => 0),
    optionsOf(file),
  )
  expect(same.answered).toBe(0)
})
