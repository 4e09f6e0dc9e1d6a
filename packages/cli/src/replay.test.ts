/** `edgewise replay` as a process: the table, the counts, who wins; a policy or a bar, a file or the ledger; errors that say what to do. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Curve, Replay } from '@edgewise/evidence'
import { openSqliteLedger } from '@edgewise/evidence/sqlite'
import { writeTrace } from '@edgewise/traces'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomTrace } from '../../evidence/src/testing/random-trace.ts'
import { receiptOf } from '../../evidence/src/testing/receipts.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'edgewise-cli-replay-'))
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(async () => {
  await writeTrace(join(folder, 'quiz.jsonl.gz'), randomTrace(400, 31, { holes: 0.02 }))
  const two = [...randomTrace(50, 4)].map(({ models: { medium: _, ...models }, ...item }) => ({
    ...item,
    models,
  }))
  await writeTrace(join(folder, 'two.jsonl'), two)
  writeFileSync(
    join(folder, 'policy.yaml'),
    'version: 1\ntasks:\n  quiz:\n    place: prefer-device\n    escalate: [{ signal: meanLogprob, threshold: -0.2 }]\n    cache: { ttlSeconds: 60 }\ndefault: { place: cloud-only }\n',
  )
})

async function run(...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=edgewise-source', main, 'replay', ...args], {
    env: { ...process.env, NO_COLOR: '1', EDGEWISE_LEDGER: join(folder, 'ledger.db') },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await exit, out, err }
}

const models = ['--device', 'small', '--cloud', 'large']

test('a policy: the table with the policy first, what is known under it, and who wins', async () => {
  const { code, out, err } = await run('quiz.jsonl.gz', '--policy', 'policy.yaml', ...models)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const lines = out.split('\n')
  expect(lines[0]).toBe('policy.yaml over 400 items: small on the device, large in the cloud')
  const names = lines.slice(3, 17).filter((_, i) => i % 2 === 0)
  expect(names.map((line) => line.split(/ {2,}/)[0])).toEqual([
    'policy.yaml',
    'always device',
    'always cloud',
    expect.stringMatching(/^best constant: /),
    'random mix',
    'meanLogprob >= -0.2',
    'oracle',
  ])
  expect(out).toContain('- tasks.quiz.cache: kept answers are not replayed: every call is run')
  expect(out).toMatch(/- \d+ calls without a signal that a bar needs, so the bar was missed: meanLogprob \d+/)
  expect(out).toMatch(/\n(The policy wins|The policy loses|No winner): .*\n$/)
})

test('a bar in place of a policy, as JSON, with a curve and a picture: the same figures', async () => {
  const whole = await run('quiz.jsonl.gz', '--policy', 'policy.yaml', ...models, '--json')
  const { code, out, err } = await run(
    ...['quiz.jsonl.gz', '--threshold', 'meanLogprob=-0.2', ...models, '--json'],
    ...['--curve', 'meanLogprob', '--svg', 'curve.svg'],
  )
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const { replay, curves } = JSON.parse(out) as { replay: Replay; curves: Curve[] }
  expect(replay.policy).toEqual({
    ...(JSON.parse(whole.out) as { replay: Replay }).replay.policy,
    name: 'meanLogprob >= -0.2',
  })
  expect(curves.map(({ signal }) => signal)).toEqual(['meanLogprob'])
  expect(curves[0]!.auroc!.value).toBeGreaterThan(0.5)
  const svg = readFileSync(join(folder, 'curve.svg'), 'utf8')
  expect(svg).toContain('<title>small with large</title>')
  expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([])
})

test('of two models the cheaper is the device; of more they are listed', async () => {
  const { out } = await run('two.jsonl', '--threshold', 'meanLogprob=-0.2')
  expect(out.split('\n')[0]).toBe(
    'meanLogprob >= -0.2 over 50 items: small on the device, large in the cloud',
  )
  const named = await run('two.jsonl', '--threshold', 'meanLogprob=-0.2', '--device', 'large')
  expect(named.out.split('\n')[0]).toContain('large on the device, small in the cloud')
  const { code, err } = await run('quiz.jsonl.gz', '--threshold', 'meanLogprob=-0.2')
  expect(code).toBe(1)
  expect(err).toMatch(/name the two models .*small \(\d+\).*medium \(\d+\).*\(replay_which_models\)/)
})

test('the ledger of this machine', async () => {
  const empty = await run('--threshold', 'meanLogprob=-0.2')
  expect(empty).toMatchObject({
    code: 1,
    err: expect.stringMatching(/has no answered calls.*\(trace_empty\)/),
  })
  const ledger = openSqliteLedger(join(folder, 'ledger.db'))
  const attempt = {
    model: 'tiny',
    outcome: 'rejected',
    code: null,
    note: '',
    startMs: 0,
    firstOutputMs: 1,
    ms: 20,
  } as const
  const counts = {
    tries: 1,
    inputTokens: 5,
    cachedTokens: 0,
    outputTokens: 5,
    costUsd: 0,
    estimated: false,
    bytesOut: 0,
  }
  for (const id of ['a', 'b']) {
    ledger.put(
      receiptOf({
        id,
        task: 'quiz',
        place: 'cloud',
        attempts: [
          { ...attempt, ...counts, place: 'device' },
          { ...attempt, ...counts, place: 'cloud', model: 'big', outcome: 'answered', ms: 80, costUsd: 0.01 },
        ],
        signals: [{ name: 'meanLogprob', value: id === 'a' ? -0.1 : -0.9, threshold: -0.05, pass: false }],
      }),
    )
    await ledger.judge({
      receiptId: id,
      at: '2026-08-05T00:00:00.000Z',
      by: 'exact',
      device: 1,
      cloud: 1,
      shadow: null,
    })
  }
  ledger.close()
  const { code, out } = await run('--policy', 'policy.yaml', '--json')
  const { replay } = JSON.parse(out) as { replay: Replay }
  expect(code).toBe(0)
  expect(replay.pair).toEqual({ device: 'tiny', cloud: 'big' })
  expect(replay.policy.answered.device!.value).toBe(0.5)
  expect(replay.policy.billCut!.value).toBeCloseTo(0.5, 12)
})

test.each<[string, string[], RegExp]>([
  ['neither policy nor bar', [], /name (what|one thing) to replay/],
  ['both', ['--policy', 'policy.yaml', '--threshold', 'a=1'], /name (what|one thing) to replay/],
  ['a bar that is none', ['--threshold', 'meanLogprob'], /It is a signal and a number/],
  [
    'a bar that no policy takes',
    ['--threshold', 'meanLogprob=1', ...models],
    /never above 0.*\(bad_policy\)/,
  ],
  ['a policy that is not there', ['--policy', 'none.yaml'], /none\.yaml cannot be read.*\(file_unreadable\)/],
  ['a rule that the policy lacks', ['--policy', 'policy.yaml', '--rule', 'x', ...models], /\(unknown_rule\)/],
  [
    'a model that is not there',
    ['--threshold', 'margin=1', '--device', 'x'],
    /no answer of x: name one of small/,
  ],
  ['a task that is not there', ['--threshold', 'margin=1', '--task', 'x'], /has no items of the task "x"/],
  [
    'a picture that cannot be written',
    ['--threshold', 'margin=1', ...models, '--svg', 'no/a.svg'],
    /\(file_unwritable\)/,
  ],
])('%s is refused', async (_, args, said) => {
  const { code, out, err } = await run('quiz.jsonl.gz', ...args)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(said)
})

test('a task that the policy lacks is an error, unless a rule is named for all', async () => {
  const other = 'version: 1\ntasks: { other: { place: device-only } }\ndefault: { place: device-only }\n'
  writeFileSync(join(folder, 'other.yaml'), other)
  const { code, err } = await run('quiz.jsonl.gz', '--policy', 'other.yaml', ...models)
  expect(code).toBe(1)
  expect(err).toMatch(
    /item "item-\d+" is of the task "quiz", which the policy lacks \(it has other\).*\(unknown_task\)/,
  )
  const forAll = await run('quiz.jsonl.gz', '--policy', 'other.yaml', '--rule', 'other', ...models)
  expect(forAll.code).toBe(0)
})
