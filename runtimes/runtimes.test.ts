/**
 * Each runtime started for real on the embedded model, and driven through Edgewise's adapters. One that is not installed is skipped by
 * name, with what to run (`npm run setup`). The last lines are a table of what was seen, which docs/runtimes.md is written from.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openModel } from '@edgewise/engine'
import { ggufDevice } from '../packages/edgewise/src/device/gguf-device.ts'
import type { LlamaCppLibrary } from '../packages/edgewise/src/device/llama-cpp/library.ts'
import { llamaCppDevice } from '../packages/edgewise/src/device/llama-cpp/llama-cpp-device.ts'
import { serverKinds } from '../packages/edgewise/src/device/server/quirks.ts'
import { call, drive, type Expected, type Seen } from './drive.ts'
import { ggufFile } from './hf-folder.ts'
import { executorchFile, hfFolder, litertFile, program, root } from './places.ts'
import { startServer } from './start-server.ts'

const gguf = fileURLToPath(ggufFile)
const python = (name: string): string => fileURLToPath(new URL(`python/${name}`, import.meta.url))
const seen: Record<string, Seen | string> = {}

/** What our own engine says: the others have the same weights, as they are or as 32-bit floats. */
const expected = await (async (): Promise<Expected> => {
  using model = await openModel(await readFile(gguf))
  const { content, providerMetadata } = await (await ggufDevice(model)).doGenerate(call())
  const [first] = content
  const meanLogprob = providerMetadata!.edgewise!.meanLogprob as number
  return { text: first?.type === 'text' ? first.text : '', meanLogprob, tools: 'not tried' }
})()

/** Runs where `needs` is there. */
function runtime(name: string, needs: string, setup: string, drives: () => Promise<Seen>): void {
  const lack = existsSync(needs) ? false : `not installed: npm run setup -- ${setup}`
  if (lack) seen[name] = lack
  test(name, { skip: lack, timeout: 240_000 }, async () => {
    seen[name] = 'failed'
    seen[name] = await drives()
  })
}

const library = await import('node-llama-cpp').then(
  (found) => found as unknown as LlamaCppLibrary,
  () => null,
)
test('node-llama-cpp', {
  skip: library ? false : 'not installed: npm install --no-save',
  timeout: 120_000,
}, async () => {
  await using device = await llamaCppDevice({
    file: gguf,
    library: library!,
    gpu: false,
    threads: 1,
    margins: true,
  })
  seen['node-llama-cpp'] = await drive(device, { ...expected, tools: 'enforced' })
})

runtime('llama-server', join(root, 'llama', 'ready'), 'llama-server', async () => {
  await using server = await startServer({
    command: (port) => [program('llama', 'python'), python('llama_server.py'), gguf, `${port}`],
    device: {},
  })
  return await drive(server.device, { ...expected, tools: 'taken' })
})

runtime('mlx_lm.server', join(root, 'mlx', 'ready'), 'mlx', async () => {
  const home = join(root, 'home')
  await mkdir(join(home, 'hub'), { recursive: true })
  await using server = await startServer({
    command: (port) => [
      program('mlx', 'mlx_lm.server'),
      ...['--model', hfFolder, '--host', '127.0.0.1', '--port', `${port}`, '--log-level', 'WARNING'],
    ],
    env: { HF_HOME: home, MLX_DISABLE_COMPILE: '1' },
    device: { kind: 'mlx-lm' },
  })
  const whole = await drive(await server.open({ whole: true }), expected)
  return {
    ...(await drive(server.device, { ...expected, tools: 'taken' })),
    logprobs: `whole answers alone: ${whole.logprobs}`,
  }
})

runtime('litert-lm serve', litertFile, 'litert', async () => {
  const home = join(root, 'home')
  await mkdir(home, { recursive: true })
  await using server = await startServer({
    command: (port) => [program('litert', 'litert-lm'), 'serve', '--host', '127.0.0.1', '--port', `${port}`],
    env: { HOME: home },
    device: { kind: 'litert-lm', model: `${litertFile},cpu,512` },
  })
  return await drive(server.device, { ...expected, text: null, tools: 'taken' })
})

runtime('ExecuTorch', executorchFile, 'executorch', async () => {
  await using server = await startServer({
    command: (port) => [
      program('torch', 'python'),
      ...[python('executorch_server.py'), executorchFile, hfFolder, `${port}`],
    ],
    // A row of its own: the loop over tokens is ours, and tells what it knows of them.
    device: { kind: { ...serverKinds.executorch, logprobs: 'stream', tools: false } },
  })
  return await drive(server.device, expected)
})

after(() => {
  console.log(`\nthe engine: ${JSON.stringify(expected.text)}, mean ${expected.meanLogprob.toFixed(4)}`)
  for (const [name, row] of Object.entries(seen)) {
    console.log(typeof row === 'string' ? `${name}: ${row}` : `${name}: ${JSON.stringify(row)}`)
  }
})
