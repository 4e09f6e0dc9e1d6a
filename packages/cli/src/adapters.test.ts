/** Adapters beside a model file, from files and folders as the command takes them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BadAdapterError,
  BadOptionError,
  openModel,
  readConfig,
  readGguf,
  writeAdapter,
} from '@edgewise/engine'
import { openAdapter } from '@edgewise/student'
import { afterAll, expect, test } from 'vitest'
import { namedTemplates } from '../../engine/src/chat/named-templates.ts'
import { randomAdapter, sinePeft } from '../../engine/src/testing/random-adapter.ts'
import { randomModel } from '../../engine/src/testing/random-model.ts'
import { openModelFile } from './open-model.ts'
import { openSystem } from './system.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgewise-adapters-'))
afterAll(() => rmSync(folder, { recursive: true }))

const template = { type: 'string', value: namedTemplates.get('chatml')! } as const
const bytes = randomModel({
  seed: 3,
  type: 'q8_0',
  metadata: new Map([['tokenizer.chat_template', template]]),
})
const config = readConfig(readGguf(bytes).metadata)
const model = join(folder, 'noise.gguf')
writeFileSync(model, bytes)
const file = join(folder, 'random.gguf')
writeFileSync(file, writeAdapter(randomAdapter(config)))
const peft = join(folder, 'sine')
mkdirSync(peft)
const { config: fields, weights } = sinePeft(config)
writeFileSync(join(peft, 'adapter_config.json'), fields)
writeFileSync(join(peft, 'adapter_model.safetensors'), weights as Uint8Array)

test('a file and a folder change what the model says, and are in its name', async () => {
  const logits = async (adapters: readonly string[]): Promise<Float32Array> => {
    const opened = await openModelFile(model, { adapters })
    using one = opened.model
    using session = one.session()
    return session.forward([5, 6, 7])
  }
  const plain = await openModel(bytes)
  using session = plain.session()
  expect(await logits([])).toEqual(session.forward([5, 6, 7]))
  plain[Symbol.dispose]()
  const all = [await logits([]), await logits([file]), await logits([peft]), await logits([file, peft])]
  expect(new Set(all.map((row) => row[0])).size).toBe(4)
  using system = await openSystem({ model, adapter: [file, peft] })
  expect(system.device.model.modelId).toMatch(/^noise\+random 1@[\da-f]{8}\+sine@[\da-f]{8}$/)
  const { text } = await import('ai').then(({ generateText }) =>
    generateText({ model: system.model, prompt: 'hello', maxOutputTokens: 4 }),
  )
  expect(text).toEqual(expect.any(String))
})

test('an adapter trained again has another name, the same numbers have one, whichever file they lie in', async () => {
  const nameOf = async (path: string): Promise<string> => {
    const { model: opened, name } = await openModelFile(model, { adapters: [path] })
    opened[Symbol.dispose]()
    return name
  }
  const place = join(folder, 'again.gguf')
  const names: string[] = []
  for (const seed of [1, 2, 1]) {
    writeFileSync(place, writeAdapter({ ...randomAdapter(config, seed), name: 'again' }))
    names.push(await nameOf(place))
  }
  writeFileSync(place, writeAdapter({ ...randomAdapter(config), name: 'a@1+\u001b[31mb\n\u202ec' }))
  expect(await nameOf(place)).toMatch(/^noise\+a-1-31mb-c@[\da-f]{8}$/)
  expect(names[0]).toMatch(/^noise\+again@[\da-f]{8}$/)
  expect(names[1]).not.toBe(names[0])
  expect(names[2]).toBe(names[0])
  writeFileSync(place, writeAdapter(await openAdapter(peft, config)))
  expect(await nameOf(place)).toBe(await nameOf(peft))
})

test('an adapter without a file to go beside, or that is none, is refused', async () => {
  await expect(openSystem({ adapter: [file] })).rejects.toThrow(BadOptionError)
  await expect(openSystem({ adapter: [file], model: 'http://127.0.0.1:9/v1' })).rejects.toThrow(
    /name that with --model/,
  )
  for (const [path, message] of [
    [join(folder, 'none'), /none cannot be opened/],
    [folder, /adapter_config.json is not there/],
    [model, /general.type is null/],
  ] as const) {
    await expect(openModelFile(model, { adapters: [path] })).rejects.toThrow(BadAdapterError)
    await expect(openModelFile(model, { adapters: [path] })).rejects.toThrow(message)
  }
})
