/** `edgewise trace` as a process: files and the ledger to a trace or a table, and nothing left behind when it goes wrong. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { openSqliteLedger } from '@edgewise/evidence/sqlite'
import { afterAll, expect, test } from 'vitest'
import { receiptOf } from '../../evidence/src/testing/receipts.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'edgewise-cli-trace-'))
afterAll(() => rmSync(folder, { recursive: true }))

function start(ledger: string, args: readonly string[]) {
  return spawn(process.execPath, ['--conditions=edgewise-source', main, 'trace', ...args], {
    env: { ...process.env, NO_COLOR: '1', EDGEWISE_LEDGER: join(folder, ledger) },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function run(ledger: string, ...args: string[]) {
  const child = start(ledger, args)
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await exit, out, err }
}
const cells = (table: string): string[] =>
  table
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ {2,}/g, '|'))

const set = `idx,chain,model,correct,conf_logprob,cost_usd,latency_ms,tok_in,tok_out,answer
0,a,small,1,-0.1,1e-05,1,1,1,x
1,a,small,0,-0.9,1e-05,1,1,1,x
2,a,small,1,-0.5,1e-05,1,1,1,x
0,b,large,1,-0.1,0.002,1,1,1,x
1,b,large,1,-0.1,0.002,1,1,1,x
2,b,large,0,-0.1,0.002,1,1,1,x
`
writeFileSync(join(folder, 'qa_test.outcomes.csv'), set)

test('a set becomes a trace, and that says the same of a pair', async () => {
  const written = await run('none.db', 'qa_test.outcomes.csv', '--out', 'qa.jsonl.gz')
  expect(written).toMatchObject({ code: 0, out: '3 items are in qa.jsonl.gz\n', err: '' })
  const lines = gunzipSync(readFileSync(join(folder, 'qa.jsonl.gz')))
    .toString()
    .trimEnd()
    .split('\n')
  expect(JSON.parse(lines[1]!)).toEqual({
    id: 'test-1',
    task: 'qa',
    models: {
      small: {
        correct: false,
        signals: { meanLogprob: -0.9 },
        inputTokens: 1,
        outputTokens: 1,
        costUsd: 1e-5,
        latencyMs: 1,
      },
      large: {
        correct: true,
        signals: { meanLogprob: -0.1 },
        inputTokens: 1,
        outputTokens: 1,
        costUsd: 0.002,
        latencyMs: 1,
      },
    },
  })
  for (const source of ['qa_test.outcomes.csv', 'qa.jsonl.gz']) {
    const table = await run('none.db', source, '--device', 'small', '--cloud', 'large')
    expect(cells(table.out)).toEqual([
      'task|judged|device|cloud|either|oracle goes up|AUROC',
      'qa|3|0.667|0.667|1.000|0.333|1.000',
    ])
    const json = await run('none.db', source, '--summary', '--device', 'small', '--cloud', 'large', '--json')
    expect(JSON.parse(json.out)).toEqual({
      items: 3,
      device: 'small',
      cloud: 'large',
      pairs: [{ task: 'qa', n: 3, weak: 2 / 3, strong: 2 / 3, either: 1, oracleEscalation: 1 / 3, auroc: 1 }],
    })
    expect(json.err).toBe('')
  }
})

test('without a pair: its models; a task alone; names that a terminal would obey are told without', async () => {
  const trace = [
    '{"id":"a","task":"qa","models":{"m\\u001b[31m":{"score":0.5},"n":{}}}',
    '{"id":"b","task":"qa","models":{"n":{"correct":true}}}',
    '{"id":"a","task":"other","models":{"n":{"correct":false}}}',
  ]
  writeFileSync(join(folder, 'mine'), trace.join('\n'))
  const { out } = await run('none.db', 'mine')
  expect(cells(out)).toEqual([
    'task|model|answers|judged|accuracy',
    'qa|m?[31m|1|1|0.500',
    'qa|n|2|1|1.000',
    'other|n|1|1|0.000',
  ])
  const other = await run('none.db', 'mine', '--task', 'other', '--json', '--out', 'other.jsonl', '--summary')
  expect(JSON.parse(other.out)).toEqual({
    items: 1,
    out: 'other.jsonl',
    models: [{ task: 'other', model: 'n', answers: 1, n: 1, accuracy: 0 }],
  })
  expect(readFileSync(join(folder, 'other.jsonl'), 'utf8')).toBe(`${trace[2]!}\n`)
})

test('the example of docs/traces.md prints what stands there', async () => {
  const page = readFileSync(new URL('../../../docs/traces.md', import.meta.url), 'utf8')
  const [, lines] = /```jsonl\n([\s\S]*?)```/.exec(page)!
  const [, args, printed] = /\$ edgewise trace (qa\.jsonl .*)\n([\s\S]*?)```/.exec(page)!
  writeFileSync(join(folder, 'qa.jsonl'), lines!)
  expect((await run('none.db', ...args!.split(' '))).out).toBe(printed)
})

test('the ledger of this machine, with what was judged', async () => {
  {
    using ledger = openSqliteLedger(join(folder, 'ledger.db'))
    for (const id of ['a', 'b', 'c']) ledger.put(receiptOf({ id, rehearsal: id === 'c' }))
    const at = '2026-08-05T11:00:00.000Z'
    ledger.judge({ receiptId: 'a', at, by: 'user', device: 1, cloud: null, shadow: null })
    ledger.judge({ receiptId: 'b', at, by: 'exact', device: 0, cloud: 1, shadow: null })
  }
  const models = async (...args: string[]) => {
    const { out, code } = await run('ledger.db', '--json', ...args)
    expect(code).toBe(0)
    return JSON.parse(out)
  }
  const { items, models: all } = await models()
  expect(items).toBe(2)
  expect(all).toContainEqual({ task: 'intent', model: receiptOf().model, answers: 2, n: 2, accuracy: 0.5 })
  expect((await models('--by', 'user')).models).toContainEqual(expect.objectContaining({ n: 1, accuracy: 1 }))
  expect((await models('--rehearsal')).items).toBe(1)
  const out = join(folder, 'ledger.jsonl')
  expect((await run('ledger.db', '--out', out)).out).toBe(`2 items are in ${out}\n`)
  const [line] = readFileSync(out, 'utf8').split('\n')
  expect(JSON.parse(line!)).toMatchObject({ id: 'a', task: 'intent', at: receiptOf().at })
  expect((await models(out)).models).toEqual(all)
})

test('what goes wrong is told with its code, and leaves what was there', async () => {
  const before = readdirSync(folder)
  const fails = async (code: string, ...args: string[]) => {
    const { out, err, ...got } = await run('none.db', ...args)
    expect(got.code, err).toBe(1)
    expect(out).toBe('')
    expect(err).toContain(code)
    return err
  }
  await fails('(trace_not_found)', 'nowhere.jsonl')
  await fails('(trace_empty)')
  expect(existsSync(join(folder, 'none.db'))).toBe(false)
  await fails('(trace_empty)', 'qa_test.outcomes.csv', '--task', 'other', '--out', 'x.jsonl')
  const pair = ['qa_test.outcomes.csv', '--device', 'smal', '--cloud', 'large', '--out', 'x.jsonl']
  expect(await fails('(trace_unknown_model)', ...pair)).toContain(
    'no answer of smal: name one of small, large',
  )
  await fails('--device and --cloud go together', 'qa_test.outcomes.csv', '--device', 'small')
  await fails('--since is for the ledger', 'qa_test.outcomes.csv', '--since', '2026-08-05')
  await fails('(trace_unwritable)', 'qa_test.outcomes.csv', '--out', join('none', 'x.jsonl'))
  expect(readdirSync(folder)).toEqual(before)
  writeFileSync(
    join(folder, 'bad.jsonl'),
    '{"id":"a","task":"qa","models":{}}\n{"id":"b","task":"qa","modles":{}}\n',
  )
  expect(await fails('(trace_bad_line)', 'bad.jsonl', '--out', 'x.jsonl')).toMatch(
    /bad\.jsonl, line 2, models: must be/,
  )
  expect(existsSync(join(folder, 'x.jsonl'))).toBe(false)
})

test('an interruption leaves no half file', async () => {
  const line = (i: number): string => `{"id":"${i}","task":"qa","models":{"m":{"correct":true}}}`
  writeFileSync(join(folder, 'long.jsonl'), Array.from({ length: 400_000 }, (_, i) => line(i)).join('\n'))
  const child = start('none.db', ['long.jsonl', '--out', 'long.out.jsonl'])
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const said = text(child.stderr)
  while (!readdirSync(folder).some((name) => name.endsWith('.part')))
    await new Promise((go) => setTimeout(go, 5))
  child.kill('SIGINT')
  expect(await exit).toBe(130)
  expect(await said).toContain('stopped: nothing was written')
  expect(readdirSync(folder).filter((name) => name.includes('long.out'))).toEqual([])
})
