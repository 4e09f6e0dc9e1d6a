/** Keys from the command line to a call: made, used, limited, revoked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { KeyFile } from '@edgewise/gateway'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { keysCommand } from './commands/keys.ts'
import { keyFileName } from './gateway-keys.ts'
import { openGateway } from './serve.ts'
import { openSystem } from './system.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgewise-cli-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.restoreAllMocks())

/** What the command prints on standard output. */
async function run(...args: string[]): Promise<string> {
  const lines: string[] = []
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  await keysCommand().parseAsync(args, { from: 'user' })
  log.mockRestore()
  return lines.join('\n')
}

test('a key is made, listed without its secret, serves a call under its own policy, and is revoked', async () => {
  const keys = join(folder, 'keys.json')
  const policy = join(folder, 'strict.json')
  const only = { version: 1, tasks: { fix: { place: 'device-only' } }, default: { place: 'device-only' } }
  writeFileSync(policy, JSON.stringify(only))
  const secret = await run(
    'add',
    'laptop',
    '--rpm',
    '5',
    '--user',
    'anna',
    '--policy',
    policy,
    '--keys',
    keys,
  )
  expect(secret).toMatch(/^ew_[A-Za-z0-9_-]{43}$/)
  const general = await run('add', 'server', '--keys', keys)
  const list = await run('list', '--keys', keys)
  expect(list).toContain('laptop')
  expect(list).toContain('5 a minute, user anna')
  expect(list).not.toContain(secret.slice(3))

  using system = await openSystem()
  const serving = await openGateway(system, { host: '127.0.0.1', port: 0, keys, drain: 0 })
  const ask = (key: string, model: string): Promise<Response> =>
    fetch(`${serving.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'i recieved teh package' }] }),
    })
  const answered = await ask(secret, 'edgewise/fix')
  expect(answered.status).toBe(200)
  expect(answered.headers.get('x-ratelimit-limit-requests')).toBe('5')
  // The built-in policy has this task, the one of the key has not.
  expect((await ask(general, 'edgewise/intent')).status).toBe(200)
  expect((await ask(secret, 'edgewise/intent')).status).toBe(404)
  expect(await run('revoke', 'laptop', '--keys', keys)).toContain('revoked laptop')
  await expect.poll(async () => (await ask(secret, 'edgewise/fix')).status, { timeout: 3000 }).toBe(401)
  await serving.close()
})

test('a key file that was named and is not there is told, with what to do', async () => {
  using system = await openSystem()
  const keys = join(folder, 'nowhere.json')
  const refused = openGateway(system, { host: '127.0.0.1', port: 0, keys })
  await expect(refused).rejects.toMatchObject({
    code: 'bad_keys',
    message: expect.stringContaining('keys add'),
  })
  await expect(openGateway(system, { host: '0.0.0.0', port: 0 })).rejects.toMatchObject({
    code: 'keys_required',
  })
})

test('the policy of a key is read when the key is made, and kept by its whole path', async () => {
  const keys = join(folder, 'with-policy.json')
  const policy = join(folder, 'own.json')
  const add = (name: string, ...options: string[]): Promise<string> =>
    run('add', name, '--keys', keys, ...options)
  await expect(add('a', '--policy', policy)).rejects.toMatchObject({ code: 'bad_policy' })
  writeFileSync(policy, '{"version":1}')
  await expect(add('a', '--policy', policy)).rejects.toMatchObject({ code: 'bad_policy' })
  expect(new KeyFile(keys).exists()).toBe(false)
  writeFileSync(policy, JSON.stringify({ version: 1, tasks: {}, default: { place: 'device-only' } }))
  await add('a', '--policy', relative(process.cwd(), policy))
  expect(new KeyFile(keys).read()).toMatchObject([{ name: 'a', policy }])

  rmSync(policy)
  using system = await openSystem()
  await expect(openGateway(system, { host: '127.0.0.1', port: 0, keys })).rejects.toMatchObject({
    code: 'bad_policy',
    message: expect.stringContaining(policy),
  })
})

test('what would leave a file that lets nobody in is refused before it is written', async () => {
  const keys = join(folder, 'kept.json')
  await run('add', 'a', '--keys', keys)
  for (const options of [[''], ['b', '--user', ''], ['b\u001b[2J'], ['b', '--rpm', '1e300']])
    await expect(run('add', ...options, '--keys', keys)).rejects.toMatchObject({ code: 'bad_keys' })
  expect(new KeyFile(keys).read()).toMatchObject([{ name: 'a' }])
})

test('a key file that comes after the start is in force within a second', async () => {
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
  const file = new KeyFile(resolve(keyFileName))
  using system = await openSystem()
  const serving = await openGateway(system, { host: '127.0.0.1', port: 0, drain: 0 })
  const models = async (key: string): Promise<number> =>
    (await fetch(`${serving.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status
  expect(await models('none')).toBe(200)
  const { secret } = file.add({ name: 'first' })
  await expect.poll(() => models('none'), { timeout: 3000 }).toBe(401)
  expect(await models(secret)).toBe(200)
  await serving.close()
})
