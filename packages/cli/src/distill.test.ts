/** `edgewise distill` as a process, with a rehearsal as the teacher: collected under a budget, trained, reported, registered, asked. */
import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { openSqliteLedger } from '@edgewise/evidence/sqlite'
import { startRehearsal } from '@edgewise/rehearsal'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { receiptOf } from '../../evidence/src/testing/receipts.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'edgewise-cli-distill-'))
const inFolder = (name: string): string => join(folder, name)

const teacher = await startRehearsal({
  firstTokenMs: 1,
  script: {
    version: 1,
    rules: [{ when: { contains: 'card' }, answer: 'Arrival.' }, { answer: 'money' }],
  },
})
afterAll(async () => {
  await teacher.close()
  rmSync(folder, { recursive: true })
})

const openings = {
  arrival: [
    'where is my card',
    'has my card come',
    'no card yet',
    'when does the card arrive',
    'track the card',
  ],
  money: [
    'what is the rate',
    'euro to dollars',
    'how do you convert money',
    'exchange of pounds',
    'currency price',
  ],
}
const tails = [
  'please',
  'today',
  'now',
  'for me',
  'again',
  'this week',
  'thanks',
  'if possible',
  'quickly',
  'soon',
]
const rows = Object.entries(openings).flatMap(([expected, texts]) =>
  texts.flatMap((opening) =>
    tails.map((tail, i) => ({ input: `${opening} ${tail}`, expected, isGold: i % 2 === 1 })),
  ),
)
const lines = (list: readonly object[]): string => list.map((one) => `${JSON.stringify(one)}\n`).join('')

beforeAll(() => {
  const policy = {
    version: 1,
    cloud: {
      baseURL: teacher.baseURL,
      model: 'cloud-rehearsal',
      rehearsal: true,
      price: { inputPerMTok: 1, outputPerMTok: 4 },
    },
    tasks: { banking: { place: 'prefer-device' }, private: { place: 'device-only' } },
    default: { place: 'device-only' },
  }
  writeFileSync(inFolder('edgewise.policy.json'), JSON.stringify(policy))
  writeFileSync(
    inFolder('prompts.jsonl'),
    lines(rows.filter(({ isGold }) => !isGold).map(({ input }) => ({ input }))),
  )
  const gold = rows.filter(({ isGold }) => isGold).map(({ input, expected }) => ({ input, expected }))
  writeFileSync(inFolder('gold.jsonl'), lines(gold))
  writeFileSync(inFolder('labels.txt'), 'arrival\nmoney\n')
})

async function run(...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=edgewise-source', main, ...args], {
    env: { ...process.env, NO_COLOR: '1', EDGEWISE_LEDGER: inFolder('ledger.db') },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { out, err, code }
}
const collect = (...args: string[]) =>
  run(
    'distill',
    'collect',
    ...args,
    '--task',
    'banking',
    '--labels',
    'labels.txt',
    '--max-tokens',
    '8',
    '--json',
  )
const allowed = ['--teacher-terms', 'allowed', '--terms-note', 'a rehearsal is ours']

describe('collect', () => {
  test('needs a budget, and asks nothing that the policy keeps here', { timeout: 60_000 }, async () => {
    expect(await collect('prompts.jsonl')).toMatchObject({
      code: 1,
      err: expect.stringContaining('--budget-usd'),
    })
    const kept = await run('distill', 'collect', 'prompts.jsonl', '--task', 'private', '--budget-usd', '1')
    expect(kept).toMatchObject({ code: 1, err: expect.stringContaining('(evaluate_private)') })
    const ledger = await collect()
    expect(ledger).toMatchObject({ code: 1, err: expect.stringContaining('"store"') })
    expect(teacher.requests).toHaveLength(0)
    expect(existsSync(inFolder('answers.jsonl'))).toBe(false)
  })

  test('a call that came to nothing is told by the exit code; a note to no terms is refused', {
    timeout: 60_000,
  }, async () => {
    const cloud = {
      baseURL: 'http://127.0.0.1:9/v1',
      model: 'gone',
      retries: 0,
      price: { inputPerMTok: 1, outputPerMTok: 4 },
    }
    const tasks = { banking: { place: 'prefer-device' } }
    const policy = { version: 1, cloud, tasks, default: { place: 'device-only' } }
    writeFileSync(inFolder('gone.policy.json'), JSON.stringify(policy))
    writeFileSync(inFolder('one.jsonl'), lines([{ input: 'where is it' }]))
    const under = ['--policy', 'gone.policy.json', '--out', 'gone.jsonl', '--budget-usd', '1']
    const { code, out } = await collect('one.jsonl', ...under)
    expect([code, JSON.parse(out)]).toMatchObject([2, { answers: 0, failed: 1 }])
    expect(await collect('one.jsonl', ...under, '--terms-note', 'page 3')).toMatchObject({
      code: 1,
      err: expect.stringContaining('--teacher-terms'),
    })
  })

  test('stops before a call that could pass the budget, and goes on with a larger one', {
    timeout: 60_000,
  }, async () => {
    const first = await collect('prompts.jsonl', '--budget-usd', '0.003', '--at-once', '1', ...allowed)
    expect(first).toMatchObject({ code: 1, err: expect.stringContaining('(budget_spent)') })
    const asked = teacher.requests.length
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThan(50)
    const second = await collect('prompts.jsonl', '--budget-usd', '1')
    expect(JSON.parse(second.out)).toMatchObject({
      answers: 50,
      added: 50 - asked,
      terms: { allowed: 'allowed' },
    })
    expect(teacher.requests).toHaveLength(50)
    expect(statSync(inFolder('answers.jsonl')).mode & 0o077).toBe(0)
    const gold = await collect('gold.jsonl', '--budget-usd', '1', '--out', 'gold-answers.jsonl')
    expect(JSON.parse(gold.out)).toMatchObject({ answers: 50, terms: { allowed: 'unknown' } })
  })
})

test('of the ledger: what users agreed to, and nothing else', { timeout: 60_000 }, async () => {
  const policy = {
    version: 1,
    cloud: { baseURL: teacher.baseURL, model: 'cloud', price: { inputPerMTok: 1, outputPerMTok: 4 } },
    tasks: {
      agreed: { place: 'cloud-only', store: { consented: true, days: 1 } },
      other: { place: 'cloud-only' },
    },
    default: { place: 'device-only' },
  }
  writeFileSync(inFolder('ledger.policy.json'), JSON.stringify(policy))
  const under = ['--policy', 'ledger.policy.json', '--json']
  const asked = JSON.stringify([{ role: 'user', content: [{ type: 'text', text: 'for anna@example.com' }] }])
  using ledger = openSqliteLedger(inFolder('ledger.db'))
  for (const id of ['agreed', 'not agreed'])
    ledger.put(receiptOf({ id, task: 'agreed', place: 'cloud', model: 'cloud' }))
  ledger.put(receiptOf({ id: 'failed', task: 'agreed', place: 'cloud', model: null, error: 'cloud_failed' }))
  ledger.keepContent('agreed', { prompt: asked, answer: 'money' }, '2999-01-01T00:00:00.000Z')
  const from = (task: string) => run('distill', 'collect', '--task', task, '--out', 'kept.jsonl', ...under)
  expect(await from('other')).toMatchObject({ code: 1, err: expect.stringContaining('(evaluate_private)') })
  const { out } = await from('agreed')
  expect(JSON.parse(out)).toMatchObject({
    teacher: 'cloud',
    answers: 1,
    added: 1,
    terms: { allowed: 'unknown' },
  })
  expect(JSON.parse((await from('agreed')).out)).toMatchObject({ answers: 1, added: 0 })
  const [, line] = readFileSync(inFolder('kept.jsonl'), 'utf8').split('\n')
  expect(JSON.parse(line!)).toMatchObject({
    text: expect.stringContaining('[EMAIL_ADDRESS_1]'),
    answer: 'money',
  })
  const trained = await run('distill', 'run', 'kept.jsonl', '--test', 'gold.jsonl', '--json')
  expect(trained).toMatchObject({ code: 1, err: expect.stringContaining('(teacher_terms_unknown)') })
})

describe('run', () => {
  const distill = (...args: string[]) =>
    run(
      ...[
        'distill',
        'run',
        'answers.jsonl',
        '--test',
        'gold.jsonl',
        '--layers',
        '1',
        '--batch-tokens',
        '128',
      ],
      ...args,
    )

  test("the teacher's answers to other items, or no schema, are refused", { timeout: 30_000 }, async () => {
    const moved = lines(
      rows
        .filter(({ isGold }) => isGold)
        .reverse()
        .map(({ input, expected }) => ({ input, expected })),
    )
    writeFileSync(inFolder('moved.jsonl'), moved)
    const given = ['distill', 'run', 'answers.jsonl', '--test', 'moved.jsonl', '--json']
    expect(await run(...given, '--test-answers', 'gold-answers.jsonl')).toMatchObject({
      code: 1,
      err: expect.stringContaining("row 1: the teacher's answer with this id is to another text"),
    })
    expect(await run(...given, '--schema', 'labels.txt')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no JSON Schema'),
    })
  })

  test('a leak between seeds and test is refused with its rows', async () => {
    const result = await distill('--seeds', 'gold.jsonl')
    expect(result).toMatchObject({
      code: 1,
      err: expect.stringContaining('row 1: the text of row 1 of the test set'),
    })
  })

  test('report, student, linear head, certificate and policy; then what was registered answers', {
    timeout: 90_000,
  }, async () => {
    const options = [
      '--test-answers',
      'gold-answers.jsonl',
      '--epochs',
      '4',
      '--rate',
      '0.002',
      '--near',
      '0.95',
      '--threads',
      '1',
    ]
    mkdirSync(inFolder('students/banking/checkpoints/of another trainer'), { recursive: true })
    const { out, err, code } = await distill(
      ...options,
      '--yes',
      '--margin',
      '0.2',
      '--harm',
      '0.2',
      '--json',
    )
    const { report, files, registered } = JSON.parse(out)
    expect(err).toBe('')
    expect(report.rows.map(({ who }: { who: string }) => who)).toEqual([
      'teacher',
      'student',
      'twin',
      'linear',
      'majority',
    ])
    expect(report.teacher).toMatchObject({
      name: 'cloud-rehearsal',
      terms: { allowed: 'allowed', note: 'a rehearsal is ours' },
    })
    const made = ['report.html', 'report.md', 'report.json', 'banking.unshipped.gguf', 'banking.linear']
    expect(readdirSync(inFolder('students/banking')).sort()).toEqual([...made, 'checkpoints'].sort())
    expect(readdirSync(inFolder('students/banking/checkpoints'))).toEqual(['of another trainer'])
    // Both have all right, so the head that needs no LLM is what ships.
    expect([code, report.gate.passed, report.verdict.code, report.ships]).toEqual([
      0,
      true,
      'no-llm',
      'linear',
    ])
    expect(registered.certificate).toMatch(/^cert-/)
    const policy = JSON.parse(readFileSync(inFolder('edgewise.policy.json'), 'utf8'))
    expect(policy.tasks.banking).toEqual({
      place: 'prefer-device',
      deviceModel: files.linear,
      escalate: [{ signal: 'meanLogprob', certificate: registered.certificate.slice(0, 21) }],
    })

    const asked = await run('run', 'banking', 'where is my card today', '--json')
    expect(JSON.parse(asked.out)).toMatchObject({
      text: 'arrival',
      receipt: {
        model: expect.stringMatching(/^banking@[0-9a-f]{8}$/),
        certificate: registered.certificate.slice(0, 21),
      },
    })
  })

  test('eval: the student and the linear head on examples', { timeout: 60_000 }, async () => {
    const { out, err } = await run(
      ...['eval', 'gold.jsonl', '--grader', 'label', '--task', 'banking', '--json'],
      ...[
        '--model',
        'students/banking/banking.unshipped.gguf',
        'linear-head=students/banking/banking.linear',
      ],
    )
    expect(err).toBe('')
    const measured: { who: string; right: number }[] = JSON.parse(out).measured
    expect(measured.map(({ who }) => who)).toEqual([
      expect.stringMatching(/^banking\.unshipped@/),
      'linear-head',
    ])
    for (const { right } of measured) expect(right).toBeGreaterThan(40)
  })
})

test('export: the filtered examples for a trainer elsewhere', async () => {
  const { out, err, code } = await run(
    ...['distill', 'export', 'answers.jsonl', '--test', 'gold.jsonl', '--trainer', 'trl'],
    ...['--base', 'Qwen/Qwen3-0.6B', '--out', 'training', '--near', '0.95', '--json'],
  )
  expect([err, code]).toEqual(['', 0])
  const exported = JSON.parse(out)
  expect(exported.train + exported.valid).toBe(50)
  for (const name of exported.files) expect(existsSync(inFolder(join('training', name)))).toBe(true)
})
