/** The recipes of docs/gateway.md, run as they stand there but for the port. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { createKey } from './keys/api-key.ts'
import * as metrics from './metrics/names.ts'
import { embeddingModel, type FakeModel, hello } from './testing/models.ts'
import { serve } from './testing/server.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../', import.meta.url))
const page = readFileSync(join(root, 'docs/gateway.md'), 'utf8')
const recipes = [...page.matchAll(/```(ts|sh) recipe\n(.*?)```/gs)].map(([, language, code]) => ({
  language: language!,
  code: code!,
}))

const folder = mkdtempSync(join(tmpdir(), 'edgewise-recipes-'))
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What the recipe prints, and the calls it made. */
async function cooked(index: number): Promise<{ printed: string; calls: FakeModel['calls'] }> {
  const { language, code } = recipes[index]!
  const model = hello()
  const { secret, key } = createKey({ name: 'recipe', user: 'cook' })
  await using server = await serve(model, { embeddings: [embeddingModel()], keys: () => [key] })
  const file = join(folder, `${index}.${language === 'ts' ? 'mts' : 'sh'}`)
  writeFileSync(file, code.replaceAll('http://127.0.0.1:8787', server.url))
  const [program, ...args] = language === 'ts' ? [process.execPath, file] : ['/bin/sh', file]
  const { stdout } = await run(program!, args, { env: { ...process.env, EDGEWISE_KEY: secret } })
  return { printed: stdout, calls: model.calls }
}

test('there are as many recipes as are tested', () => {
  expect(recipes.map(({ language }) => language)).toEqual(['ts', 'ts', 'ts', 'sh'])
})

test('the page has every metric', () => {
  const missing = Object.values(metrics).filter(({ name }) => !page.includes(`| \`${name}\``))
  expect(missing).toEqual([])
})

test.each([
  ['openai', 0, 'Hello!\nHello!\n', 2],
  ['the AI SDK', 1, 'Hello!\n10\n', 1],
  ['LangChain', 2, 'Hello!\n3\n', 1],
])('%s', async (_, index, output, count) => {
  const { printed, calls } = await cooked(index)
  expect(printed).toBe(output)
  expect(calls.map((call) => call.providerOptions)).toEqual(
    Array.from({ length: count }, () => ({ edgewise: { task: 'greet', user: 'cook' } })),
  )
})

test.skipIf(process.platform === 'win32')('curl (where there is a shell)', async () => {
  const { printed, calls } = await cooked(3)
  expect(JSON.parse(printed)).toMatchObject({ choices: [{ message: { content: 'Hello!' } }] })
  expect(calls[0]!.providerOptions).toMatchObject({ edgewise: { task: 'greet' } })
})
