/** `edgewise evaluate` as a process: the embedded model, the linear classifier and a rehearsal cloud over thirty requests of people. */
import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { readMeasured } from '@edgewise/advisor'
import { startRehearsal } from '@edgewise/rehearsal'
import type { Policy } from 'edgewise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask } from './ask.ts'
import { evaluateCommand } from './commands/evaluate.ts'
import { openSystem } from './system.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'edgewise-cli-evaluate-'))
const inFolder = (name: string): string => join(folder, name)

/** Words by which the rehearsal knows a request; it is wrong now and then. */
const known: [string, string][] = [
  ['alarm', 'Alarm.'],
  ['wake', 'alarm'],
  ['get me up', 'alarm'],
  ['rain', 'weather'],
  ['cold', 'weather'],
  ['umbrella', 'weather'],
  ['temperature', 'weather'],
  ['snow', 'weather'],
  ['forecast', 'weather'],
  [' in ', 'translate'],
  ['word', 'translate'],
  ['translate', 'translate'],
  ['dollars', 'transfer'],
  ['transfer', 'transfer'],
  ['send', 'transfer'],
  ['account', 'balance'],
]
const cloud = await startRehearsal({
  firstTokenMs: 30,
  script: {
    version: 1,
    rules: [
      { when: { contains: 'answer to grade: "alarm"' }, answer: 'wrong' },
      { when: { contains: 'answer to grade' }, answer: 'right' },
      ...known.map(([contains, answer]) => ({ when: { contains }, answer })),
      { answer: 'balance' },
    ],
  },
})
afterAll(async () => {
  await cloud.close()
  rmSync(folder, { recursive: true })
})

const price = { inputPerMTok: 1, outputPerMTok: 4 }
const policy = (rule: object) => ({
  version: 1,
  cloud: { baseURL: cloud.baseURL, model: 'cloud-rehearsal', rehearsal: true, price },
  tasks: { intent: { place: 'prefer-device', instructions: 'Name what is wanted.', ...rule } },
  default: { place: 'device-only' },
})
const writePolicy = (name: string, rule: object = {}): void =>
  writeFileSync(inFolder(name), JSON.stringify(policy(rule)))

beforeAll(() => {
  copyFileSync(
    fileURLToPath(new URL('../../../examples/intents.jsonl', import.meta.url)),
    inFolder('intents.jsonl'),
  )
  writePolicy('edgewise.policy.json')
})

function start(...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=edgewise-source', main, ...args], {
    env: { ...process.env, NO_COLOR: '1', EDGEWISE_LEDGER: inFolder('ledger.db') },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const ended = Promise.all([text(child.stdout), text(child.stderr), exit])
  return { child, ended: ended.then(([out, err, code]) => ({ out, err, code })) }
}
const run = (...args: string[]) => start(...args).ended
const evaluate = (...args: string[]) => run('evaluate', 'intents.jsonl', '--grader', 'label', ...args)
const json = (name: string) => JSON.parse(readFileSync(inFolder(name), 'utf8'))

describe('candidates beside each other', () => {
  test('are measured, told and written down, as a trace too', async () => {
    const { code, out, err } = await evaluate(
      '--model',
      'mini',
      'linear',
      '--cloud',
      '--trace',
      'intents.trace.jsonl',
    )
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('intent on 30 examples, graded by label\n')
    expect(out).toMatch(/^edgewise-mini {2}edgewise-mini Q8_0 +30\/30 +100\.0 +88\.4\.\.100\.0 /m)
    expect(out).toMatch(/^linear +linear +\d+\/30 /m)
    expect(out).toMatch(/^cloud +cloud-rehearsal +2\d\/30 /m)
    expect(out).toMatch(/edgewise-mini is ahead of the cloud by \d.* points \(\d.* to \d.*\)/)
    expect(out).toMatch(/These examples do not tell a linear classifier, which needs no LLM, from the cloud /)

    const file = json('quality.json')
    expect(file).toMatchObject({
      task: 'intent',
      examples: { count: 30 },
      instructions: 'Name what is wanted.',
    })
    expect(file.measured.map(({ who }: { who: string }) => who)).toEqual(['edgewise-mini', 'linear', 'cloud'])
    const measured = readMeasured(readFileSync(inFolder('quality.json'), 'utf8'), 'quality.json')
    expect(measured[0]).toMatchObject({
      who: 'edgewise-mini',
      right: 30,
      of: 30,
      kept: { value: expect.any(Number) },
    })
    expect(statSync(inFolder('quality.answers.jsonl')).mode & 0o077).toBe(0)
    expect(readFileSync(inFolder('intents.trace.jsonl'), 'utf8')).not.toContain('umbrella')
  })

  test('are not asked again, and only who is new is', async () => {
    const before = cloud.requests.length
    const { code, out } = await evaluate('--model', 'mini', 'linear', 'twin=mini', '--cloud', '--json')
    expect(code).toBe(0)
    expect(
      JSON.parse(out).measured.map(({ who, right }: { who: string; right: number }) => [who, right]),
    ).toEqual(
      expect.arrayContaining([
        ['edgewise-mini', 30],
        ['twin', 30],
      ]),
    )
    expect(cloud.requests.length).toBe(before)
  })

  test('give a trace that is certified and replayed, for what runs at run time', async () => {
    const pair = ['--device', 'edgewise-mini', '--cloud', 'cloud-rehearsal']
    const certified = await run('certify', 'intents.trace.jsonl', ...pair, '--harm', '0.3', '--json')
    expect(certified.code).toBe(0)
    const { certificate } = JSON.parse(certified.out)
    const { cloud: _, ...here } = policy({})
    using system = await openSystem({ policy: here as Policy })
    const { receipt } = await ask(system.model, 'intent', 'wake me up at six')
    expect(certificate.device).toEqual({ model: 'edgewise-mini', ...receipt.setup })
    const replayed = await run('replay', 'intents.trace.jsonl', '--certificate', certificate.id)
    expect(replayed.out).toContain('over 30 items: edgewise-mini on the device, cloud-rehearsal in the cloud')
  })

  test('can be judged by a model, whose second thoughts are told', async () => {
    const { out, code } = await run(
      ...['evaluate', 'intents.jsonl', '--grader', 'judge', '--model', 'mini'],
      ...['--out', 'judged.json', '--rubric', 'The same label.'],
    )
    expect(code).toBe(0)
    // The judge calls every "alarm" wrong, right or not; mini says it six times.
    expect(json('judged.json').measured[0]).toMatchObject({ right: 24, of: 30 })
    expect(out).toMatch(/edgewise-mini: asked again, the judge said something else of 0 in \d+ answers/)
  })
})

test('a run that is stopped goes on where it was', async () => {
  const answers = (): number => readFileSync(inFolder('slow.answers.jsonl'), 'utf8').split('\n').length - 1
  const args = ['--cloud', '--at-once', '1', '--out', 'slow.json', '--instructions', 'Slowly.']
  const stopped = start('evaluate', 'intents.jsonl', '--grader', 'label', ...args)
  await expect
    .poll(() => statSync(inFolder('slow.answers.jsonl'), { throwIfNoEntry: false })?.size ?? 0, {
      timeout: 15_000,
    })
    .toBeGreaterThan(1000)
  stopped.child.kill('SIGINT')
  const { code, err } = await stopped.ended
  expect({ code, err }).toEqual({
    code: 130,
    err: 'the answers so far are in slow.answers.jsonl: the same command goes on from there\n',
  })
  const kept = answers()
  expect(kept).toBeLessThan(30)
  // As a crash leaves it: the last line is cut.
  writeFileSync(inFolder('slow.answers.jsonl'), '{"who":"clo', { flag: 'a' })
  const before = cloud.requests.length
  expect((await evaluate(...args)).code).toBe(0)
  expect(cloud.requests.length - before).toBe(30 - kept)
  expect(answers()).toBe(30)
})

test('a server that goes away in the middle: what was answered is kept, and it is said where', async () => {
  let calls = 0
  const server = createServer((request, response) => {
    request.resume()
    if (request.method === 'POST' && ++calls > 5) return void request.socket.destroy()
    const message = { role: 'assistant', content: 'alarm' }
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify(
        request.method === 'POST'
          ? {
              id: '1',
              object: 'chat.completion',
              created: 1,
              model: 'm',
              choices: [{ index: 0, message, finish_reason: 'stop' }],
            }
          : { object: 'list', data: [{ id: 'm', object: 'model' }] },
      ),
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const { code, err } = await evaluate('--model', `m=http://127.0.0.1:${port}/v1`, '--out', 'gone.json')
  server.close()
  expect(code).toBe(1)
  expect(err).toMatch(
    /^the answers so far are in gone\.answers\.jsonl: the same command goes on from there\n/,
  )
})

test('what must not leave is not sent, and what cannot be asked is told before anybody is', async () => {
  writePolicy('private.json', { place: 'device-only', instructions: undefined })
  writeFileSync(inFolder('bad.jsonl'), '{"input":"a"}\n')
  /** In this process: nothing is asked. */
  const refused = async (file: string, ...args: string[]): Promise<unknown> =>
    evaluateCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parseAsync([inFolder(file), '--out', inFolder('none.json'), '--grader', 'label', ...args], {
        from: 'user',
      })
      .then(
        () => 'nothing',
        (error: Error) => `${error.message} (${'code' in error ? error.code : ''})`,
      )
  const policyFile = ['--policy', inFolder('edgewise.policy.json')]
  const before = cloud.requests.length
  const cases: [string[], RegExp][] = [
    [['--cloud', '--policy', inFolder('private.json')], /must not leave this device.*\(evaluate_private\)/],
    [
      ['--cloud', ...policyFile, '--task', 'other'],
      /has no task "other", only intent.*\(evaluate_which_task\)/,
    ],
    [
      ['--model', 'mini', 'mini', ...policyFile],
      /two models are called "edgewise-mini".*\(evaluate_option\)/,
    ],
    [['--model', 'mini', ...policyFile, '--grader', 'schema'], /needs a JSON schema.*\(evaluate_option\)/],
    [['--cloud', ...policyFile, '--grader', 'judge', '--judge', 'mini'], /"mini" cannot judge/],
    [['--model', inFolder('nowhere.gguf'), ...policyFile], /nowhere\.gguf/],
    [policyFile, /name who is asked/],
  ]
  for (const [args, said] of cases) expect(await refused('intents.jsonl', ...args)).toMatch(said)
  expect(await refused('bad.jsonl', '--model', 'mini', ...policyFile)).toMatch(
    /line 1, expected: must be a text, or a JSON object or list/,
  )
  expect(cloud.requests.length).toBe(before)
})
