/**
 * `edgewise report` end to end: real calls through the router into a SQLite ledger, then the command as a process, against sums that are
 * made here of what the models were asked and the cloud got, not of receipts.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Report, report } from '@edgewise/evidence'
import { openSqliteLedger } from '@edgewise/evidence/sqlite'
import { startRehearsal } from '@edgewise/rehearsal'
import { edgewise, type Policy } from 'edgewise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  deviceAnswer,
  finish,
  prompt,
  scripted,
  text as textParts,
} from '../../edgewise/src/testing/models.ts'
import { certificateId } from '../../evidence/src/certify/verify.ts'
import { traffic } from '../../evidence/src/report/testing/traffic.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'edgewise-report-'))
const file = join(folder, 'ledger.db')
afterAll(() => rmSync(folder, { recursive: true }))

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--conditions=edgewise-source', main, 'report', ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', EDGEWISE_LEDGER: file },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await exit, out, err }
}

const SECRET = 'the secret prompt of Anna Kowalski'
const price = { inputPerMTok: 1, outputPerMTok: 10 }
const tasks: Policy['tasks'] = {
  intent: { place: 'prefer-device', escalate: [{ signal: 'meanLogprob', threshold: -0.5 }] },
  letter: { place: 'cloud-only' },
  sealed: { place: 'device-only' },
}

/** What one call of a task in the cloud alone costs: 100 tokens in, 20 out; and on the device 10 and 4. */
const IN_CLOUD = (100 * 1 + 20 * 10) / 1e6
const AS_DEVICE = (10 * 1 + 4 * 10) / 1e6

const sure = () => deviceAnswer(-0.1, 'wombat')
const unsure = () => deviceAnswer(-2, 'wombat')
const large = () =>
  scripted({ modelId: 'large', steps: [...textParts('okapi'), finish({ input: 100, output: 20 })] })
const broken = () => scripted({ modelId: 'large', steps: [{ fail: new Error('boom') }] })

/** How often each was called for what. */
const plan = [
  { task: 'intent', device: sure, cloud: large, calls: 7 },
  { task: 'intent', device: unsure, cloud: large, calls: 4 },
  { task: 'sealed', device: sure, cloud: large, calls: 5 },
  { task: 'letter', device: sure, cloud: large, calls: 3 },
  { task: 'letter', device: sure, cloud: broken, calls: 2 },
] as const

let rehearsedBytes = 0
let rehearsed = 0

beforeAll(async () => {
  using ledger = openSqliteLedger(file)
  const ask = async (policy: Policy, options: object, task: string): Promise<string | null> => {
    const model = edgewise({ policy, device: null, ledger, ...options })()
    const call = { prompt: prompt(SECRET), providerOptions: { edgewise: { task, user: 'anna' } } }
    try {
      return (await model.doGenerate(call)).response!.id!
    } catch {
      return null
    }
  }
  const cloud = { baseURL: 'http://127.0.0.1:9/v1', model: 'large', retries: 0, price }
  const policy: Policy = { version: 1, cloud, tasks, default: { place: 'device-only' } }
  const answered: string[] = []
  for (const { task, device, cloud, calls } of plan)
    for (let i = 0; i < calls; i++) {
      const id = await ask(policy, { device: device(), cloud: cloud() }, task)
      if (task === 'intent' && device === sure) answered.push(id!)
    }
  for (const [i, receiptId] of answered.entries())
    ledger.judge({
      receiptId,
      at: '2026-08-05T00:00:00.000Z',
      by: 'exact',
      device: i === 0 ? 0 : 1,
      cloud: 1,
      shadow: null,
    })

  await using server = await startRehearsal({ firstTokenMs: 0, tokenMs: 0 })
  const rehearsal = { ...cloud, baseURL: server.baseURL, model: 'cloud-rehearsal', rehearsal: true as const }
  for (; rehearsed < 3; rehearsed++) await ask({ ...policy, cloud: rehearsal }, {}, 'letter')
  rehearsedBytes = server.requests.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0)
  expect(server.requests).toHaveLength(3)
})

const callsOf = (...wanted: readonly (typeof plan)[number][]): number =>
  wanted.reduce((sum, { calls }) => sum + calls, 0)

test('the figures are those of what was asked and answered', async () => {
  const { code, out } = await run('--json')
  expect(code).toBe(0)
  const made = JSON.parse(out) as Report
  const [stays, escalates, sealed, letters, fails] = plan
  expect(made).toMatchObject({ calls: callsOf(...plan), leftOut: rehearsed })
  expect(made.where.answeredBy).toEqual({
    device: callsOf(stays, sealed),
    cloud: callsOf(escalates, letters),
    kept: 0,
    nowhere: callsOf(fails),
  })
  expect(made.where.escalated).toBe(escalates.calls)
  expect(made.where.cloudBecause).toEqual([
    { kind: 'bar', name: 'meanLogprob', threshold: -0.5, calls: escalates.calls },
    { kind: 'policy', name: 'cloud-only', threshold: null, calls: letters.calls },
  ])
  expect(made.where.failures).toEqual([{ code: 'cloud_failed', calls: fails.calls }])
  const spent = callsOf(escalates, letters) * IN_CLOUD
  const avoided = callsOf(stays, sealed) * AS_DEVICE
  // What was sent and broke off is billed: how much the cloud never said, so it is estimated, and wasted.
  const failed = made.money.wasted.failed.usd!
  expect(failed).toBeGreaterThan(0)
  expect(failed).toBeLessThan(fails.calls * IN_CLOUD)
  expect(made.money.wasted.usd).toBeCloseTo(failed, 12)
  expect(made.money.spentUsd).toBeCloseTo(spent + failed, 12)
  expect(made.money.avoidedUsd).toBeCloseTo(avoided, 12)
  expect(made.money.cut!.value).toBeCloseTo(avoided / (spent + failed + avoided), 9)
  expect(made.money.cut!.low).toBeLessThan(made.money.cut!.value)
  expect(made.money.wasted.rejected.device).toBe(escalates.calls)
  expect(made.privacy.sealed).toMatchObject([
    { task: 'sealed', calls: sealed.calls, bytesOut: 0, cloudAttempts: 0 },
  ])
  expect(made.quality!.harm).toMatchObject({ count: 1, n: stays.calls })
  expect(made.latency.device.total.n).toBe(callsOf(stays, sealed))
  expect(made.tasks.map(({ task, calls }) => [task, calls])).toEqual([
    ['intent', callsOf(stays, escalates)],
    ['letter', callsOf(letters, fails)],
    ['sealed', sealed.calls],
  ])
  // What the process says is what the function says here.
  using ledger = openSqliteLedger(file)
  const { madeAt: now } = made
  expect(made).toEqual(await report(ledger.all(), { now, judgements: (id) => ledger.judgements(id) }))
})

test('rehearsals are told apart; their bytes are those the server got', async () => {
  const made = JSON.parse((await run('--rehearsal', '--json')).out) as Report
  expect(made).toMatchObject({
    calls: rehearsed,
    leftOut: callsOf(...plan),
    money: { cut: null, avoidedUsd: null },
  })
  expect(made.privacy.bytesOut).toBe(rehearsedBytes)
  expect(made.privacy.sent).toBe(rehearsed)
})

test('on the terminal: the paragraph, the figures, the tables; of one task', async () => {
  const { code, out, err } = await run('--task', 'intent')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/11 calls of the task intent came in: the device answered 63\.6 %/)
  expect(out).toMatch(/^the cut +\d+\.\d % {2}95 % interval/m)
  expect(out).toMatch(/^the device's answer did not pass: meanLogprob, bar -0\.5 +4 +100 %$/m)
  expect(out).not.toMatch(/\||\bletter\b/)
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110)
})

test('as a file: whole, at once, with nothing that was said in it; another ending is refused', async () => {
  for (const name of ['report.html', 'report.md']) {
    const { code, out } = await run('--out', name)
    expect({ code, out }).toEqual({ code: 0, out: `the report of 21 calls is in ${name}\n` })
    const written = readFileSync(join(folder, name), 'utf8')
    expect(written).toContain('intent')
    for (const said of [SECRET, 'Kowalski', 'wombat', 'okapi', 'anna'])
      expect(written.toLowerCase()).not.toContain(said.toLowerCase())
  }
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>.*<\/html>\n$/s)
  expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([])
  expect(await run('--out', 'report.pdf')).toMatchObject({ code: 1, err: /must end in \.html or \.md/ })
  expect(await run('--out', 'no/such/folder/report.md')).toMatchObject({
    code: 1,
    err: /ENOENT.*file_unwritable/,
  })
})

test('what is not there is said: no calls in that time, a time that is none', async () => {
  expect(await run('--since', '2999-01-01')).toMatchObject({
    code: 0,
    out: '',
    err: /no receipts of that time/,
  })
  expect(await run('--since', 'noon')).toMatchObject({ code: 1, err: /ledger_bad_time/ })
  const only = await run('--task', 'intent', '--rehearsal')
  expect(only.out).toContain('No rehearsed call is in this window. 11 calls that were none are left out.')
  expect(only.err).toBe('there are real calls in this window: leave out --rehearsal\n')
})

test('certificates come from the file in this folder; one that is none is an error', async () => {
  const path = join(folder, 'edgewise.certificates.json')
  const { id: _, ...said } = traffic(0).certificates[0]!
  const certificate = { id: await certificateId(said), ...said }
  writeFileSync(path, JSON.stringify([certificate]))
  const made = JSON.parse((await run('--json')).out) as Report
  expect(made.certificates.atHand).toMatchObject([{ id: certificate.id, task: 'intent', letThrough: 0 }])
  writeFileSync(path, '{}')
  expect(await run()).toMatchObject({ code: 1, out: '', err: /bad_certificates/ })
  rmSync(path)
})
