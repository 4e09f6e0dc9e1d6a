/** `edgewise decide` as a process: what it prints where, what it writes and leaves, how it ends. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Comparison, decide, facts, parseUseCase, type Verdict } from '@edgewise/advisor'
import { openSqliteLedger } from '@edgewise/evidence/sqlite'
import { parsePolicy } from 'edgewise'
import { afterAll, expect, test } from 'vitest'
import { attemptOf, receiptOf } from '../../evidence/src/testing/receipts.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'edgewise-decide-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--conditions=edgewise-source', main, 'decide', ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', EDGEWISE_LEDGER: at('ledger.db') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await exit, out, err }
}

const at = (name: string): string => join(folder, name)
const write = (name: string, content: string): void => writeFileSync(at(name), content)
const read = (name: string): string => readFileSync(at(name), 'utf8')

const useCase = (changes: { name?: string; targetMs?: number } = {}): string => `
name: ${JSON.stringify(changes.name ?? 'Smart reply')}
fit: { kind: generate, keep: 0.9 }
latency: { targetMs: ${changes.targetMs ?? 600}, of: first-token }
privacy: redacted
offline: no
volume: { callsPerMonth: 60000, users: 2000, promptTokens: 400, outputTokens: 30 }
cloud: { model: gpt-5-nano, firstTokenMs: 450, decodeTps: 90 }
fleet: phones-mixed
`
write('use-case.yaml', useCase())
const expected = decide(parseUseCase(useCase()), facts)

test('the verdict first, its numbers, in forty lines; as JSON all of it', async () => {
  const { code, out, err } = await run('use-case.yaml')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const lines = out.trimEnd().split('\n')
  expect(lines[0]).toBe(`Smart reply: ${expected.answer}`)
  expect(out.replace(/\s+/g, ' ')).toContain(expected.why)
  expect(lines.length).toBeLessThanOrEqual(40)
  const json = await run('use-case.yaml', '--json')
  expect(JSON.parse(json.out)).toEqual(JSON.parse(JSON.stringify(expected)))
})

test('as files: a page, Markdown and data at once, and a policy that the router takes', async () => {
  const { code, err } = await run(
    ...['use-case.yaml', '--out', 'v.html', '--out', 'v.MD', '--out', 'v.json', '--policy', 'p.yaml'],
  )
  expect({ code, err }).toEqual({
    code: 0,
    err: 'the verdict is in v.html\nthe verdict is in v.MD\nthe verdict is in v.json\nthe policy is in p.yaml\n',
  })
  expect(read('v.html')).toMatch(/^<!doctype html>/)
  expect(read('v.MD')).toMatch(/^# Edgewise: verdict on Smart reply\n/)
  expect(JSON.parse(read('v.json'))).toEqual(JSON.parse(JSON.stringify(expected)))
  expect(Object.keys(parsePolicy(read('p.yaml'), 'p.yaml').tasks)).toEqual(['smart-reply'])
})

test('a policy that is there stays, link or file, unless it is forced; nothing else is written then', async () => {
  write('mine.yaml', 'mine')
  symlinkSync(at('nowhere.yaml'), at('dangling.yaml'))
  const refused = await run('use-case.yaml', '--policy', 'mine.yaml', '--out', 'not.html')
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect(refused.err).toMatch(/mine\.yaml is there already.*--force.*\(file_exists\)/)
  expect(read('mine.yaml')).toBe('mine')
  expect(existsSync(at('not.html'))).toBe(false)
  expect(await run('use-case.yaml', '--policy', 'dangling.yaml')).toMatchObject({ code: 1, out: '' })
  expect(existsSync(at('nowhere.yaml'))).toBe(false)
  expect((await run('use-case.yaml', '--policy', 'mine.yaml', '--force')).code).toBe(0)
  expect(read('mine.yaml')).toContain('smart-reply')
})

test('--expect: 0 for that verdict, 3 for another, with the reason', async () => {
  expect((await run('use-case.yaml', '--expect', expected.answer)).code).toBe(0)
  const other = expected.answer === 'no-llm' ? 'cloud' : 'no-llm'
  const { code, out, err } = await run('use-case.yaml', '--expect', other)
  expect(code).toBe(3)
  expect(out).toMatch(/^Smart reply: /)
  expect(err).toBe(`expected ${other}, and the verdict is ${expected.answer}: ${expected.why}\n`)
  expect((await run('use-case.yaml', '--expect', 'maybe')).err).toContain('on-device')
})

test('--baseline: the same verdict is 0, another is 3, and what changed is said', async () => {
  expect((await run('use-case.yaml', '--out', 'before.json')).code).toBe(0)
  expect(await run('use-case.yaml', '--baseline', 'before.json')).toMatchObject({ code: 0, err: '' })
  const earlier = JSON.parse(read('before.json')) as Verdict
  const answer = earlier.answer === 'no-llm' ? 'cloud' : 'no-llm'
  write('other.json', JSON.stringify({ ...earlier, answer }))
  const changed = await run('use-case.yaml', '--baseline', 'other.json')
  expect(changed.code).toBe(3)
  expect(changed.err).toContain(
    `changed:\n  the verdict was ${answer === 'no-llm' ? 'no LLM needed' : answer} and is`,
  )
  write('slower.yaml', useCase({ targetMs: 700 }))
  expect((await run('slower.yaml', '--baseline', 'before.json')).err).toContain(
    'latency.targetMs: was 600, is 700',
  )
  write('none.json', '{"answer":"cloud"}')
  const none = await run('use-case.yaml', '--baseline', 'none.json')
  expect(none).toMatchObject({ code: 1, out: '' })
  expect(none.err).toMatch(/none\.json is no verdict.*\noptions: .*\(verdict_invalid\)/s)
})

test('--examples: what was measured stands for what the file says', async () => {
  const measured = [{ who: 'llama-3.2-1b', right: 47, of: 50, low: 0.83, high: 0.99, kept: null }]
  write('quality.json', JSON.stringify(measured))
  const { code, out } = await run('use-case.yaml', '--examples', 'quality.json', '--json')
  expect(code).toBe(0)
  expect((JSON.parse(out) as Verdict).useCase.fit.measured).toEqual(measured)
  write('broken.json', '[{"who":"x"}]')
  expect((await run('use-case.yaml', '--examples', 'broken.json')).err).toContain('(measured_invalid)')
})

test('a file that is broken or says what cannot be: file, line and column, and what to do', async () => {
  write('broken.yaml', 'name: x\nfit: { kind: [\n')
  expect((await run('broken.yaml')).err).toMatch(/^edgewise: broken\.yaml:\d+:\d+: .*\(use_case_invalid\)\n$/)
  write('negative.yaml', useCase().replace('callsPerMonth: 60000', 'callsPerMonth: -1'))
  expect(await run('negative.yaml')).toMatchObject({ code: 1, out: '' })
  expect((await run('negative.yaml')).err).toMatch(
    /negative\.yaml:7:\d+ volume\.callsPerMonth: use at least 0/,
  )
  write('device.yaml', useCase().replace('phones-mixed', '[{ device: iphone-99, share: 1 }]'))
  expect((await run('device.yaml')).err).toMatch(
    /device\.yaml:9:\d+ .*iphone-99.*did you mean.*\(unknown_device\)/s,
  )
  expect((await run('nowhere.yaml')).err).toMatch(
    /nowhere\.yaml cannot be read \(ENOENT\).*\(file_unreadable\)/,
  )
})

test('what does not go together, or is not asked without a terminal, is refused before anything is done', async () => {
  expect(await run()).toMatchObject({ code: 1, out: '' })
  expect((await run()).err).toContain('name the file of a use case')
  expect((await run('use-case.yaml', '--out', 'v.txt')).err).toContain('It must end in .html, .md, .json.')
  expect((await run('use-case.yaml', '--force')).err).toContain('--force is of --policy')
  const gone = await run('use-case.yaml', '--out', 'no/such/folder/v.html')
  expect(gone.code).toBe(1)
  expect(gone.err).toContain('(file_unwritable)')
})

test('--against ledger: what was said beside what happened; 3 where it does not hold, and no ledger is made', async () => {
  const empty = await run('use-case.yaml', '--against', 'ledger')
  expect(empty).toMatchObject({ code: 0, err: '' })
  expect(empty.out).toContain('No call of this task is in the ledger.')
  expect(existsSync(at('ledger.db'))).toBe(false)
  // One call an hour: not what was told, and slower than was asked for.
  using ledger = openSqliteLedger(at('ledger.db'))
  for (let hour = 0; hour < 200; hour++)
    ledger.put(
      receiptOf({
        id: `call-${hour}`,
        at: new Date(Date.UTC(2026, 7, 1, hour)).toISOString(),
        task: 'smart-reply',
        place: 'cloud',
        costUsd: 0.001,
        bytesOut: 900,
        attempts: [attemptOf({ place: 'cloud', firstOutputMs: 4000, ms: 9000, bytesOut: 900 })],
        totalMs: 9000,
      }),
    )
  const told = await run('use-case.yaml', '--against', 'ledger')
  expect(told.code).toBe(3)
  expect(told.out).toContain('200 answered calls of the task smart-reply, 2026-08-01 to 2026-08-09')
  expect(told.out).toMatch(/cloud-latency +450 ms .* 200 +no/)
  expect(told.out).toContain('No longer holds:')
  const json = await run('use-case.yaml', '--against', 'ledger', '--since', '2026-08-05', '--json')
  expect(JSON.parse(json.out)).toMatchObject({ answer: expected.answer, against: { task: 'smart-reply' } })
  expect((JSON.parse(json.out) as { against: Comparison }).against.calls).toBeLessThan(200)
  expect((await run('use-case.yaml', '--against', 'ledger', '--rehearsal')).out).toContain(
    'The ledger has real calls of this task alone, 200: they are compared without --rehearsal.',
  )
  expect((await run('use-case.yaml', '--since', '2026-08-05')).err).toContain('are of --against')
  expect((await run('use-case.yaml', '--against', 'ledger', '--since', 'soon')).err).toContain(
    '(ledger_bad_time)',
  )
})

test("a folder's own facts are decided with", async () => {
  const own = { devices: [{ ...facts.devices[0]!, id: 'test-phone', name: 'Test phone', source: 'my desk' }] }
  write('edgewise.facts.json', JSON.stringify(own))
  write('own.yaml', useCase().replace('phones-mixed', '[{ device: test-phone, share: 1 }]'))
  const { code, out, err } = await run('own.yaml', '--json')
  rmSync(at('edgewise.facts.json'))
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect((JSON.parse(out) as Verdict).fleet).toMatchObject([{ device: 'test-phone' }])
})

test('whatever a name holds: nothing steers the terminal, the page is no other, the policy is one', async () => {
  const name = '<script>alert(1)</script> \u001b[2J\u202egnp\n# version: 2 `x` | **y**'
  write('hostile.yaml', useCase({ name }))
  const { code, out, err } = await run(
    'hostile.yaml',
    '--out',
    'h.html',
    '--out',
    'h.md',
    '--policy',
    'h.yaml',
    '--expect',
    'none',
  )
  expect(code).toBe(3)
  for (const told of [out, err, read('h.html'), read('h.md')]) {
    expect(told).not.toMatch(/[^\P{Cc}\n]|\u202e/u)
  }
  expect(read('h.html')).not.toContain('<script>')
  expect(parsePolicy(read('h.yaml'), 'h.yaml').version).toBe(1)
  write('unknown.yaml', useCase().replace('gpt-5-nano', '"gpt\\e[31m\\u202e"'))
  const refused = await run('unknown.yaml')
  expect(refused.err).toContain('no price "gpt?[31m?"')
  expect(refused.err).not.toMatch(/[^\P{Cc}\n]|\u202e/u)
})
