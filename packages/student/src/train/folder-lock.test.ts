/** Who may be in a folder of checkpoints: one run, and who comes after one that was killed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lockFolder } from './folder-lock.ts'
import { runOptions, sequencesOf, tinyModel } from './testing/tiny.ts'
import { train } from './train.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'edgewise-lock-'))
})
afterAll(() => rm(root, { recursive: true }))

test('of two runs in a folder the second is refused, and the first ends as if alone', async () => {
  const checkpoint = join(root, 'two')
  const run = async (seed: number) =>
    await train(await tinyModel(), sequencesOf(20), { ...runOptions, seed, checkpoint })
  const [first, second] = await Promise.allSettled([run(1), run(2)])
  expect(first).toMatchObject({ status: 'fulfilled', value: { resumedAt: 0 } })
  expect(second).toMatchObject({ reason: { code: 'checkpoint_invalid', message: /another run, of process/ } })
  expect(await run(1)).toMatchObject({
    resumedAt: (first as PromiseFulfilledResult<{ steps: number }>).value.steps,
  })
})

test('a process that runs keeps others out, one that was killed does not', async () => {
  const folder = join(root, 'killed')
  lockFolder(folder)[Symbol.dispose]()
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const ended = once(child, 'exit')
  await writeFile(join(folder, `run-${child.pid}.lock`), '')
  expect(() => lockFolder(folder)).toThrow(`of process ${child.pid}`)
  child.kill('SIGKILL')
  await ended
  // The number of a run in a container that was killed may come again.
  await writeFile(join(folder, `run-${process.pid}.lock`), '')
  expect(() => lockFolder(folder)).toThrow(`of process ${process.pid}`)
  await utimes(join(folder, `run-${process.pid}.lock`), 0, performance.timeOrigin / 1000 - 1)
  using _ = lockFolder(folder)
  expect(await readdir(folder)).toEqual([`run-${process.pid}.lock`])
})

test('another thread of this process is kept out as well', async () => {
  const folder = join(root, 'threads')
  const module = JSON.stringify(new URL('./folder-lock.ts', import.meta.url).href)
  const inThread = async (): Promise<string> => {
    const code = `import(${module}).then(({ lockFolder }) => {
      try { lockFolder(${JSON.stringify(folder)})[Symbol.dispose](); return 'held' } catch (error) { return error.message }
    }).then((said) => require('node:worker_threads').parentPort.postMessage(said))`
    const execArgv = ['--conditions=edgewise-source', '--disable-warning=ExperimentalWarning']
    const [said] = await once(new Worker(code, { eval: true, execArgv }), 'message')
    return said
  }
  {
    using _ = lockFolder(folder)
    expect(await inThread()).toContain(`another run, of process ${process.pid}`)
  }
  expect(await inThread()).toBe('held')
})

test('a folder that cannot be written to is refused before anything is trained', async () => {
  const file = join(root, 'file')
  await writeFile(file, '')
  for (const checkpoint of [file, join(file, 'below'), '']) {
    const onStep = (): never => expect.unreachable()
    const run = train(await tinyModel(), sequencesOf(5), { ...runOptions, checkpoint, onStep })
    await expect(run).rejects.toMatchObject({ code: 'checkpoint_invalid' })
  }
})
