/** Each set's files, made up in their form: what becomes an item, and what is refused. The real ones are in anchors.test.ts. */
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { NOTHING_KNOWN } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { openTrace } from '../open-trace.ts'
import { outcome, testFiles } from '../testing/files.ts'

const { score: _, ...unknown } = NOTHING_KNOWN

const cascades = {
  outcomes: `idx,chain,model,correct,conf_logprob,cost_usd,latency_ms,tok_in,tok_out,answer
0,llama,small,1,-0.5,1e-05,120.5,77,2,"an answer, with ""quotes""
and two lines"
1,llama,small,0,-inf,2e-05,110.0,78,4,
0,oai,large,1,-0.0,0.002,300.0,70,3,x
1,oai,large,1,,,,,,y
`,
  prompts: `{"idx": 0, "system": "Be brief.", "user": "Who?"}\n{"idx": 1, "system": "Be brief.", "user": "What?"}\n`,
}

test('zellinger-cascades: task and split by the name, a signal where it is a number, prompts beside it', async () => {
  using files = testFiles()
  const path = files.write('trivia_test.outcomes.csv.gz', gzipSync(cascades.outcomes))
  const bare = await outcome(openTrace(path))
  expect(bare.items).toEqual([
    {
      id: 'test-0',
      task: 'trivia',
      at: null,
      prompt: null,
      promptDigest: null,
      models: {
        small: {
          ...unknown,
          score: 1,
          signals: { meanLogprob: -0.5 },
          inputTokens: 77,
          outputTokens: 2,
          costUsd: 1e-5,
          latencyMs: 120.5,
        },
        large: {
          ...unknown,
          score: 1,
          signals: { meanLogprob: -0 },
          inputTokens: 70,
          outputTokens: 3,
          costUsd: 0.002,
          latencyMs: 300,
        },
      },
    },
    expect.objectContaining({
      id: 'test-1',
      models: {
        small: { ...unknown, score: 0, inputTokens: 78, outputTokens: 4, costUsd: 2e-5, latencyMs: 110 },
        large: { ...unknown, score: 1 },
      },
    }),
  ])
  files.write('trivia_test.prompts.jsonl.gz', gzipSync(cascades.prompts))
  for (const source of [path, files.folder]) {
    const { items } = await outcome(openTrace(source))
    expect(items.map(({ prompt }) => prompt)).toEqual(['Who?', 'What?'])
    expect(items[0]!.models.small!.template).toMatch(/^[0-9a-f]{64}$/)
    expect(items[0]!.models.small!.template).toBe(items[1]!.models.large!.template)
  }
})

test('zellinger-cascades: under another name it is one task without a split', async () => {
  using files = testFiles()
  const { items } = await outcome(openTrace(files.write('mine.csv', cascades.outcomes)))
  expect(items.map(({ id, task }) => [task, id])).toEqual([
    ['mine', '0'],
    ['mine', '1'],
  ])
})

test('routellm: every row, contaminated or not', async () => {
  using files = testFiles()
  files.write('LICENSE', 'Apache License')
  files.write(
    'contaminated.jsonl',
    '{"train_prompt":"One","eval_prompt":"One?","train_idx":4,"eval_idx":0}\n',
  )
  files.write(
    'responses.csv',
    'prompt,org/small,gpt-4,org/small_response,gpt-4_response\n"One?",True,False,"1\n1",\nTwo?,False,True,a,b\n',
  )
  const { items } = await outcome(openTrace(files.folder))
  expect(items.map(({ id, task, prompt }) => [task, id, prompt])).toEqual([
    ['gsm8k', '0', 'One?'],
    ['gsm8k', '1', 'Two?'],
  ])
  expect(items[0]!.models).toEqual({
    'org/small': { ...unknown, score: 1 },
    'gpt-4': { ...unknown, score: 0 },
  })
})

test('bfcl: seconds become milliseconds, no tokens are unknown tokens', async () => {
  using files = testFiles()
  const path = files.write(
    'outcomes.csv',
    'category,id,model,correct,latency_s,tok_in,tok_out\nsimple,0,a,1,0.81,0,0\nrelevance,0,a,0,,,\nsimple,0,b,0,2,327,25\n',
  )
  files.write('questions.jsonl', '{"category":"simple","id":0,"question":"Which tool?"}\n')
  const { items } = await outcome(openTrace(path))
  expect(items).toEqual([
    {
      id: 'simple-0',
      task: 'bfcl',
      at: null,
      prompt: 'Which tool?',
      promptDigest: null,
      models: {
        a: { ...unknown, score: 1, latencyMs: 810 },
        b: { ...unknown, score: 0, latencyMs: 2000, inputTokens: 327, outputTokens: 25 },
      },
    },
    expect.objectContaining({ id: 'relevance-0', prompt: null, models: { a: { ...unknown, score: 0 } } }),
  ])
  expect((await outcome(openTrace(files.folder))).items).toEqual(items)
})

const arena = (id: string, model: string, score: unknown): string =>
  `${JSON.stringify({
    global_index: id,
    question: `${id}?`,
    llm_selected: model,
    generated_answer: 'so',
    token_usage: { input_tokens: 12, output_tokens: 3, total_tokens: 15 },
    success: true,
    evaluation_result: { score, metric: 'm', inference_cost: 2e-4 },
  })}\n`

test('routerarena: the files of a folder are models of the same items', async () => {
  using files = testFiles()
  const path = files.write('a.jsonl', arena('X_1', 'a', 1) + arena('X_2', 'a', -0.03))
  files.write('b.jsonl.gz', gzipSync(arena('X_2', 'b', 0.25) + arena('X_1', 'b', 0)))
  const { items } = await outcome(openTrace(files.folder))
  const known = { ...unknown, inputTokens: 12, outputTokens: 3, costUsd: 2e-4 }
  expect(items).toEqual([
    {
      id: 'X_1',
      task: 'routerarena',
      at: null,
      prompt: 'X_1?',
      promptDigest: null,
      models: { a: { ...known, score: 1 }, b: { ...known, score: 0 } },
    },
    expect.objectContaining({
      id: 'X_2',
      models: { a: { ...known, score: 0 }, b: { ...known, score: 0.25 } },
    }),
  ])
  expect((await outcome(openTrace(path))).items.map(({ models }) => Object.keys(models))).toEqual([
    ['a'],
    ['a'],
  ])
})

test('banking77: right is the gold label; the row of sums is no item, and must be right', async () => {
  using files = testFiles()
  const rows = 'user_query,gold,a,b\n"My card, please",card,card,card\nLost it,lost,card,lost\n'
  const { items } = await outcome(openTrace(files.write('preds.csv', `${rows},,1,2\n`)))
  expect(items.map(({ id, prompt, models }) => [id, prompt, models.a!.score, models.b!.score])).toEqual([
    ['0', 'My card, please', 1, 1],
    ['1', 'Lost it', 0, 1],
  ])
  expect(await outcome(openTrace(files.write('cut.csv', `${rows},,7,2\n`)))).toMatchObject({
    code: 'trace_bad_line',
    message: expect.stringMatching(/cut\.csv, line 4, a: is not how often it is right/),
  })
})

test('a row that does not fit names its place and not what it says', async () => {
  using files = testFiles()
  const [header, ...rows] = cascades.outcomes.split('\n')
  const cases: [string, string, RegExp][] = [
    ['2,llama,small,yes,-0.5,1e-05,1,1,1,secret', 'trace_bad_line', /line 2, correct: must be 1 or 0/],
    [
      '2,llama,small,1,secret,1e-05,1,1,1,a',
      'trace_bad_line',
      /line 2, conf_logprob: must be a finite number:/,
    ],
    [
      '2,llama,small,1,-1,-1e-05,1,1,1,a',
      'trace_bad_line',
      /line 2, cost_usd: must be a finite number from 0/,
    ],
    ['2,llama,small,1,-1,NaN,1,1,1,a', 'trace_bad_line', /line 2, cost_usd: /],
    ['2,llama,small,1,-1,1e-05,1,1.5,1,a', 'trace_bad_line', /line 2, tok_in: must be a whole number/],
    ['2,llama,small,1,-1,1e-05,1', 'trace_bad_line', /line 2: is no row of the table \(CSV_/],
    [
      '2,llama,small,1,-1,1e-05,1,1,1,"secret',
      'trace_bad_line',
      /is no row of the table \(CSV_QUOTE_NOT_CLOSED\)/,
    ],
    [`${rows[1]!}"\n0,oai,small,1,-1,0,1,1,1,secret`, 'trace_bad_line', /line 2/],
    ['2,a,m,1,-1,0,1,1,1,x\n2,b,m,1,-1,0,1,1,1,secret', 'trace_duplicate', /line 3: has an item and a model/],
    ['', 'trace_empty', /is a file of zellinger-cascades without a row/],
  ]
  for (const [row, code, message] of cases) {
    const got = await outcome(openTrace(files.write('qa_test.outcomes.csv', `${header}\n${row}`)))
    expect(got, row).toMatchObject({ items: [], code, message: expect.stringMatching(message) })
    expect(got.message).not.toContain('secret')
  }
  const cut = gzipSync(cascades.outcomes).subarray(0, -12)
  expect(await outcome(openTrace(files.write('qa_test.outcomes.csv', cut)))).toMatchObject({
    items: [],
    code: 'trace_unreadable',
  })
  for (const line of ['{"global_index": "X_3", "question"', '7', '{"global_index":"X_3","llm_selected":"a"}'])
    expect(
      await outcome(openTrace(files.write('a.jsonl', `${arena('X_1', 'a', 1)}${line}\n`))),
    ).toMatchObject({
      items: [],
      code: 'trace_bad_line',
      message: expect.stringContaining(`${join(files.folder, 'a.jsonl')}, line 2`),
    })
  expect(await outcome(openTrace(files.write('a.jsonl', arena('X_1', 'a', '1'))))).toMatchObject({
    items: [{}],
  })
})
