/** Processes in pairs, killed at any moment, over and over: what gets the name in the end is the file. */
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { seededRandom } from '../../engine/src/generate/random.ts'
import type { Fault } from '../../engine/src/testing/range-server.ts'
import { placeOf } from './addresses.ts'
import { pull } from './pull.ts'
import { parseReference } from './reference.ts'
import { hubSettings } from './settings.ts'
import { fakeHub, noise } from './testing/fake-hub.ts'

const child = fileURLToPath(new URL('./testing/pull-child.ts', import.meta.url))
const name = 'hf:org/repo/model.gguf'

test('forty processes killed at any moment, and the file is whole', async () => {
  const bytes = noise(40_000_000)
  const random = seededRandom(7)
  const cache = await mkdtemp(join(tmpdir(), 'edgewise-hub-'))
  const slow: Fault = async (request, response) => {
    const [, from, to] = /(\d+)-(\d+)/.exec(request.headers.range!)!
    const end = Math.min(Number(to) + 1, bytes.length)
    response.writeHead(206, {
      etag: '"store-1"',
      'content-range': `bytes ${from}-${end - 1}/${bytes.length}`,
    })
    for (let at = Number(from); at < end && !response.destroyed; at += 50_000) {
      response.write(bytes.subarray(at, Math.min(at + 50_000, end)))
      await sleep(30)
    }
    return !!response.end()
  }
  await using hub = await fakeHub(bytes, { storeFault: slow })
  const environment = { HF_ENDPOINT: hub.endpoint, EDGEWISE_CACHE: cache, HF_TOKEN: '' }
  const settings = hubSettings(environment)
  const { file, state } = placeOf(settings, parseReference(name))
  let most = 0
  for (let round = 0; round < 20; round++) {
    const pair = [0, 1].map(() =>
      spawn(process.execPath, ['--conditions=edgewise-source', child, name], {
        env: { ...process.env, ...environment },
        stdio: 'ignore',
      }),
    )
    const exits = pair.map((process) => new Promise((resolve) => process.on('exit', resolve)))
    for (const process of pair) {
      await sleep(200 + random() * 1500)
      process.kill('SIGKILL')
    }
    await Promise.all(exits)
    // The name is never there before the file is.
    const named = await readFile(file).catch(() => undefined)
    if (named) expect(named.equals(bytes)).toBe(true)
    const listed = JSON.parse(await readFile(state, 'utf8').catch(() => '{"done":[]}'))
    const done = (listed.done as [number, number][]).reduce((sum, [from, to]) => sum + to - from, 0)
    expect(done).toBeGreaterThanOrEqual(named ? 0 : most)
    most = done
  }
  expect(most).toBeGreaterThan(0)
  const before = hub.store.ranges.length
  const pulled = await pull(name, { settings })
  expect((await readFile(pulled.path)).equals(bytes)).toBe(true)
  expect(pulled.verified).toBe(true)
  expect(hub.store.ranges.slice(before + 1)).not.toContain('bytes=0-16777215')
  expect((await readdir(dirname(file))).sort()).toEqual(['model.gguf', 'model.gguf.pulled.json'])
  await rm(cache, { recursive: true })
}, 180_000)
