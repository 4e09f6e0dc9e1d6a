/** `edgewise certify` as a process: a promise with its file, a refusal that says what is missing, errors that say what to do. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { seededRandom, verifyCertificate } from '@edgewise/evidence'
import { openSqliteLedger } from '@edgewise/evidence/sqlite'
import { formatTraceLine } from '@edgewise/traces'
import { afterAll, describe, expect, test } from 'vitest'
import { SHAPES, simulated } from '../../evidence/src/certify/testing/simulated.ts'
import { attemptOf, receiptOf } from '../../evidence/src/testing/receipts.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'edgewise-cli-certify-'))
afterAll(() => rmSync(folder, { recursive: true }))

const certify = (...args: string[]) => run('certify', ...args)

async function run(...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=edgewise-source', main, ...args], {
    env: { ...process.env, NO_COLOR: '1', EDGEWISE_LEDGER: join(folder, 'ledger.db') },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await exit, out, err }
}

const trace = simulated(SHAPES[0]!, 400, seededRandom(1))
writeFileSync(join(folder, 'trace.jsonl'), trace.map((item) => `${formatTraceLine(item)}\n`).join(''))
const pair = ['--device', 'small', '--cloud', 'large', '--signal', 'confidence']
const file = join(folder, 'edgewise.certificates.json')

describe('a trace', () => {
  test('is certified, told, and the certificate kept beside the others', async () => {
    const { code, out, err } = await certify('trace.jsonl', ...pair)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain(
      'certified    at most 5 % of all calls are harmed by staying on the device, with 90 % confidence\n',
    )
    expect(out).toMatch(
      /^proven on {4}400 judged calls, of which \d+ stay with a harm of \d+ in all \(exact-binomial\)$/m,
    )
    const [kept] = JSON.parse(readFileSync(file, 'utf8')) as [unknown]
    const certificate = await verifyCertificate(kept)
    expect(out).toContain(`policy       escalate: [{ signal: confidence, certificate: ${certificate.id} }]`)

    const counted = await certify('trace.jsonl', ...pair, '--harm', '0.1', '--calls', '300', '--json')
    const again = JSON.parse(counted.out)
    expect(again).toMatchObject({ kind: 'certificate', file: 'edgewise.certificates.json', gate: null })
    expect(again.certificate.claim).toEqual({ kind: 'harm', alpha: 0.1, calls: 300 })
    const both = JSON.parse(readFileSync(file, 'utf8')) as { id: string }[]
    expect(both.map(({ id }) => id)).toEqual([certificate.id, again.certificate.id])
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test('that is replayed under its certificate says whether it stood', async () => {
    const [{ id }] = JSON.parse(readFileSync(file, 'utf8')) as [{ id: string }]
    const { code, out } = await run('replay', 'trace.jsonl', '--certificate', id)
    expect(code).toBe(0)
    expect(out).toContain(`certificate ${id} over 400 items: small on the device, large in the cloud`)
    expect(out).toContain('- the certificate stood to the end of the 400 items\n')
    const worse = trace.map((item) => ({
      ...item,
      models: { ...item.models, small: { ...item.models.small!, score: Number(item.id) % 2 } },
    }))
    writeFileSync(join(folder, 'worse.jsonl'), worse.map((item) => `${formatTraceLine(item)}\n`).join(''))
    const fell = await run('replay', 'worse.jsonl', '--certificate', id, '--json')
    expect(JSON.parse(fell.out).replay.notes.join()).toMatch(
      /from item \d+ of 400 on the certificate did not stand/,
    )
    const unknown = await run('replay', 'trace.jsonl', '--certificate', 'cert-1')
    expect(unknown.code).toBe(1)
    expect(unknown.err).toContain(`no certificate "cert-1" is in it (there are: ${id}`)
  })

  test('that proves too little is refused, with what is missing', async () => {
    const { code, out } = await certify('trace.jsonl', ...pair, '--harm', '0.001', '--no-write')
    expect(code).toBe(2)
    expect(out).toContain('refused      nothing can be promised (too_few)')
    expect(out).toMatch(/it takes 2302, 1902 more/)
  })

  test('is not certified for what it does not say', async () => {
    const cases: [string[], RegExp][] = [
      [['missing.jsonl', ...pair], /\(trace_not_found\)/],
      [
        ['trace.jsonl', '--device', 'tiny', '--cloud', 'large'],
        /both tiny and large: .*\(certify_no_items\)/,
      ],
      [['trace.jsonl', ...pair, '--harm', '1.5'], /a number above 0 and below 1/],
      [['trace.jsonl', ...pair, '--harm', '0.1', '--keep', '0.9'], /choose one/],
      [['trace.jsonl', '--device', 'tiny', '--cloud', 'tiny'], /the cloud's is tiny@cloud/],
    ]
    for (const [args, said] of cases) {
      const { code, out, err } = await certify(...args)
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toMatch(said)
    }
  })

  test('a damaged file of certificates is not written over', async () => {
    const before = readFileSync(file, 'utf8')
    writeFileSync(file, '[{"format":')
    const { code, err } = await certify('trace.jsonl', ...pair)
    expect(code).toBe(1)
    expect(err).toContain('(bad_certificates)')
    expect(readFileSync(file, 'utf8')).toBe('[{"format":')
    writeFileSync(file, before)
  })
})

test('the ledger: shadow answers count, what users say does not', async () => {
  const empty = await certify('--device', 'mini', '--cloud', 'big')
  expect(empty).toMatchObject({ code: 1, out: '' })
  expect(empty.err).toContain('(certify_no_items)')
  const ledger = openSqliteLedger(join(folder, 'ledger.db'))
  const random = seededRandom(2)
  for (let i = 0; i < 150; i++) {
    const id = `call-${i}`
    const value = -random()
    ledger.put(
      receiptOf({
        id,
        at: new Date(Date.UTC(2026, 9, 1, 0, i)).toISOString(),
        task: 'triage',
        model: 'mini',
        attempts: [attemptOf({ model: 'mini' })],
        signals: [{ name: 'meanLogprob', value, threshold: null, pass: null }],
        setup: { quantisation: 'Q8_0', template: 'abc' },
      }),
    )
    const by = i < 120 ? 'shadow' : 'user'
    const right = value > -0.7 || random() < 0.5
    const shadow = by === 'user' ? null : attemptOf({ place: 'cloud', model: 'big', costUsd: 0.01 })
    ledger.judge({
      receiptId: id,
      at: '2026-10-02T00:00:00.000Z',
      by,
      device: right ? 1 : 0,
      cloud: by === 'user' ? null : 1,
      shadow,
    })
  }
  ledger.close()
  const { code, out } = await certify('--device', 'mini', '--cloud', 'big', '--json')
  expect(code).toBe(0)
  const { certificate, seen } = JSON.parse(out)
  expect(seen).toMatchObject({ n: 120 })
  expect(certificate).toMatchObject({
    task: 'triage',
    device: { model: 'mini', quantisation: 'Q8_0', template: 'abc' },
    cloud: { model: 'big' },
    evidence: { from: '2026-10-01T00:00:00.000Z', n: 120 },
  })
})
