/** `edgewise pull` as a process, against a hub on 127.0.0.1. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { openFile, resolveModel } from '@edgewise/hub'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { randomModel } from '../../engine/src/testing/random-model.ts'
import { type Fault, rangeServer } from '../../engine/src/testing/range-server.ts'
import { type FakeHub, fakeHub } from '../../hub/src/testing/fake-hub.ts'
import { duration, describe as say, speedometer } from './pull-progress.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const model = randomModel({ type: 'q8_0', layers: 8, dim: 256, hiddenDim: 512 })
const name = 'hf:org/repo/model.gguf'
let cache: string
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'edgewise-pull-'))
})
afterEach(() => rm(cache, { recursive: true }))

function start(hub: FakeHub, ...args: string[]): ChildProcess {
  return spawn(process.execPath, ['--conditions=edgewise-source', main, 'pull', ...args], {
    env: { ...process.env, NO_COLOR: '1', HF_ENDPOINT: hub.endpoint, HF_TOKEN: '', EDGEWISE_CACHE: cache },
  })
}

async function run(
  hub: FakeHub,
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const child = start(hub, ...args)
  child.stdin!.end()
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [out, err] = await Promise.all([text(child.stdout!), text(child.stderr!)])
  return { code: await exit, out, err }
}

test('a model comes, its verdict before it, and is found by its name afterwards', async () => {
  await using hub = await fakeHub(model)
  const { code, out, err } = await run(hub, name)
  expect(err).toMatch(/^needs \d+ MB with 256 positions, .*: about \d+ tokens a second \(\d+ to \d+\)/)
  expect(err).toMatch(/model\.gguf: [\d.]+ MB of [\d.]+ MB/)
  expect(out).toMatch(/^file +\/.*model\.gguf\nsize +[\d.]+ MB\nsha256 +[0-9a-f]{64}, the hub's\n$/)
  expect(code).toBe(0)
  const [, path] = /^file +(.*)$/m.exec(out)!
  expect((await readFile(path!)).equals(model)).toBe(true)

  const again = await run(hub, name, '--json')
  expect(JSON.parse(again.out)).toMatchObject({ path, cached: true, verified: true, reference: name })
  expect(again.err).toBe('')
  await using file = await openFile(path!)
  expect(file.size).toBe(model.length)
  await expect(resolveModel(`${path}.part`)).rejects.toThrow(/not complete/)
})

test('--check reads the first bytes and fetches nothing; what cannot run is refused unless forced', async () => {
  const metadata = new Map([['general.architecture', { type: 'string', value: 'mamba' } as const]])
  await using good = await fakeHub(model)
  const checked = await run(good, name, '--check', '--json', '--context', '100')
  expect(JSON.parse(checked.out)).toMatchObject({ fits: true, contextLength: 100 })
  expect(checked.code).toBe(0)
  expect(await readdir(cache)).toEqual([])

  await using odd = await fakeHub(randomModel({ metadata }))
  const refused = await run(odd, name)
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect(refused.err).toMatch(
    /cannot run model\.gguf: the architecture "mamba" is not supported.*--force.*\(cannot_run\)/,
  )
  expect((await run(odd, name, '--check')).code).toBe(1)
  expect((await run(odd, name, '--force', '--json')).code).toBe(0)
})

test('errors are told with their code', async () => {
  await using hub = await fakeHub(model, { fault: (_, response) => !!response.writeHead(401).end() })
  const gated = await run(hub, name)
  expect(gated).toMatchObject({ code: 1, out: '' })
  expect(gated.err).toMatch(/set HF_TOKEN, and accept the licence.*\(hub_gated\)/)
  expect((await run(hub, 'hf:org/repo/../x')).err).toContain('(hub_bad_reference)')
  expect((await run(hub, 'hf:org/repo@a/x', '--revision', 'b')).err).toContain('(hub_bad_reference)')
})

test('Ctrl+C leaves a part, and the next pull goes on with it', async () => {
  let hangs = true
  const cut = 1_600_000
  const storeFault: Fault = (request, response) => {
    const [, from, to] = /(\d+)-(\d+)/.exec(request.headers.range!)!
    if (!hangs || Number(to) - Number(from) < 2 ** 21) return false
    response.writeHead(206, { etag: '"store-1"', 'content-range': `bytes ${from}-${to}/${model.length}` })
    return !!response.write(model.subarray(Number(from), Number(from) + cut)) || true
  }
  await using hub = await fakeHub(model, { storeFault })
  expect(model.length).toBeGreaterThan(2 ** 21)
  const child = start(hub, name)
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  let told = ''
  for await (const chunk of child.stderr!.iterator({ destroyOnReturn: false }))
    if (/: 1\.\d MB of/.test((told += chunk))) break
  child.kill('SIGINT')
  expect(await exit).toBe(130)
  hangs = false
  const { out } = await run(hub, name, '--json')
  const pulled = JSON.parse(out)
  expect((await readFile(pulled.path)).equals(model)).toBe(true)
  // It goes on where the first one stopped: behind what was told, and no further than what came.
  const resumed = hub.store.ranges
    .map((range) => Number(/(\d+)-/.exec(range!)![1]))
    .filter((from) => from > 1)
  expect(Math.min(...resumed)).toBeGreaterThanOrEqual(1_000_000)
  expect(Math.min(...resumed)).toBeLessThanOrEqual(cut)
  expect((await readdir(dirname(pulled.path))).sort()).toEqual(['model.gguf', 'model.gguf.pulled.json'])
})

test('speed and time left', () => {
  const speed = speedometer()
  const at = (done: number, ms: number) => speed({ phase: 'downloading', done, total: 1e9 }, ms)
  expect(at(500e6, 0)).toBeUndefined()
  expect(at(510e6, 1000)).toBeCloseTo(10e6)
  expect(at(520e6, 2000)).toBeCloseTo(10e6)
  // Only the last few seconds count.
  for (let s = 3; s < 20; s++) at(520e6 + (s - 2) * 20e6, 1000 * s)
  expect(at(520e6 + 18 * 20e6, 20_000)).toBeCloseTo(20e6)
  expect(speed({ phase: 'verifying', done: 0, total: 1e9 }, 20_001)).toBeUndefined()
  expect(say('m', { phase: 'downloading', done: 1e8, total: 1e9 }, 10e6)).toBe(
    'm: 100 MB of 1.00 GB, 10 MB/s, 2 min left',
  )
  expect([59, 61, 3600, 7300, Number.POSITIVE_INFINITY].map(duration)).toEqual([
    '59 s',
    '2 min',
    '1 h 0 min',
    '2 h 2 min',
    'some time',
  ])
})

test('a hub without ranges is told what to do', async () => {
  await using plain = await rangeServer({ bytes: model }, (_, response) => !!response.end('all of it'))
  await using hub = await fakeHub(model)
  const child = run({ ...hub, endpoint: plain.url.origin }, name)
  expect((await child).err).toMatch(
    /only whole files.*download the file and open it from disk.*\(hub_failed\)/,
  )
})
