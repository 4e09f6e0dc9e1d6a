/** Several processes and one file: real ones, some killed. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Fault } from '../../engine/src/testing/range-server.ts'
import { placeOf } from './addresses.ts'
import { lock } from './lock.ts'
import type { Pulled } from './pull.ts'
import { parseReference } from './reference.ts'
import { hubSettings } from './settings.ts'
import { type FakeHub, fakeHub, noise } from './testing/fake-hub.ts'

const child = fileURLToPath(new URL('./testing/pull-child.ts', import.meta.url))
const bytes = noise(24_000_000)
const name = 'hf:org/repo/model.gguf'
let cache: string
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'edgewise-hub-'))
})
afterEach(() => rm(cache, { recursive: true }))

function start(hub: FakeHub): ChildProcess {
  return spawn(process.execPath, ['--conditions=edgewise-source', child, name], {
    env: { ...process.env, HF_ENDPOINT: hub.endpoint, EDGEWISE_CACHE: cache, HF_TOKEN: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function result(
  process: ChildProcess,
): Promise<{ pulled?: Pulled; error?: string; phases: Set<string> }> {
  const lines = (await text(process.stdout!))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  return { ...lines.at(-1), phases: new Set(lines.map(({ phase }) => phase)) }
}

/** Bytes go out slowly: ten kilobytes a millisecond, for every request but the first. */
const slow: Fault = async (request, response, count) => {
  if (count === 1) return false
  const [, from, to] = /(\d+)-(\d+)/.exec(request.headers.range!)!
  const end = Math.min(Number(to) + 1, bytes.length)
  response.writeHead(206, { etag: '"store-1"', 'content-range': `bytes ${from}-${end - 1}/${bytes.length}` })
  for (let at = Number(from); at < end && !response.destroyed; at += 200_000) {
    response.write(bytes.subarray(at, Math.min(at + 200_000, end)))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  response.end()
  return true
}

test('two processes: one downloads, the other waits and gets the same file', async () => {
  await using hub = await fakeHub(bytes, { storeFault: (q, r, count) => count > 2 && slow(q, r, count) })
  const [a, b] = await Promise.all([result(start(hub)), result(start(hub))])
  expect([a.pulled?.cached, b.pulled?.cached].sort()).toEqual([false, true])
  expect(a.pulled?.path).toBe(b.pulled?.path)
  expect([...a.phases, ...b.phases]).toContain('waiting')
  expect(Buffer.compare(await readFile(a.pulled!.path), bytes)).toBe(0)
  // No byte was sent twice: two first bytes, then the file once.
  const ranges = hub.store.ranges.filter((range) => range !== 'bytes=0-0')
  expect(hub.store.ranges.length - ranges.length).toBe(2)
  const sent = ranges.map((range) => /(\d+)-(\d+)/.exec(range!)!)
  expect(sent.reduce((sum, [, from, to]) => sum + Number(to) - Number(from) + 1, 0)).toBe(bytes.length)
})

test('killed in the middle, the next one takes over the lock at once and goes on', async () => {
  await using hub = await fakeHub(bytes, { storeFault: slow })
  const place = placeOf(
    hubSettings({ HF_ENDPOINT: hub.endpoint, EDGEWISE_CACHE: cache }),
    parseReference(name),
  )
  const killed = start(hub)
  const exit = new Promise((resolve) => killed.on('exit', resolve))
  for await (const chunk of killed.stdout!) {
    void chunk
    const state = await readFile(place.state, 'utf8').catch(() => '')
    if (state.includes('"done":[[')) break
  }
  killed.kill('SIGKILL')
  await exit
  await expect(readFile(place.lock, 'utf8')).resolves.toContain(String(killed.pid))
  await expect(readFile(place.file)).rejects.toThrow()

  const before = hub.store.ranges.length
  const started = performance.now()
  const { pulled } = await result(start(hub))
  expect(performance.now() - started).toBeLessThan(15_000)
  expect(Buffer.compare(await readFile(pulled!.path), bytes)).toBe(0)
  const asked = hub.store.ranges.slice(before + 1).map((range) => /(\d+)-(\d+)/.exec(range!)!)
  const again = asked.reduce((sum, [, from, to]) => sum + Number(to) - Number(from) + 1, 0)
  expect(again).toBeLessThan(bytes.length)
  await expect(readFile(place.lock)).rejects.toThrow()
})

test('of many that find a dead lock one takes it, and they have it one at a time', async () => {
  const path = join(cache, 'x.lock')
  await writeFile(path, JSON.stringify({ id: 'dead', pid: 2 ** 22 + 1, host: hostname() }))
  let inside = 0
  let most = 0
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      await using _ = await lock(path)
      most = Math.max(most, ++inside)
      await new Promise((resolve) => setTimeout(resolve, 5))
      inside--
    }),
  )
  expect(most).toBe(1)
  await expect(readFile(path)).rejects.toThrow()
})

test('a lock of another machine is waited for while it is touched, and taken when it is not', async () => {
  const path = join(cache, 'x.lock')
  await writeFile(path, JSON.stringify({ id: 'far', pid: 1, host: 'another-machine' }))
  let waits = 0
  const started = performance.now()
  await using _ = await lock(path, { staleMs: 500, onWait: async () => void waits++ })
  expect(performance.now() - started).toBeGreaterThan(400)
  expect(waits).toBeGreaterThan(0)
  const reason = new Error('enough')
  await expect(lock(path, { signal: AbortSignal.timeout(300) })).rejects.toThrow(/timeout/i)
  await expect(lock(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

test('what a killed process left beside the lock goes with the next one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'edgewise-lock-'))
  const path = join(folder, 'file.lock')
  const gone = spawnSync(process.execPath, ['-e', '']).pid
  const owner = (pid: number) => JSON.stringify({ id: 'another', pid, host: hostname() })
  await writeFile(`${path}.dead`, owner(gone))
  await writeFile(`${path}.dead.next`, owner(gone))
  await writeFile(`${path}.alive`, owner(process.pid))
  await writeFile(join(folder, 'file.lock2'), owner(gone))
  await (await lock(path))[Symbol.asyncDispose]()
  expect((await readdir(folder)).sort()).toEqual(['file.lock.alive', 'file.lock2'])
  await rm(folder, { recursive: true })
})
