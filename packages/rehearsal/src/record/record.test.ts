import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRehearsal } from '../rehearsal.ts'
import { parseScript } from '../script/parse-script.ts'
import type { ScriptRule } from '../script/types.ts'
import { ask, framesOf, post, rehearsing, textOfFrames, until } from '../testing/ask.ts'
import { hideKeys } from './hide-keys.ts'

const rules: ScriptRule[] = [
  {
    when: { contains: 'weather' },
    answer: { toolCalls: [{ name: 'weather', arguments: { city: 'Kraków' } }] },
  },
  { when: { contains: 'broken' }, fault: { kind: 'cut', afterTokens: 1 } },
  { when: { contains: 'wrong' }, fault: { kind: 'status', status: 500 } },
  {
    answer: {
      text: ['Your key ', 'is sk-abcdefghijklmnop', 'qrstuvwx12, or secret-of-a-test.'],
      logprobs: [-0.5],
    },
  },
]

/** A server that stands for the real one, a recorder before it, and the file it writes. */
async function recording(): Promise<
  AsyncDisposable & { file: string; real: Rehearsal; recorder: Rehearsal }
> {
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'))
  const file = join(folder, 'script.json')
  const real = await rehearsing(rules)
  const recorder = await startRehearsal({ record: { url: real.baseURL, file } })
  return {
    file,
    real,
    recorder,
    async [Symbol.asyncDispose]() {
      await recorder.close()
      await real.close()
      await rm(folder, { recursive: true })
    },
  }
}

type Rehearsal = Awaited<ReturnType<typeof startRehearsal>>

const weather = { messages: [{ role: 'user', content: 'the weather?' }] }
const hello = { messages: [{ role: 'user', content: 'hello' }], logprobs: true }

test('what a real server answered is answered again, streamed or whole', async () => {
  await using system = await recording()
  const { recorder, file, real } = system
  const streamed = await framesOf(await post(recorder, { ...weather, stream: true }))
  const whole = await ask(recorder, hello)
  expect(whole.choices[0]!.message.content).toContain('sk-abcdefghijklmnop')
  expect(real.requests[0]!.headers.authorization).toBe('Bearer secret-of-a-test')
  await using replay = await startRehearsal({ script: parseScript(await readFile(file, 'utf8')) })
  const again = await ask(replay, weather)
  expect(again.choices[0]!.message.tool_calls![0]!.function).toEqual({
    name: 'weather',
    arguments: '{"city":"Kraków"}',
  })
  expect(streamed.join('')).toContain('call_rehearsal')
  const frames = await framesOf(await post(replay, { ...hello, stream: true }))
  expect(textOfFrames(frames)).toBe('Your key is [key], or [key].')
  expect((await ask(replay)).choices[0]!.message.content).toMatch(/^This is a rehearsal/)
})

test('neither the key nor the prompt is in the file, which only its owner can read', async () => {
  await using system = await recording()
  await ask(system.recorder, { messages: [{ role: 'user', content: 'private words' }] })
  await ask(system.recorder, weather)
  const text = await readFile(system.file, 'utf8')
  for (const secret of ['secret-of-a-test', 'sk-abcdefghijklmnop', 'private words', 'uthorization'])
    expect(text).not.toContain(secret)
  expect(parseScript(text).rules).toHaveLength(2)
  expect((await stat(system.file)).mode & 0o777).toBe(0o600)
})

test('what is no whole answer is passed on, and not recorded', async () => {
  await using system = await recording()
  const say = (content: string): object => ({ messages: [{ role: 'user', content }], stream: true })
  expect((await post(system.recorder, say('wrong'))).status).toBe(500)
  expect(await framesOf(await post(system.recorder, say('broken')))).not.toContain('[DONE]')
  const models = await fetch(`${system.recorder.baseURL}/models`)
  expect(await models.json()).toMatchObject({ data: [{ id: 'cloud-rehearsal' }] })
  expect(parseScript(await readFile(system.file, 'utf8')).rules).toEqual([])
})

test('it is not marked as a rehearsal by itself, and stops the real server when the client leaves', async () => {
  await using real = await rehearsing([{ fault: { kind: 'stall', afterTokens: 0 } }])
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'))
  await using recorder = await startRehearsal({ record: { url: real.baseURL, file: join(folder, 's.json') } })
  const stop = new AbortController()
  await post(recorder, { stream: true }, stop.signal)
  stop.abort()
  await until(() => real.counts.abandoned === 1)
  await real.close()
  const refused = await post(recorder)
  expect(refused.status).toBe(502)
  expect(await refused.json()).toMatchObject({ error: { code: 'record_unreachable' } })
  await rm(folder, { recursive: true })
})

test('a recording writes over nothing, and wants an address', async () => {
  await using system = await recording()
  await expect(
    startRehearsal({ record: { url: system.real.baseURL, file: system.file } }),
  ).rejects.toMatchObject({ code: 'record_file_exists' })
  await expect(
    startRehearsal({ record: { url: 'api.example.com', file: `${system.file}.2` } }),
  ).rejects.toMatchObject({ code: 'bad_option' })
  await expect(
    startRehearsal({ record: { url: system.real.baseURL, file: join(system.file, 'x') } }),
  ).rejects.toMatchObject({ code: 'record_failed' })
})

/** Put together here, so that no scanner of repositories takes a made-up key for one that was lost. */
const made = (...parts: string[]): string => parts.join('')

test.each([
  made('sk', '-proj-abcdefghijklmnop1234'),
  made('gh', 'p_abcdefghijklmnopqrstuvwxyz0123456789'),
  made('AK', 'IAIOSFODNN7EXAMPLE'),
  made('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0In0', '.c2lnbmF0dXJlb2Y'),
  made('gl', 'pat-abcdefghijklmnop1234'),
  made('h', 'f_abcdefghijklmnopqrstuvwxyz012345'),
  made('npm', '_abcdefghijklmnopqrstuvwxyz0123456789'),
  made('ew', '_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'),
  'Zx8Qp2Lm5Rt7Vw1Ks9Bn4Hd6Fg3Jc0TyUaEiOuWq',
])('%s is hidden in a text', (key) => {
  expect(hideKeys(`the key ${key}, again`, [])).toBe('the key [key], again')
})

test('passwords are hidden, and who somebody is stays', () => {
  expect(hideKeys('{"to":"ann@lee.org","password":"hunter 2"}', [])).toBe(
    '{"to":"ann@lee.org","password":"[key]"}',
  )
  expect(hideKeys('postgres://ann:hunter2@db.local/x', [])).toBe('postgres://[key]@db.local/x')
})

/** Of a GET for a path that no client would send: fetch cleans addresses. */
const statusOf = ({ port }: Rehearsal, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path }, (response) => {
      response.resume()
      resolve(response.statusCode!)
    }).on('error', reject)
  })

test.each([
  '/v1',
  '/v2/models',
  '/v1@127.0.0.1/models',
  '/v1/../admin',
  '//127.0.0.1/x',
  '/v1.evil.example/x',
])('a call for %s goes nowhere', async (path) => {
  await using system = await recording()
  const status = await statusOf(system.recorder, path)
  expect(status).toBe(404)
  expect(system.real.requests).toEqual([])
})

test('whatever host a call names, it goes to the recorded one, with its query', async () => {
  await using system = await recording()
  const path = 'http://other.example/v1/models/cloud-rehearsal?limit=2'
  const status = await statusOf(system.recorder, path)
  expect(status).toBe(200)
  expect(system.real.requests.map(({ path }) => path)).toEqual(['/v1/models/cloud-rehearsal'])
})
