/** `edgewise ledger` as a process: what it prints of a ledger, and that it makes none by looking. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { openSqliteLedger } from '@edgewise/evidence/sqlite'
import { afterAll, expect, test } from 'vitest'
import { judgementOf, receiptOf, shadowOf } from '../../evidence/src/testing/receipts.ts'
import { ledgerFile } from './ledger-file.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'edgewise-cli-ledger-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function run(
  file: string,
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--conditions=edgewise-source', main, 'ledger', ...args], {
    env: { ...process.env, NO_COLOR: '1', EDGEWISE_LEDGER: file },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await exit, out, err }
}

/** Three calls: on the device, in a rehearsal's cloud with content that is kept, and one without an answer. */
function filled(name: string): string {
  const file = join(folder, name)
  using ledger = openSqliteLedger(file)
  ledger.put(receiptOf({ id: 'first' }))
  ledger.put(
    receiptOf({
      id: 'second',
      task: 'chat\u001b[31m',
      place: 'cloud',
      model: 'rehearsed',
      at: '2026-08-05T10:00:00.000Z',
      path: [
        { rule: 'place', value: 'prefer-device', threshold: null, then: 'the device first' },
        { rule: 'signal', value: -1.42, threshold: -0.6, then: 'under the bar: the cloud answers' },
        { rule: 'certificate', value: 'cert-1', threshold: null, then: 'in doubt' },
        { rule: 'signal minLogprob', value: -0.002373691840084291, threshold: null, then: 'seen' },
      ],
      costUsd: 0.0000412,
      bytesOut: 412,
      rehearsal: true,
    }),
  )
  ledger.judge(judgementOf({ receiptId: 'second', device: null, cloud: 0.5 }))
  ledger.judge(shadowOf(0.00041, { receiptId: 'second' }))
  const until = new Date(Date.now() + 3_600_000).toISOString()
  ledger.keepContent('second', { prompt: 'who is <PERSON_1>?', answer: 'a \u001b[2Jperson' }, until)
  ledger.put(
    receiptOf({ id: 'third', place: null, model: null, costUsd: null, firstTokenMs: null, error: 'aborted' }),
  )
  return file
}

test('list: the newest first, one a line; what is unknown is not 0', async () => {
  const { code, out } = await run(filled('list.db'), '--limit', '2')
  expect(out.split('\n').map((line) => line.trimEnd().replace(/ {2,}/g, '|'))).toEqual([
    'time|task|place|first token|cost|left|id',
    '2026-08-05 09:30:00|intent|aborted|-|unknown|0 B|third',
    '2026-08-05 10:00:00|chat?[31m|cloud (rehearsal)|4.1 ms|$0.000041|412 B|second',
    '',
  ])
  expect(code).toBe(0)
  const json = await run(join(folder, 'list.db'), 'list', '--json')
  expect(JSON.parse(json.out).map(({ id }: { id: string }) => id)).toEqual(['third', 'second', 'first'])
})

test('show: the receipt, its path, what was judged of it, and what the call said, without obeying it', async () => {
  const file = filled('show.db')
  const { out } = await run(file, 'show', 'second')
  expect(out).toMatch(/place {5}prefer-device: the device first/)
  expect(out).toMatch(/signal {4}-1\.42 \(-0\.6\): under the bar: the cloud answers/)
  expect(out).toMatch(/^certificate cert-1: in doubt\nsignal minLogprob -0\.00237369: seen$/m)
  const judged = out.split('\n').filter((line) => line.startsWith('judged'))
  expect(judged).toEqual([
    'judged    cloud 0.5 by user, 2026-08-05 10:00:00',
    'judged    device 0, cloud 1 by shadow, 2026-08-05 10:00:00, for which 412 B were sent and $0.00041 paid',
  ])
  expect(out).toMatch(/prompt {4}who is <PERSON_1>\?\nanswer {4}a \?\[2Jperson\nkept until 2/)
  const json = JSON.parse((await run(file, 'show', 'second', '--json')).out)
  expect(json.judgements).toHaveLength(2)
  expect(json).toMatchObject({ receipt: { id: 'second' }, content: { prompt: 'who is <PERSON_1>?' } })
  expect(await run(file, 'show', 'nobody')).toMatchObject({ code: 1, out: '', err: /receipt_unknown/ })
})

test('export: a line of JSON a receipt, oldest first', async () => {
  const file = filled('export.db')
  const ids = async (...args: string[]): Promise<string[]> =>
    (await run(file, 'export', ...args)).out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id)
  expect(await ids()).toEqual(['first', 'second', 'third'])
  expect(await ids('--since', '2026-08-05T11:00:00+02:00', '--task', 'intent')).toEqual(['first', 'third'])
  expect(await run(file, 'export', '--since', 'noon')).toMatchObject({ code: 1, err: /ledger_bad_time/ })
})

test('forget: contents are gone, receipts stay', async () => {
  const file = filled('forget.db')
  expect((await run(file, 'forget')).out).toBe('forgot the content of 1 call\n')
  expect(JSON.parse((await run(file, 'forget', '--json')).out)).toEqual({ forgotten: 0 })
  using ledger = openSqliteLedger(file)
  expect(ledger.content('second')).toBeUndefined()
  expect(ledger.recent(10)).toHaveLength(3)
})

test('where there is no ledger, looking makes none', async () => {
  const file = join(folder, 'none.db')
  const { code, out, err } = await run(file)
  expect({ code, out }).toEqual({ code: 0, out: '' })
  expect(err).toContain(file)
  expect(existsSync(file)).toBe(false)
})

test('it is in one place of each system, not among caches, or where EDGEWISE_LEDGER says', () => {
  const on = (platform: string, environment = {}): string =>
    ledgerFile(environment, platform).replaceAll('\\', '/')
  expect(on('linux', { XDG_STATE_HOME: '/state' })).toBe('/state/edgewise/ledger.db')
  expect(on('linux')).toMatch(/\/\.local\/state\/edgewise\/ledger\.db$/)
  expect(on('darwin')).toMatch(/\/Library\/Application Support\/edgewise\/ledger\.db$/)
  expect(on('win32', { LOCALAPPDATA: '/local' })).toBe('/local/edgewise/ledger.db')
  expect(on('win32', { EDGEWISE_LEDGER: '/mine.db' })).toBe('/mine.db')
})
