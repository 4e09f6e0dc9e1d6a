/** The command as a process: what it prints where, how it fails, how it stops. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'edgewise-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, ['--conditions=edgewise-source', main, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', EDGEWISE_LEDGER: join(folder, 'ledger.db') },
  })
}

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = start(...args)
  child.stdin!.end()
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [out, err] = await Promise.all([text(child.stdout!), text(child.stderr!)])
  return { code: await exit, out, err }
}

test('run: the answer alone on standard output, the receipt on standard error', async () => {
  const { code, out, err } = await run('run', 'fix', 'i recieved', 'teh package yesterday')
  expect(out).toBe('I received the package yesterday\n')
  expect(err).toContain('place     device · edgewise-mini')
  expect(err).toContain('nothing left this device')
  expect(code).toBe(0)
})

test('run: a ledger that cannot be used is told, and the answer is there all the same', async () => {
  const child = spawn(process.execPath, ['--conditions=edgewise-source', main, 'run', 'fix', 'teh'], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', EDGEWISE_LEDGER: folder },
  })
  child.stdin!.end()
  const [out, err] = await Promise.all([text(child.stdout!), text(child.stderr!)])
  expect(out).not.toBe('')
  expect(err).toMatch(/^edgewise: .*\(ledger_\w+\); receipts are in memory$/m)
})

test('run --json: text, data and receipt as one line', async () => {
  const { out } = await run('run', 'intent', '--json', 'what is my bank balance')
  expect(JSON.parse(out)).toMatchObject({
    text: 'balance',
    data: { label: 'balance' },
    receipt: { task: 'intent', place: 'device', bytesOut: 0 },
  })
})

test('a broken policy is refused with file, line and column; an unknown task with the known ones', async () => {
  const file = join(folder, 'broken.json')
  writeFileSync(file, '{\n  "version": 1,\n  "tasks": {},\n  "default": { "place": "devise-only" }\n}')
  const broken = await run('run', 'intent', 'hello', '--policy', file)
  expect(broken).toMatchObject({ code: 1, out: '' })
  expect(broken.err).toMatch(/broken\.json:4:\d+ default.*"device-only".*\(bad_policy\)/s)

  const missing = await run('run', 'intent', 'hello', '--policy', join(folder, 'nowhere.json'))
  expect(missing).toMatchObject({ code: 1, out: '' })
  expect(missing.err).toContain('--policy')

  const unknown = await run('run', 'redakt', 'hello')
  expect(unknown).toMatchObject({ code: 1, out: '' })
  expect(unknown.err).toMatch(/"redakt".*redact.*\(unknown_task\)/s)
})

test('serve: tells an address that answers, and stops when it is told to', async () => {
  const child = start('serve', '--port', '0')
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  let printed = ''
  for await (const chunk of child.stdout!) if ((printed += chunk).includes('Ctrl+C')) break
  const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)!
  expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({
    status: 'ok',
    device: 'edgewise-mini',
  })
  child.kill('SIGTERM')
  expect(await exit).toBe(0)
})

test('serve: a connection that asks nothing, as browsers open them, is no call that still runs', async () => {
  const child = start('serve', '--port', '0', '--drain', '60')
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  let printed = ''
  child.stdout!.on('data', (chunk) => {
    printed += chunk
  })
  await expect.poll(() => printed, { timeout: 20_000 }).toContain('Ctrl+C')
  const port = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(printed)![1])
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  child.kill('SIGTERM')
  expect(await exit).toBe(0)
  expect(printed).not.toContain('calls still run')
})

test('serve: a port that is taken is a clear error', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { code, err } = await run('serve', '--port', String(port))
  server.close()
  expect(code).toBe(1)
  expect(err).toMatch(new RegExp(`${port}.*\\(port_in_use\\)`, 's'))
})
