/** A linear head's file as the device of the command: it answers through the router, and a broken one is named. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { trainLinear } from '@edgewise/student/linear'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSystem } from './system.ts'

let folder: string
let bytes: Uint8Array
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgewise-linear-'))
  const examples = ['rain', 'snow', 'sun'].map((word) => ({
    text: `will there be ${word}`,
    target: 'weather',
  }))
  const others = ['rock', 'jazz', 'blues'].map((word) => ({ text: `play some ${word}`, target: 'music' }))
  bytes = (await trainLinear([...examples, ...others])).bytes()
})
afterAll(() => rm(folder, { recursive: true }))

test('answers with a label, its probability on the receipt', async () => {
  const file = join(folder, 'requests.linear')
  await writeFile(file, bytes)
  const rule = { place: 'device-only' as const }
  using system = await openSystem({
    policy: { version: 1, tasks: { triage: rule }, default: rule },
    model: file,
  })
  expect(system.device.backend).toMatch(/^linear head of 2 labels, \d+ kB$/)
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'play some soul' }] }]
  const { content } = await system.edgewise('triage').doGenerate({ prompt })
  expect(content).toMatchObject([{ type: 'text', text: 'music' }])
  const [receipt] = await system.ledger.recent(1)
  expect(receipt).toMatchObject({ place: 'device', model: expect.stringMatching(/^requests@[0-9a-f]{8}$/) })
})

test('a policy names it for one task; an adapter does not fit it', async () => {
  const file = join(folder, 'triage.linear')
  await writeFile(file, bytes)
  const rule = { place: 'device-only' as const, deviceModel: file }
  const fallback = { place: 'device-only' as const }
  using system = await openSystem({ policy: { version: 1, tasks: { triage: rule }, default: fallback } })
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'is there snow' }] }]
  const { content } = await system.edgewise('triage').doGenerate({ prompt })
  expect(content).toMatchObject([{ type: 'text', text: 'weather' }])
  await expect(openSystem({ model: file, adapter: [file] })).rejects.toThrow('takes no adapter')
})

test('another training under the same name is another model, to which no certificate of the first belongs', async () => {
  const file = join(folder, 'again.linear')
  const nameOf = async (): Promise<string> => {
    using system = await openSystem({ model: file })
    return system.device.model.modelId
  }
  await writeFile(file, bytes)
  const first = await nameOf()
  expect(await nameOf()).toBe(first)
  const examples = ['x y', 'z'].map((text) => ({ text, target: text }))
  await writeFile(file, (await trainLinear(examples)).bytes())
  expect(await nameOf()).not.toBe(first)
})

test('a broken file is named', async () => {
  const file = join(folder, 'broken.linear')
  await writeFile(file, bytes.subarray(0, 200))
  await expect(openSystem({ model: file })).rejects.toMatchObject({ code: 'linear_invalid' })
})
